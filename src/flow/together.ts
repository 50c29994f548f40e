import { Catalog, CompleteQuery, Format, Level, Measure } from '../types';
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
  revenueAtRisk: ['overall', 'flow'],
  cost: ['overall', 'flow'],
};

/** Measures that are made of more than an instant, so that tables, which show every measure, leave them out. */
const NOT_IN_TABLES: Measure[] = ['budget', 'burn', 'exhaustion', 'revenueAtRisk', 'cost'];

/** existsAt reports whether what a query shows exists at a level. A table has every measure, so it exists at each. */
export function existsAt(query: Pick<CompleteQuery, 'measure' | 'format'>, level: Level): boolean {
  if (query.format === 'summary') {
    return level === 'overall';
  }
  return (
    query.format === 'table' ||
    query.format === 'events' ||
    !LEVELS_OF[query.measure] ||
    LEVELS_OF[query.measure].includes(level)
  );
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
  const isShare = measure === 'impact' || measure === 'weight' || format === 'table' || isBudget(measure);
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
  return format !== 'events' && (format === 'summary' || (measure !== 'budget' && measure !== 'exhaustion'));
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
  const scoreOnly =
    changed.format === 'summary' || (changed.format === 'table' && NOT_IN_TABLES.includes(changed.measure));
  const query: CompleteQuery = scoreOnly ? { ...changed, measure: 'score' } : changed;
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
  };
}

/** nearest is the level of a measure that comes closest to the overall score. */
function nearest(measure: Measure): Level {
  const levels = LEVELS_OF[measure];
  return levels.includes('flow') ? 'flow' : levels[0];
}
