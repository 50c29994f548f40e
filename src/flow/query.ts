import { CoreApp } from '@grafana/data';
import { CerQuery, CompleteQuery, Format, Measure } from '../types';
import { savedFilters } from './cohorts';

/** The window that leaves the choice to the definition. */
export const AUTO = 'auto';

/** isAlerting reports whether a query is part of an alert rule, where there are no ranges to draw and no variables. */
export function isAlerting(app?: CoreApp | string): boolean {
  return app === CoreApp.UnifiedAlerting || app === CoreApp.CloudAlerting;
}

/**
 * defaultQuery is what a new query asks: the score over time, and for an alert rule the newest state of each flow, for which the
 * threshold of Grafana's new rules is right: above 0 are the flows for which a policy wants a ticket or a page.
 */
export function defaultQuery(app?: CoreApp | string): Partial<CerQuery> {
  return isAlerting(app)
    ? { measure: 'state', level: 'flow', window: AUTO, format: 'latest' }
    : { measure: 'score', level: 'overall', window: AUTO, format: 'timeseries' };
}

/** isNew reports whether nobody has said yet what a query asks. */
export function isNew(query: CerQuery): boolean {
  return !query.measure && !query.level && !query.format && !query.flows?.length && !query.slis?.length;
}

/**
 * isUnsaved reports whether the query of an alert rule may be one that is shown but would not be saved: Grafana shows an editor the
 * default query of rules, and keeps it only once the editor changes it.
 */
export function isUnsaved(query: CerQuery, app?: CoreApp | string): boolean {
  const isDefault = Object.entries(defaultQuery(app)).every(([name, value]) => query[name as keyof CerQuery] === value);
  return isAlerting(app) && (isNew(query) || (isDefault && !query.flows));
}

/** complete fills in what a query leaves out, as the backend does. */
export function complete(query: CerQuery): CompleteQuery {
  const ofFormat: Partial<Record<Format, Measure>> = {
    incidents: 'state',
    gate: 'verdict',
    ...(query.gate && { summary: 'verdict' }),
  };
  return {
    ...query,
    measure: query.measure || (query.format && ofFormat[query.format]) || 'score',
    level: query.level || 'overall',
    flows: query.flows ?? [],
    slis: query.slis ?? [],
    components: query.components ?? [],
    by: query.by ?? [],
    where: query.where ?? {},
    window: query.window || AUTO,
    format: query.format || 'timeseries',
    legend: query.legend ?? '',
    // Exemplars are those of the values of SLIs, whatever measure and level the query had before.
    ...(query.format === 'exemplars' && { measure: 'value', level: 'sli' }),
  };
}

/** What Grafana itself keeps in a query. */
const GRAFANA_FIELDS = [
  'refId',
  'hide',
  'key',
  'queryType',
  'datasource',
  'datasourceId',
  'intervalMs',
  'maxDataPoints',
];

/** The fields that only a query for what a gate decides has. */
export const GATE_FIELDS = ['gate', 'candidate', 'baseline', 'since'] as const;
export type GateField = (typeof GATE_FIELDS)[number];

/**
 * migrate turns a query that any version has saved into one of this version. It tells versions apart by what a query
 * holds, never by a number: a name on its own becomes a list, what is left out gets its default, and fields nobody
 * knows are dropped. A value nobody knows stays, since the backend says best what is wrong with it.
 */
export function migrate(saved: object): CompleteQuery {
  const from = saved as Record<string, unknown>;
  const kept = Object.fromEntries(GRAFANA_FIELDS.filter((name) => name in from).map((name) => [name, from[name]]));
  const adhoc = savedFilters(from.adhocFilters);
  const quantiles = numbers(from.q);
  const added = names(from.labels);
  return complete({
    ...(kept as unknown as CerQuery),
    measure: text(from.measure) as CerQuery['measure'],
    level: text(from.level) as CerQuery['level'],
    flows: names(from.flows),
    slis: names(from.slis),
    components: names(from.components),
    by: names(from.by),
    where: cohorts(from.where),
    window: text(from.window),
    format: text(from.format) as CerQuery['format'],
    legend: text(from.legend),
    ...stated(Object.fromEntries(GATE_FIELDS.map((name) => [name, text(from[name])]))),
    ...(typeof from.worst === 'number' && { worst: from.worst }),
    ...(quantiles.length > 0 && { q: quantiles }),
    ...(adhoc.length > 0 && { adhocFilters: adhoc }),
    ...(added.length > 0 && { labels: added }),
  });
}

/** canBeAsked reports whether a query is one for the backend: shown, and not left behind by another data source. */
export function canBeAsked(query: CerQuery): boolean {
  const foreign = isNew(query) && ('expr' in query || 'rawSql' in query);
  return !query.hide && !foreign;
}

/** stated leaves out the fields whose text is empty. */
export function stated<T extends string>(fields: Partial<Record<T, string>>): Partial<Record<T, string>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value)) as Partial<Record<T, string>>;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value.trim() : undefined;
}

/** cohorts keeps the names of each dimension, and drops what restricts nothing. */
function cohorts(value: unknown): Record<string, string[]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return {};
  }
  const kept = Object.entries(value).map(([dimension, of]) => [dimension, names(of)] as const);
  return Object.fromEntries(kept.filter(([, of]) => of.length > 0));
}

function numbers(value: unknown): number[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((number): number is number => typeof number === 'number');
}

function names(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((name): name is string => typeof name === 'string' && name.trim() !== '');
}
