import { Catalog, CompleteQuery, Format, Level, Measure, MEASURES } from '../types';
import { hasVariable, slisOf } from './names';

/** At which levels a measure exists. The backend holds to the same table. */
const LEVELS_OF: Record<Measure, Level[]> = {
  score: ['overall', 'flow', 'component', 'sli'],
  value: ['sli'],
  impact: ['flow', 'component', 'sli'],
  coverage: ['overall', 'flow', 'component', 'sli'],
  weight: ['flow', 'component', 'sli'],
  traffic: ['overall', 'flow', 'sli'],
  lag: ['sli'],
  budget: ['overall', 'flow', 'component', 'sli'],
  burn: ['overall', 'flow', 'component', 'sli'],
  exhaustion: ['overall', 'flow', 'component', 'sli'],
  state: ['overall', 'flow'],
  revenueAtRisk: ['overall', 'flow'],
  cost: ['overall', 'flow'],
};

/** measuresIn lists the measures that a query of a format can be about. A table has many, of an instant or of slices. */
export function measuresIn(format: Format): readonly Measure[] {
  switch (format) {
    case 'summary':
      return ['score'];
    case 'incidents':
      return ['state'];
    case 'table':
      return ['score', 'state', 'budget', 'burn', 'exhaustion'];
    default:
      return MEASURES;
  }
}

/** existsAt reports whether what a query shows exists at a level. A table of scores has every measure, so it exists at each. */
export function existsAt(query: Pick<CompleteQuery, 'measure' | 'format'>, level: Level): boolean {
  if (query.format === 'summary') {
    return level === 'overall';
  }
  const isOverview = query.format === 'table' && !ofSlices(query.measure);
  return (
    isOverview || query.format === 'events' || !LEVELS_OF[query.measure] || LEVELS_OF[query.measure].includes(level)
  );
}

/** ofSlices reports whether a measure is made of the slices that losses are counted in. */
export function ofSlices(measure: Measure): boolean {
  return isBudget(measure) || measure === 'state';
}

/** The measures by which members can be told to need attention most. */
const RANKED: Measure[] = [
  'score',
  'coverage',
  'impact',
  'lag',
  'budget',
  'burn',
  'exhaustion',
  'state',
  'revenueAtRisk',
  'cost',
];

/** takesLegend reports whether the answer has a legend. */
export function takesLegend({ format }: CompleteQuery): boolean {
  return format === 'timeseries' || format === 'latest';
}

/** takesWorst reports whether a query can keep the worst members only. */
export function takesWorst({ measure, level, format }: CompleteQuery): boolean {
  const isList = format === 'timeseries' || format === 'latest' || format === 'table';
  return isList && level !== 'overall' && RANKED.includes(measure);
}

/** takesNames reports whether a query can say what it is of. Events are those of the whole catalog. */
export function takesNames({ format }: CompleteQuery): boolean {
  return format !== 'events';
}

/** takesSLIs reports whether a query can name SLIs. */
export function takesSLIs(query: CompleteQuery): boolean {
  return query.level === 'sli';
}

/** takesComponents reports whether a query can name components. */
export function takesComponents({ measure, level, format }: CompleteQuery): boolean {
  const isShare = measure === 'impact' || measure === 'weight' || format === 'table' || ofSlices(measure);
  if (measure === 'revenueAtRisk' || measure === 'cost') {
    return false;
  }
  if (isShare && (level === 'overall' || level === 'flow')) {
    return false;
  }
  return measure !== 'traffic' || level === 'sli';
}

/** isBudget reports whether a measure is held against an objective over a long time. */
export function isBudget(measure: Measure): boolean {
  return measure === 'budget' || measure === 'burn' || measure === 'exhaustion';
}

/** takesWindow reports whether a query can say how far back SLIs look; that of a budget is the catalog's. */
export function takesWindow({ measure, format }: CompleteQuery): boolean {
  return format !== 'events' && (format === 'summary' || !ofSlices(measure) || measure === 'burn');
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

/** withMeasure changes the measure, and the level where the measure does not exist at it. */
export function withMeasure(query: CompleteQuery, measure: Measure): CompleteQuery {
  return fit({ ...query, measure });
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

/** fit returns the query with the level and the names that go with its measure and format. */
function fit(changed: CompleteQuery): CompleteQuery {
  const measures = measuresIn(changed.format);
  const query = measures.includes(changed.measure) ? changed : { ...changed, measure: measures[0] };
  if (query.format === 'summary') {
    return { ...query, level: 'overall', slis: [] };
  }
  const level = existsAt(query, query.level) ? query.level : nearest(query.measure);
  const fitted = { ...query, level };
  return {
    ...fitted,
    window: takesWindow(fitted) ? fitted.window : 'auto',
    slis: takesSLIs(fitted) ? fitted.slis : [],
    components: takesComponents(fitted) ? fitted.components : [],
    worst: takesWorst(fitted) ? fitted.worst : undefined,
  };
}

/** nearest is the level of a measure that comes closest to the overall score. */
function nearest(measure: Measure): Level {
  const levels = LEVELS_OF[measure];
  return levels.includes('flow') ? 'flow' : levels[0];
}
