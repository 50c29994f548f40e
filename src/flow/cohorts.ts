import { ScopedVars } from '@grafana/data';
import { AdhocFilter } from '../types';

/** What Grafana keeps as the value of a variable of which All is chosen. */
const ALL = '$__all';

/** What such a variable may be replaced by: its own value for All, where the dashboard states one. */
const ALL_VALUES = [ALL, '.*', '.+'];

/** keepsAll reports whether cohorts that a query keeps are all there are. */
export function keepsAll(cohorts: string[]): boolean {
  return cohorts.length === 0 || cohorts.some((cohort) => ALL_VALUES.includes(cohort));
}

/** variableOf is the name of the variable that a text is, where it is one and nothing else. */
export function variableOf(text: string): string | undefined {
  const [, plain, braced, bracketed] =
    /^(?:\$(\w+)|\$\{(\w+)(?::[^}]*)?\}|\[\[(\w+)(?::[^\]]*)?\]\])$/.exec(text) ?? [];
  return plain ?? braced ?? bracketed;
}

/**
 * chosenAll lists the variables of which All is chosen. Grafana replaces most of those by every value that it knows,
 * which is not the same as no filter: a weighted dimension that is filtered weighs no more. The value of a repeated
 * panel goes first.
 */
export function chosenAll(variables: object[], scopedVars: ScopedVars): string[] {
  return (variables as Array<{ name: string; current?: { value?: unknown } }>)
    .filter(({ name, current }) => !scopedVars[name] && [current?.value].flat().includes(ALL))
    .map(({ name }) => name);
}

/** filterText is an ad hoc filter as it reads: region!=eu. */
export function filterText({ key, operator, value }: AdhocFilter): string {
  return key + operator + value;
}

/** savedFilters are the ad hoc filters that a saved query states, whatever their values: the backend refuses what it does not know. */
export function savedFilters(saved: unknown): AdhocFilter[] {
  const list: unknown[] = Array.isArray(saved) ? saved : [];
  return list
    .filter((filter): filter is AdhocFilter => typeof (filter as AdhocFilter | null)?.key === 'string')
    .map(({ key, operator, value }) => ({ key, operator, value }));
}

/** withFilters returns ad hoc filters and those of others that are not there yet: all of them hold. */
export function withFilters(filters: AdhocFilter[], others: AdhocFilter[]): AdhocFilter[] {
  const known = filters.map(filterText);
  return [...filters, ...others.filter((filter) => !known.includes(filterText(filter)))];
}

/**
 * adhocFilters returns the dashboard's ad hoc filters for a data source. Grafana 10 knows them at run time only; later
 * versions hand them over.
 */
export function adhocFilters(templateSrv: object, dataSource: string, handed?: AdhocFilter[]): AdhocFilter[] {
  const { getAdhocFilters } = templateSrv as { getAdhocFilters?: (name: string) => AdhocFilter[] };
  const filters = handed ?? getAdhocFilters?.call(templateSrv, dataSource) ?? [];
  return filters.map(({ key, operator, value }) => ({ key, operator, value }));
}
