import { Catalog, CerVariableQuery, VariableKind } from '../types';
import { gateOf, gatesOf } from './gate';
import { componentsOf, flowsOf, slisOf } from './names';
import { cohortNames } from './together';

/** completeVariable fills in what a variable leaves out. Grafana's new ones are an empty text. */
export function completeVariable(saved: unknown): CerVariableQuery {
  const query = (typeof saved === 'object' ? saved : null) as Partial<CerVariableQuery> | null;
  return {
    refId: 'cer-variable',
    kind: query?.kind ?? 'flows',
    flows: query?.flows ?? [],
    ...(query?.dimension && { dimension: query.dimension }),
    ...(query?.gate && { gate: query.gate }),
  };
}

/** variableNames lists what a variable can be set to. */
export function variableNames(catalog: Catalog, kind: VariableKind = 'flows', flows: string[] = []): string[] {
  switch (kind) {
    case 'slis':
      return slisOf(catalog, flows).filter((name) => !name.includes('/'));
    case 'components':
      return componentsOf(catalog, flows);
    case 'dimensions':
      return cohortNames(catalog);
    case 'gates':
      return gatesOf(catalog);
    default:
      return flowsOf(catalog);
  }
}

/** comparedBy lists the dimension that a gate compares; nothing where it compares nothing, or the catalog does not have it. */
export function comparedBy(catalog: Catalog, gate: string): string[] {
  const { compare } = gateOf(catalog, { gate }) ?? {};
  return compare ? [compare.dimension] : [];
}
