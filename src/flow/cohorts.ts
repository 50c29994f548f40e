import { AdhocFilter } from '../types';

/** What a variable of which All is chosen may be replaced by. */
const ALL = ['$__all', '.*', '.+'];

/** keepsAll reports whether cohorts that a query keeps are all there are. */
export function keepsAll(cohorts: string[]): boolean {
  return cohorts.length === 0 || cohorts.some((cohort) => ALL.includes(cohort));
}

/**
 * adhocFilters returns the dashboard's ad hoc filters for a data source. Grafana 10 knows them at run time only; later
 * versions hand them over.
 */
export function adhocFilters(templateSrv: object, dataSource: string): AdhocFilter[] {
  const { getAdhocFilters } = templateSrv as { getAdhocFilters?: (name: string) => AdhocFilter[] };
  const filters = getAdhocFilters?.call(templateSrv, dataSource) ?? [];
  return filters.map(({ key, operator, value }) => ({ key, operator, value }));
}
