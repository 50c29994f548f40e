import { labels } from '../labels';
import { CompleteQuery } from '../types';
import { hasBurnWindow, hasLongWindow, longestWindow } from './measures';
import { AUTO } from './query';

/** What of a query says which windows it can have. */
type Windowed = Pick<CompleteQuery, 'measure' | 'format'>;

/** Grafana's intervals. The backend replaces them, so that alert rules and dashboards mean the same by them. */
export const INTERVALS = ['$__interval', '$__rate_interval', '$__range'];

const SHORT = ['5m', '10m', '30m', '1h', '6h', '1d'];
const LONG = ['7d', '30d'];
const OF_BURN_RATES = ['5m', '30m', '1h', '6h', '1d', '3d', '30d'];

const UNITS: Array<[string, number]> = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

const DURATION = /^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** milliseconds reads a duration as Prometheus writes it, such as 5m or 1h30m; undefined where it is none. */
export function milliseconds(duration: string): number | undefined {
  const parts = DURATION.exec(duration.trim());
  if (!parts || duration.trim() === '') {
    return undefined;
  }
  return UNITS.reduce((sum, [, size], i) => sum + Number(parts[i + 1] ?? 0) * size, 0);
}

const SPELLED = /^(?:\d+\s*(?:weeks?|days?|hours?|minutes?|mins?|seconds?|secs?|[wdhms])\s*)+$/i;

/** durationOf reads a duration as people write it, such as 7 days or 1 hour 30 min; undefined where it is none. */
export function durationOf(text: string): string | undefined {
  if (!SPELLED.test(text.trim())) {
    return undefined;
  }
  return [...text.matchAll(/(\d+)\s*([a-z])/gi)].map(([, n, unit]) => n + unit.toLowerCase()).join('');
}

/** isDuration reports whether a text is a duration above 0. */
export function isDuration(text: string): boolean {
  return (milliseconds(text) ?? 0) > 0;
}

/** windowsOf lists the windows that a query is offered; any other duration up to its longest can be written. */
export function windowsOf(query: Windowed): string[] {
  if (hasBurnWindow(query.measure)) {
    return [AUTO, ...OF_BURN_RATES];
  }
  return [AUTO, ...INTERVALS, ...SHORT, ...(hasLongWindow(query) ? LONG : [])];
}

/** isWindow reports whether a query can have a window: a duration up to its longest, auto, an interval or a variable. */
export function isWindow(text: string, query: Windowed): boolean {
  return text === AUTO || isVariable(text) || (isDuration(text) && !isLonger(text, longestWindow(query)));
}

/** isLonger reports whether a duration is longer than another; false where it is none. */
export function isLonger(duration: string, than: string): boolean {
  return (milliseconds(duration) ?? 0) > milliseconds(than)!;
}

/** inWords says a window as a person would: 5 minutes. */
export function inWords(window: string): string {
  const parts = DURATION.exec(window);
  if (!isDuration(window) || !parts) {
    return window;
  }
  const said = UNITS.map(([unit], i) => ({ unit, n: Number(parts[i + 1] ?? 0) })).filter(({ n }) => n > 0);
  return said.map(({ unit, n }) => labels.duration(n, unit)).join(' ');
}

/** withoutBraces spells ${__interval} as $__interval. */
export function withoutBraces(window: string): string {
  return window.replace(/^\$\{(__\w+)\}$/, '$$$1');
}

/** isInterval reports whether a window is one of Grafana's intervals, in either spelling. */
export function isInterval(window: string): boolean {
  return INTERVALS.includes(withoutBraces(window));
}

function isVariable(text: string): boolean {
  const name = withoutBraces(text);
  return name.startsWith('$__') ? INTERVALS.includes(name) : /^\$(\w+|\{\w+\})$/.test(text);
}
