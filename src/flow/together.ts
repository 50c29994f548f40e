import { Catalog, CompleteQuery, Format, FORMATS, Level, LEVELS, Measure } from '../types';
import {
  comesAs,
  componentLevelsOf,
  hasFixedWindow,
  isMoney,
  isOfGates,
  isOfInstants,
  isOfStates,
  isRanked,
  levelsOf,
  longestWindow,
  MEASURES,
  tableOf,
  TABLES,
} from './measures';
import { hasVariable, slisOf } from './names';
import { AUTO, GATE_FIELDS } from './query';
import { isLonger } from './window';

/** The formats that alert rules can read. */
const NUMBERS: Format[] = ['timeseries', 'latest'];

/** The measures that a summary can be about. */
const SUMMARIES: Measure[] = ['score', 'state', 'verdict'];

/** existsAt reports whether what a query shows exists at a level. A table shows what there is, but for states. */
export function existsAt({ measure, format }: Pick<CompleteQuery, 'measure' | 'format'>, level: Level): boolean {
  if (format === 'summary' || format === 'gate' || format === 'graph') {
    return level === summedAt(measure);
  }
  if (format === 'exemplars') {
    return level === 'sli';
  }
  const any = format === 'events' || (format === 'table' && !isOfStates(measure));
  return any || levelsOf(measure).includes(level);
}

/** summedAt is the level of what a summary is about: the whole, or the states of its flows. */
function summedAt(measure: Measure): Level {
  return isOfStates(measure) ? 'flow' : 'overall';
}

/** takesMeasure reports whether a query can choose its measure. */
export function takesMeasure({ format }: CompleteQuery): boolean {
  return !['events', 'incidents', 'gate', 'graph', 'exemplars'].includes(format);
}

/** isOfGate reports whether a query is about what a gate decides. */
export function isOfGate({ measure, format }: Pick<CompleteQuery, 'measure' | 'format'>): boolean {
  return format === 'gate' || isOfGates(measure);
}

/** measuresOf lists the measures that go with a format. */
export function measuresOf(format: Format): readonly Measure[] {
  const some: Partial<Record<Format, readonly Measure[]>> = { table: TABLES, summary: SUMMARIES };
  return some[format] ?? MEASURES;
}

/** measureOf is the one of them that a query has. */
export function measureOf({ measure, format }: CompleteQuery): Measure {
  return format === 'table' ? tableOf(measure) : measure;
}

/** takesNames reports whether a query can say what it is of. Events are those of the whole catalog, and a gate says it itself. */
export function takesNames(query: CompleteQuery): boolean {
  return query.format !== 'events' && !isOfGate(query);
}

/** takesLevel reports whether a query can choose its level. A verdict is that of its gate, and evidence that of the SLIs too. */
export function takesLevel(query: CompleteQuery): boolean {
  return takesNames(query) || (isOfGate(query) && query.measure !== 'verdict');
}

/** levelsFor lists the levels that a query can choose, and its own. */
export function levelsFor(query: CompleteQuery): Level[] {
  return LEVELS.filter((level) => level === query.level || existsAt(query, level));
}

/** choosesLevel reports whether there are several levels to choose from, or one to leave that does not go with the query. */
export function choosesLevel(query: CompleteQuery): boolean {
  const takes = takesLevel(query) && !['summary', 'graph', 'exemplars'].includes(query.format);
  return levelsFor(query).length > 1 && (takes || !existsAt(query, query.level));
}

/** takesBy reports whether a query can split by dimensions. A graph has one node for all cohorts. */
export function takesBy(query: CompleteQuery): boolean {
  return takesNames(query) && query.format !== 'graph';
}

/** formatsFor lists the formats that a query can choose, and its own: in alert rules those that are numbers. */
export function formatsFor({ format }: Pick<CompleteQuery, 'format'>, alerting: boolean): Format[] {
  return FORMATS.filter((one) => !alerting || one === format || NUMBERS.includes(one));
}

