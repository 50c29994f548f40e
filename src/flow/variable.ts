import { Catalog, CerVariableQuery, VariableKind } from '../types';
import { cohortNames } from './together';
import { componentsOf, flowsOf, slisOf } from './names';

/** completeVariable fills in what a variable leaves out. Grafana's new ones are an empty text. */
export function completeVariable(saved: unknown): CerVariableQuery {
  const query = (typeof saved === 'object' ? saved : null) as Partial<CerVariableQuery> | null;
  return {
    refId: 'cer-variable',
    kind: query?.kind ?? 'flows',
    flows: query?.flows ?? [],
    ...(query?.dimension && { dimension: query.dimension }),
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
    default:
      return flowsOf(catalog);
  }
}
