import { Catalog, CerVariableQuery, VariableKind } from '../types';
import { gateOf, gatesOf } from './gate';
import { componentsOf, flowsOf, slisOf, titleOfFlow, titleOfSLI } from './names';
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

/** titleOf is what a name in the list of a variable is called where people read; undefined where it has no title. */
export function titleOf(catalog: Catalog, kind: VariableKind, name: string): string | undefined {
  const titles: Partial<Record<VariableKind, typeof titleOfFlow>> = { flows: titleOfFlow, slis: titleOfSLI };
  return titles[kind]?.(catalog, name);
}

/** namesOfGate lists the flows that a gate is about, or the dimension that it compares; nothing where there is none. */
export function namesOfGate(catalog: Catalog, kind: VariableKind, name: string): string[] {
  const gate = gateOf(catalog, { gate: name });
  return (kind === 'flows' ? gate?.flows : gate?.compare && [gate.compare.dimension]) ?? [];
}

/** isOfGate reports whether a variable may list only what a gate is about. */
export function isOfGate(kind: VariableKind): boolean {
  return kind === 'flows' || kind === 'dimensions';
}
