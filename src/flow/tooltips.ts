import { labels } from '../labels';
import { CompleteQuery, Format } from '../types';
import { componentLevelsOf, hasBurnWindow, hasLongWindow, isMoney, levelsOf } from './measures';
import {
  isOfGate,
  isOfPolicies,
  isOverview,
  takesComponents,
  takesLevel,
  takesNames,
  takesSLIs,
  takesWindow,
  takesWorst,
} from './together';

/** measureLabels name the measures: in a table what it shows. */
export function measureLabels({ format }: CompleteQuery): Record<string, { label: string; description: string }> {
  return format === 'table' ? labels.query.tables : labels.measure;
}

/** measureTooltip says what a measure is, or why there is none to choose. */
export function measureTooltip(query: CompleteQuery): string {
  const reasons: Partial<Record<Format, string>> = {
    table: labels.query.measureInTable,
    summary: labels.query.measureInSummary,
    incidents: labels.query.measureOfIncidents,
    events: labels.query.measureOfEvents,
    gate: labels.query.measureOfGate,
  };
  return reasons[query.format] ?? labels.query.measureTooltip;
}

/** namesTooltip says what a field for names is, or why a query has none. */
export function namesTooltip(query: CompleteQuery, otherwise: string): string {
  if (takesNames(query)) {
    return otherwise;
  }
  return isOfGate(query) ? labels.query.ofGate : labels.query.ofEvents;
}

/** levelTooltip says what the level is, or why there is none to choose. */
export function levelTooltip(query: CompleteQuery): string {
  if (takesLevel(query)) {
    return labels.query.levelTooltip;
  }
  return isOfGate(query) ? labels.query.levelOfGate : labels.query.ofEvents;
}

/** worstTooltip says what the worst are, or why they can't be asked for. */
export function worstTooltip(query: CompleteQuery): string {
  if (isOfGate(query)) {
    return labels.query.worstOfGate;
  }
  return takesWorst(query) ? labels.query.worstTooltip : labels.query.worstNeedsRank;
}

/** slisTooltip says what SLIs are, or why none can be chosen. */
export function slisTooltip(query: CompleteQuery): string {
  return namesTooltip(query, takesSLIs(query) ? labels.query.slisTooltip : labels.query.slisNeedLevel);
}

/** componentsTooltip says what components are, or why none can be chosen. */
export function componentsTooltip(query: CompleteQuery): string {
  if (!takesNames(query)) {
    return namesTooltip(query, '');
  }
  if (takesComponents(query)) {
    return labels.query.componentsTooltip;
  }
  if (isMoney(query.measure)) {
    return labels.query.componentsOfMoney;
  }
  if (isOfPolicies(query)) {
    return labels.query.componentsOfPolicies;
  }
  const { measure, level } = query;
  const isWhole =
    !isOverview(query) && levelsOf(measure).includes(level) && !componentLevelsOf(measure).includes('component');
  return isWhole ? labels.query.componentsOfTraffic : labels.query.componentsOfShares;
}

/** windowTooltip says what the window is, or why there is none to choose. */
export function windowTooltip(query: CompleteQuery): string {
  if (isOfGate(query)) {
    return labels.query.windowOfGate;
  }
  if (!takesNames(query)) {
    return labels.query.ofEvents;
  }
  if (isOfPolicies(query)) {
    return labels.query.windowOfPolicies;
  }
  if (hasBurnWindow(query.measure)) {
    return labels.query.windowOfBurn;
  }
  if (hasLongWindow(query)) {
    return labels.query.windowOrLonger;
  }
  return takesWindow(query) ? labels.query.windowTooltip : labels.query.windowOfBudget;
}
