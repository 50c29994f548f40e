import { locationUtil, TimeRange, urlUtil } from '@grafana/data';

/** exploreUrl is the address of Explore with PromQL, asked of a data source of Prometheus over a range. */
export function exploreUrl(uid: string, promql: string, range?: TimeRange): string {
  const queries = [{ refId: 'A', datasource: { type: 'prometheus', uid }, expr: promql }];
  const left = {
    datasource: uid,
    queries,
    range: { from: edge('now-1h', range?.raw.from), to: edge('now', range?.raw.to) },
  };
  return locationUtil.assureBaseUrl(urlUtil.renderUrl('/explore', { left: JSON.stringify(left) }));
}

/** edge is the end of a range as an address has it: relative times as they are, others in milliseconds. */
function edge(otherwise: string, at?: TimeRange['raw']['from']): string {
  return typeof at === 'string' ? at : at ? String(at.valueOf()) : otherwise;
}