/** takesWhere reports whether a query can keep cohorts. */
export function takesWhere({ format }: CompleteQuery): boolean {
  return format !== 'events';
}

/** takesSLIs reports whether a query can name SLIs. */
export function takesSLIs(query: CompleteQuery): boolean {
  return query.level === 'sli';
}

/** takesComponents reports whether a query can name components. */
export function takesComponents(query: CompleteQuery): boolean {
  const { measure, level } = query;
  if (query.format === 'graph') {
    return false;
  }
  return isOverview(query) ? level === 'component' || level === 'sli' : componentLevelsOf(measure).includes(level);
}

/** isOverview reports whether a query is a table of all measures at an instant, whichever of them it states. It has no money. */
export function isOverview({ measure, format }: CompleteQuery): boolean {
  return format === 'table' && isOfInstants(measure) && !isMoney(measure);
}

/** isOfPolicies reports whether a query is about what policies decide, with windows of their own. */
export function isOfPolicies({ measure, format }: CompleteQuery): boolean {
  return isOfStates(measure) && format !== 'events';
}

/** takesWindow reports whether a query can say how far back SLIs look; that of a budget is the catalog's. */
export function takesWindow({ measure, format }: CompleteQuery): boolean {
  const has = format !== 'events' && format !== 'exemplars' && !isOfGate({ measure, format });
  return has && !hasFixedWindow(measure);
}

/** takesLegend reports whether the answer has a legend. */
export function takesLegend({ format }: CompleteQuery): boolean {
  return format === 'timeseries' || format === 'latest';
}

/** takesWorst reports whether a query can keep the worst members only. */
export function takesWorst({ measure, level, format }: CompleteQuery): boolean {
  const shapes: Format[] = ['timeseries', 'latest', 'table'];
  return level !== 'overall' && shapes.includes(format) && (format === 'table' || isRanked(measure));
}

/** takesQuantiles reports whether a query can say which quantiles are shown. */
export function takesQuantiles({ measure, format }: CompleteQuery): boolean {
  return measure === 'quantile' && format !== 'events';
}

/** takesLabels reports whether labels of flows can be added to an answer. */
export function takesLabels({ measure, level, format }: CompleteQuery): boolean {
  const shapes: Format[] = ['timeseries', 'latest', 'table'];
  return level !== 'overall' && shapes.includes(format) && !isOfGate({ measure, format });
}

/** labelNames lists the labels of flows that can be added to an answer. Labels that are dimensions as well come with a split instead. */
export function labelNames(catalog: Catalog): string[] {
  const dimensions = catalog.dimensions.map(({ name }) => name);
  return ['owner', 'runbook', 'title', ...catalog.flowLabels.filter((name) => !dimensions.includes(name))];
}

/** splitNames lists what a query can split by. States can also be split by policy. */
export function splitNames(query: CompleteQuery, catalog?: Catalog): string[] {
  const byPolicy = query.measure === 'state' && (query.format === 'timeseries' || query.format === 'latest');
  return [...cohortNames(catalog), ...(byPolicy ? ['policy'] : [])];
}

/** cohortNames lists the dimensions and labels of flows that a query can split by and filter. */
export function cohortNames(catalog?: Catalog): string[] {
  return [...(catalog?.dimensions ?? []).map((dimension) => dimension.name), ...(catalog?.flowLabels ?? [])];
}

/** withWhere changes which cohorts of a dimension are kept; none stands for all. */
export function withWhere(query: CompleteQuery, dimension: string, cohorts: string[]): CompleteQuery {
  const others = Object.entries(query.where).filter(([name]) => name !== dimension);
  return { ...query, where: Object.fromEntries(cohorts.length > 0 ? [...others, [dimension, cohorts]] : others) };
}

/**
 * withMeasure changes the measure, and the level where the measure does not exist at it. A measure that can't be asked for in the
 * format is asked for as the newest.
 */
