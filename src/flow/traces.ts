import { DataFrame, DataFrameType, DataLink, DataQuery, Field, TimeRange } from '@grafana/data';
import { labels } from '../labels';
import { CerQuery, TraceDestination } from '../types';

/** What the links to traces depend on. */
export interface Traces {
  destinations: TraceDestination[];
  /** The data source of the frames. */
  own: { uid: string; type: string; name: string };
  /** The queries that the frames answer, without dashboard variables. */
  queries: CerQuery[];
  range?: TimeRange;
  /** The name of another data source. */
  nameOf: (uid: string) => string | undefined;
}

/** The field that contains trace IDs. */
const TRACE_ID = 'traceID';

/**
 * withTraceLinks links trace IDs to the destinations in the settings, as Grafana's Prometheus data source does, and numbers of SLIs to
 * their exemplars. Without destinations it links nothing.
 */
export function withTraceLinks(frames: DataFrame[], traces: Traces): DataFrame[] {
  if (traces.destinations.length === 0) {
    return frames;
  }
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) => linked(field, linksOf(field, frame, traces))),
  }));
}

function linked(field: Field, links: DataLink[]): Field {
  return links.length === 0
    ? field
    : { ...field, config: { ...field.config, links: [...(field.config.links ?? []), ...links] } };
}

/** linksOf returns the links of a field. */
function linksOf(field: Field, frame: DataFrame, traces: Traces): DataLink[] {
  if (field.name === TRACE_ID) {
    const names: string[] = frame.meta?.custom?.traceLabels ?? [];
    return traces.destinations.filter(({ name }) => names.includes(name.trim())).map((to) => toTrace(to, traces));
  }
  // A tile or a bar opens its one link at once, which is that of its panel; with a second one it would open a menu.
  if (frame.meta?.type === DataFrameType.NumericMulti) {
    return [];
  }
  if (field.labels?.flow && field.labels?.sli) {
    return [toExemplars(field.labels.flow, field.labels.sli, cohortOf(field), frame, traces)];
  }
  const isOfSLIs = ['flow', 'sli'].every((name) => frame.fields.some((other) => other.name === name));
  return isOfSLIs && field.name === 'score'
    ? [toExemplars('${__data.fields.flow}', '${__data.fields.sli}', {}, frame, traces)]
    : [];
}

/** toTrace is the link to a trace in a data source or at an address. */
function toTrace(
  { datasourceUid, url = '', urlDisplayLabel }: TraceDestination,
  { nameOf, range }: Traces
): DataLink<DataQuery> {
  if (!datasourceUid) {
    return { title: urlDisplayLabel || labels.traces.at, url, targetBlank: true };
  }
  const name = nameOf(datasourceUid);
  return {
    title: urlDisplayLabel || labels.traces.inSource(name ?? labels.traces.noSource),
    url: '',
    internal: {
      query: { refId: 'A', query: '${__value.raw}', queryType: 'traceql' } as DataQuery,
      datasourceUid,
      datasourceName: name ?? labels.traces.noSource,
      range,
    },
  };
}

/** toExemplars is the link to the exemplars of an SLI in the cohorts that are shown. */
function toExemplars(
  flow: string,
  sli: string,
  cohort: Record<string, string[]>,
  { refId }: DataFrame,
  { own, queries, range }: Traces
): DataLink<CerQuery> {
  const { where = {}, adhocFilters } = queries.find((query) => query.refId === refId) ?? {};
  return {
    title: labels.traces.ofSLI,
    url: '',
    internal: {
      query: {
        refId: 'A',
        datasource: { type: own.type, uid: own.uid },
        format: 'exemplars',
        level: 'sli',
        measure: 'value',
        flows: [flow],
        slis: [sli],
        where: { ...where, ...cohort },
        ...(adhocFilters && { adhocFilters }),
      },
      datasourceUid: own.uid,
      datasourceName: own.name,
      range,
    },
  };
}

/** The labels of an SLI's numbers that do not belong to its cohort. */
const NO_COHORT = ['flow', 'component', 'sli', 'quantile', 'owner', 'runbook', 'title', 'currency', 'gate'];

/** cohortOf is the cohort of the numbers in a field. */
function cohortOf({ labels: of = {} }: Field): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(of)
      .filter(([name, value]) => !NO_COHORT.includes(name) && value !== '')
      .map(([name, value]) => [name, [value]])
  );
}
