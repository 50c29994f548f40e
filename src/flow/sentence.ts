import { labels } from '../labels';
import { Catalog, CompleteQuery, Format, Measure } from '../types';
import { filterText } from './cohorts';
import { eventOf } from './gate';
import { DEFAULT_BURN_WINDOW, hasBurnWindow, isOfBudgets, isOfStates } from './measures';
import { percentile, quantilesOf } from './quantiles';
import { AUTO } from './query';
import { isOfGate, isOfPolicies, takesWorst } from './together';
import { inWords, isInterval, withoutBraces } from './window';

/** sentence says what a panel with the query shows. The catalog's window is named where it is known. */
export function sentence(query: CompleteQuery, catalog?: Pick<Catalog, 'window'>): string {
  const over = windowed(query, catalog);
  const ofPoints = over !== '' && query.format === 'timeseries' && !isOfPolicies(query);
  return labels.sentence.whole(shown(query), ofPoints ? labels.sentence.each(over) : over);
}

/** displayText is the query in a few words, for histories and collapsed rows. */
export function displayText(query: CompleteQuery): string {
  const text = shown(query);
  return query.window === AUTO ? text : `${text}, ${inWords(query.window)}`;
}

/** shown is what the query shows, without its window. */
function shown(query: CompleteQuery): string {
  if (isOfGate(query)) {
    return decided(query) + cohorts(query);
  }
  return query.format === 'events' ? labels.sentence.events : statement(query) + cohorts(query) + worst(query);
}

/** decided says what is asked of which gate, what it compares, and since when. */
function decided(query: CompleteQuery): string {
  const { gate, candidate, baseline, since = '', format } = query;
  const of = labels.sentence;
  const arms = candidate || baseline ? of.arms(candidate || of.itsCandidate, baseline || of.itsBaseline) : '';
  const event = eventOf(since);
  const start = event ? of.sinceEvent(event) : since || of.sinceRange;
  const ofFormat: Partial<Record<Format, string>> = { gate: of.gate, summary: of.reasons };
  const shown = ofFormat[format] ?? (query.level === 'sli' ? of.ofEachSLI : of.number)(measure(query));
  const overTime = format === 'timeseries' ? of.overTime : '';
  return of.ofGate(shown, gate || undefined) + arms + overTime + of.since(start);
}

/** MEAN_TIMES are of the incidents of a range, where other latest numbers are those of its end. */
const MEAN_TIMES: Measure[] = ['ttd', 'ttr'];

/** statement says which number is shown, whose, and in what shape. */
function statement(query: CompleteQuery): string {
  const whose = subject(query);
  switch (query.format) {
    case 'latest':
      return (MEAN_TIMES.includes(query.measure) ? labels.sentence.mean : labels.sentence.latest)(
        measure(query),
        whose
      );
    case 'table':
      return table(query)(whose);
    case 'definition':
      return labels.sentence.definition(measure(query), whose);
    case 'graph':
      return labels.sentence.graph(whose);
    case 'summary':
      return isOfStates(query.measure) ? labels.sentence.counts(whose) : labels.sentence.summary(whose);
    case 'incidents':
      return labels.sentence.incidents(whose);
    case 'exemplars':
      return labels.sentence.exemplars(whose);
    default:
      return labels.sentence.timeseries(measure(query), whose);
  }
}

/** table says what a table shows. */
function table({ measure }: CompleteQuery): (whose: string) => string {
  const { table, budgets, states } = labels.sentence;
  return isOfStates(measure) ? states : isOfBudgets(measure) ? budgets : table;
}

/** worst says how many are shown, where that is not all. */
function worst(query: CompleteQuery): string {
  if (!query.worst || !takesWorst(query)) {
    return '';
  }
  return query.level === 'flow' ? labels.sentence.worst(query.worst) : labels.sentence.worstOfEach(query.worst);
}

/** cohorts says what the query splits by, and which cohorts it keeps. */
function cohorts({ by, where, adhocFilters = [] }: CompleteQuery): string {
  const split = by.length > 0 ? labels.sentence.by(list(by)) : '';
  const kept = Object.entries(where).map(([dimension, of]) => labels.sentence.where(dimension, list(of)));
  kept.push(...adhocFilters.map(filterText));
  return split + (kept.length > 0 ? labels.sentence.only(list(kept)) : '');
}

function measure(query: CompleteQuery): string {
  if (query.measure === 'quantile') {
    return list(quantilesOf(query).map(percentile));
  }
  return labels.measureInSentence[query.measure] ?? query.measure;
}

/** subject says whose number it is. */
function subject({ level, flows, slis, components }: CompleteQuery): string {
  const of = labels.sentence;
  const inFlows = flows.length > 0 ? of.inFlows(list(flows)) : of.inEachFlow;
  const only = components.length > 0 ? of.onlyComponents(list(components)) : '';
  switch (level) {
    case 'flow':
      return (flows.length > 0 ? of.flows(list(flows)) : of.eachFlow) + only;
    case 'component':
      return (components.length > 0 ? of.components(list(components), components.length) : of.eachComponent) + inFlows;
    case 'sli':
      return (slis.length > 0 ? of.slis(list(slis), slis.length) : of.eachSLI) + inFlows + only;
    default:
      return (flows.length > 0 ? of.together(list(flows), flows.length) : of.allFlows) + only;
  }
}

/** windowed says over which time numbers are computed, or by what; nothing of events. */
function windowed(query: CompleteQuery, catalog?: Pick<Catalog, 'window'>): string {
  const { measure, format, window } = query;
  if (format === 'events' || format === 'exemplars' || isOfGate(query)) {
    return '';
  }
  if (isOfPolicies(query)) {
    return labels.sentence.policies;
  }
  if (isOfBudgets(measure)) {
    const counted = window === AUTO && hasBurnWindow(measure) ? DEFAULT_BURN_WINDOW : window;
    return labels.sentence.counted(counted === AUTO ? undefined : inWords(counted));
  }
  if (window === AUTO) {
    return labels.sentence.ownWindow(catalog?.window);
  }
  return isInterval(window) ? labels.intervals[withoutBraces(window)] : labels.sentence.window(inWords(window));
}

/** list joins names as a sentence does: a, b and c. */
export function list(names: string[]): string {
  return names.length < 2 ? names.join('') : labels.and(names.slice(0, -1).join(', '), names[names.length - 1]);
}
