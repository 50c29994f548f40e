import { PanelData, TimeRange } from '@grafana/data';
import { CompleteQuery } from '../types';
import { stated } from './query';

/** What POST expand is asked: a query, and when it is asked for in milliseconds. */
export interface ExpandRequest
  extends Pick<
    CompleteQuery,
    | 'measure'
    | 'level'
    | 'flows'
    | 'slis'
    | 'components'
    | 'by'
    | 'where'
    | 'adhocFilters'
    | 'window'
    | 'format'
    | 'gate'
    | 'candidate'
    | 'baseline'
    | 'since'
  > {
  from?: number;
  to?: number;
  intervalMs?: number;
}

/** The time that a panel asks for. */
export interface PanelTime {
  range?: TimeRange;
  /** The distance of its points. */
  intervalMs?: number;
}

/** panelTime is the time that the panel of an editor asks for: that of its last request, where there was one. */
export function panelTime(data?: Pick<PanelData, 'request'>, range?: TimeRange): PanelTime {
  return { range: range ?? data?.request?.range, intervalMs: data?.request?.intervalMs };
}

/** expandRequest asks for the PromQL behind an interpolated query, at the time of its panel. */
export function expandRequest(query: CompleteQuery, { range, intervalMs }: PanelTime): ExpandRequest {
  const { measure, level, flows, slis, components, by, where, adhocFilters, window, format } = query;
  const { gate, candidate, baseline, since } = query;
  const asked = {
    ...{ measure, level, flows, slis, components, by, where, adhocFilters, window, format },
    ...stated({ gate, candidate, baseline, since }),
  };
  return { ...asked, from: range?.from.valueOf(), to: range?.to.valueOf(), intervalMs };
}

/** sameExpansion is equal for requests with the same PromQL. A range such as the last hour stays the same as it moves. */
export function sameExpansion(query: CompleteQuery, time: PanelTime): string {
  const asked = expandRequest(query, { intervalMs: time.intervalMs });
  return JSON.stringify([asked, time.range?.raw.from, time.range?.raw.to]);
}