export function withMeasure(query: CompleteQuery, measure: Measure): CompleteQuery {
  return fit({ ...query, measure, format: comesAs(measure, query.format) ? query.format : 'latest' });
}

/** withLevel changes the level, and drops names that don't go with it. */
export function withLevel(query: CompleteQuery, level: Level): CompleteQuery {
  return fit({ ...query, level });
}

/** withFormat changes the format, and the level where the measure does not exist at it any more. */
export function withFormat(query: CompleteQuery, format: Format): CompleteQuery {
  return fit({ ...query, format });
}

/** withFlows changes the flows, and drops SLIs that the catalog has in other flows only. */
export function withFlows(query: CompleteQuery, flows: string[], catalog?: Catalog): CompleteQuery {
  if (!catalog || hasVariable(flows)) {
    return { ...query, flows };
  }
  const inAny = slisOf(catalog, []);
  const inThese = slisOf(catalog, flows);
  return { ...query, flows, slis: query.slis.filter((sli) => inThese.includes(sli) || !inAny.includes(sli)) };
}

/** fit returns the query with the measure, the level and the names that go with its format and measure. */
function fit(changed: CompleteQuery): CompleteQuery {
  const measured = { ...changed, measure: fittingMeasure(changed) };
  if (isOfGate(measured)) {
    return ofGate(measured);
  }
  const query = withoutGate(measured);
  const fitted = { ...query, level: fittingLevel(query) };
  return {
    ...fitted,
    window: fittingWindow(fitted),
    slis: takesSLIs(fitted) ? fitted.slis : [],
    components: takesComponents(fitted) ? fitted.components : [],
    by: fitted.format === 'graph' ? [] : fitted.by,
    worst: takesWorst(fitted) ? fitted.worst : undefined,
    q: takesQuantiles(fitted) ? fitted.q : undefined,
    labels: takesLabels(fitted) ? fitted.labels : undefined,
  };
}

/** ofGate returns a query for what a gate decides without what the gate says itself. */
function ofGate(query: CompleteQuery): CompleteQuery {
  const nothing = { worst: undefined, q: undefined, labels: undefined };
  return {
    ...query,
    ...nothing,
    level: fittingLevel(query),
    flows: [],
    slis: [],
    components: [],
    by: [],
    window: AUTO,
  };
}

/** withoutGate returns a query without the fields of one for a gate. */
function withoutGate(query: CompleteQuery): CompleteQuery {
  return { ...query, ...Object.fromEntries(GATE_FIELDS.map((name) => [name, undefined])) };
}

/** fittingMeasure is the measure that goes with the format: a query's own where it does. */
function fittingMeasure({ measure, format }: CompleteQuery): Measure {
  switch (format) {
    case 'summary':
      return isOfGates(measure) ? 'verdict' : isOfStates(measure) ? 'state' : 'score';
    case 'incidents':
      return 'state';
    case 'gate':
      return 'verdict';
    case 'graph':
      return 'score';
    case 'exemplars':
      return 'value';
    case 'table':
      return isMoney(measure) || isOfGates(measure) ? 'score' : comesAs(measure, format) ? measure : tableOf(measure);
    case 'events':
      return isOfGates(measure) ? 'score' : measure;
    default:
      return comesAs(measure, format) ? measure : isOfStates(measure) ? 'state' : 'score';
  }
}

/** fittingWindow is the window that goes with the format and the measure: a query's own where it does. */
function fittingWindow(query: CompleteQuery): string {
  return takesWindow(query) && !isLonger(query.window, longestWindow(query)) ? query.window : AUTO;
}

/** fittingLevel is the level that goes with the format and the measure: a query's own where it does, or flow, or the first that does. */
function fittingLevel(query: CompleteQuery): Level {
  const levels = LEVELS.filter((level) => existsAt(query, level));
  return [query.level, 'flow' as const].find((level) => levels.includes(level)) ?? levels[0];
}
