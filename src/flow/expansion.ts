import { Catalog, CompleteQuery, Expansion } from '../types';

/** What POST expand is asked. */
export interface ExpandRequest {
  flow?: string;
  window: string;
}

/** expandRequest asks for the PromQL behind an interpolated query, as narrowly as the resource allows. */
export function expandRequest(query: CompleteQuery): ExpandRequest {
  return { flow: query.flows.length === 1 ? query.flows[0] : undefined, window: query.window };
}

/** shownOf keeps the expansions of SLIs that an interpolated query is about. */
export function shownOf(expansions: Expansion[], query: CompleteQuery, catalog?: Catalog): Expansion[] {
  const { flows, slis, components } = query;
  return expansions.filter(({ flow, sli }) => {
    const named = slis.length === 0 || slis.includes(sli) || slis.includes(`${flow}/${sli}`);
    const component = componentOf(catalog, flow, sli);
    const speaks = components.length === 0 || !component || components.includes(component);
    return (flows.length === 0 || flows.includes(flow)) && named && speaks;
  });
}

function componentOf(catalog: Catalog | undefined, flow: string, sli: string): string | undefined {
  return catalog?.flows.find((f) => f.name === flow)?.slis.find((s) => s.name === sli)?.component;
}
