import { Catalog, CerVariableQuery, VariableKind } from '../types';
import { componentsOf, flowsOf, slisOf } from './names';

/** newVariable is the query of a variable that nobody has set up yet. */
export function newVariable(query?: Partial<CerVariableQuery>): CerVariableQuery {
  return { ...query, refId: 'cer-variable', kind: query?.kind ?? 'flows', flows: query?.flows ?? [] };
}

/** variableNames lists what a variable can be set to. */
export function variableNames(catalog: Catalog, kind: VariableKind = 'flows', flows: string[] = []): string[] {
  switch (kind) {
    case 'slis':
      return slisOf(catalog, flows).filter((name) => !name.includes('/'));
    case 'components':
      return componentsOf(catalog, flows);
    default:
      return flowsOf(catalog);
  }
}
