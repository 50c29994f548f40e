import table from '../measures.gen.json';
import { CompleteQuery, Format, Level, LEVELS, Measure } from '../types';

/** What the editor reads of the backend's table of measures. Row in pkg/query/measure.go documents the columns. */
interface Row {
  levels: readonly Level[];
  componentLevels?: readonly Level[];
  formats?: readonly Format[];
  unit: string;
  worst?: string;
  basis: string;
  window: string;
}

const ROWS = table.measures as Record<Measure, Row>;

/** The row of a measure that a saved query made up: nothing is known that it would not go with. */
const UNKNOWN: Row = { levels: LEVELS, componentLevels: LEVELS, unit: 'none', basis: 'instants', window: 'any' };

/** The measures, in the order in which they are offered. */
export const MEASURES = Object.keys(ROWS) as Measure[];

/** The longest window of each kind, as a duration, and the formats in which there is a long one. */
const { any, long, burn } = table.windows;
const LONG_FORMATS = long.formats as Format[];

/** The longest window over which SLIs look back. */
export const LONGEST_WINDOW = any.longest;

/** The window of a burn rate where a query states none. */
export const DEFAULT_BURN_WINDOW = burn.default;

/** levelsOf lists the levels at which a measure exists. */
export function levelsOf(measure: Measure): readonly Level[] {
  return row(measure).levels;
}

/** componentLevelsOf lists the levels at which a query for a measure can name components. */
export function componentLevelsOf(measure: Measure): readonly Level[] {
  return row(measure).componentLevels ?? [];
}

/** comesAs reports whether a measure can be asked for in a format. */
export function comesAs(measure: Measure, format: Format): boolean {
  return row(measure).formats?.includes(format) ?? true;
}

/** isRanked reports whether some numbers of a measure need attention before others. */
export function isRanked(measure: Measure): boolean {
  return row(measure).worst !== undefined;
}

/** unitOf is the unit of a measure's numbers. */
export function unitOf(measure: Measure): string {
  return row(measure).unit;
}

/** isShare reports whether the numbers of a measure are shares, which are shown as percentages. */
export function isShare(measure: Measure): boolean {
  return unitOf(measure) === 'share';
}

/** isMoney reports whether a measure is an amount of some currency. */
export function isMoney(measure: Measure): boolean {
  return row(measure).unit === 'money';
}

/** isOfInstants reports whether a measure is computed from the very instants of a query. */
export function isOfInstants(measure: Measure): boolean {
  return row(measure).basis === 'instants';
}

/** isOfBudgets reports whether a measure is computed from losses, held against an objective. */
export function isOfBudgets(measure: Measure): boolean {
  return row(measure).basis === 'budgets';
}

/** isOfStates reports whether a measure is computed from what policies decide. */
export function isOfStates(measure: Measure): boolean {
  return row(measure).basis === 'policies';
}

/** isOfGates reports whether a measure is what gates decide. */
export function isOfGates(measure: Measure): boolean {
  return row(measure).basis === 'gates';
}

/** hasBurnWindow reports whether the window of a query for a measure is that of a burn rate. */
export function hasBurnWindow(measure: Measure): boolean {
  return row(measure).window === 'burn';
}

/** hasLongWindow reports whether the window of a query may be longer than a day, since it is counted in time slices then. */
export function hasLongWindow({ measure, format }: Pick<CompleteQuery, 'measure' | 'format'>): boolean {
  return row(measure).window === 'long' && LONG_FORMATS.includes(format);
}

/** longestWindow is the longest window that a query can have, as a duration. */
export function longestWindow(query: Pick<CompleteQuery, 'measure' | 'format'>): string {
  if (hasBurnWindow(query.measure)) {
    return burn.longest;
  }
  return hasLongWindow(query) ? long.longest : LONGEST_WINDOW;
}

/** hasFixedWindow reports whether the catalog states the window of a measure, so that a query states none. */
export function hasFixedWindow(measure: Measure): boolean {
  const { window } = row(measure);
  return window === 'budget' || window === 'policy';
}

/** tableOf returns the measure that stands for the table which shows a measure: the first with the same basis. */
export function tableOf(measure: Measure): Measure {
  return MEASURES.find((other) => row(other).basis === row(measure).basis)!;
}

/** The measures that tables are offered by. Verdicts have a format of their own. */
export const TABLES = MEASURES.filter((measure) => tableOf(measure) === measure && !isOfGates(measure));

function row(measure: Measure): Row {
  return ROWS[measure] ?? UNKNOWN;
}
