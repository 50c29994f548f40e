import { formattedValueToString, getValueFormat } from '@grafana/data';

/** The answer of POST preview: what a flow and its SLIs measure. */
export interface Preview {
  /** The times of the first and the last point of all histories. */
  from: string;
  to: string;
  /** None where a single SLI is asked about. */
  flow?: Measured;
  slis: Measured[];
  notices: Array<{ severity: 'info' | 'warning' | 'error'; text: string }>;
}

/** What a flow or an SLI measures; null where there is no number. */
export interface Measured {
  name: string;
  value: number | null;
  /** Grafana's name for the unit of the value. */
  unit?: string;
  /** In [0,1]. */
  score: number | null;
  /** Events a second. */
  traffic: number | null;
  /** The score over the whole history, as an error budget counts it, in [0,1]. */
  kept: number | null;
  /** Scores in [0,1], oldest first. */
  history: Array<number | null>;
}

/** The objectives that are compared with what was kept, the tightest first. */
const OBJECTIVES = [0.9999, 0.9995, 0.999, 0.998, 0.995, 0.99, 0.98, 0.95, 0.9];

/** By how much a number may be off because of how it was computed. */
const TOLERANCE = 1e-9;

/** tightest returns the tightest usual objective that was kept; undefined where none was. */
export function tightest(kept: number): number | undefined {
  return OBJECTIVES.find((objective) => isKept(kept, objective));
}

/** isKept reports whether an objective was kept. */
export function isKept(kept: number, objective: number): boolean {
  return kept >= objective - TOLERANCE;
}

/** known is the share of a history of which the score is known, in [0,1]. */
export function known(history: Measured['history']): number {
  return history.filter((score) => score !== null).length / Math.max(history.length, 1);
}

/** share prints a share in [0,1] as a percentage that is never rounded up, so that 100% is all. */
export function share(of: number): string {
  return `${Math.floor(1e4 * of + TOLERANCE * 1e4) / 100}%`;
}

/** rate prints how often something happens. */
export function rate(perSecond: number): string {
  return `${Number(perSecond.toPrecision(3))} / s`;
}

/** valueText prints the value of an SLI in its unit. */
export function valueText({ value, unit }: Measured): string {
  if (value === null) {
    return '';
  }
  return unit === 'percentunit' ? share(value) : formattedValueToString(getValueFormat(unit)(value));
}

/** isScore reports whether the value of an SLI is its score, so that one of them says it all. */
export function isScore({ value, unit, score }: Measured): boolean {
  return unit === 'percentunit' && value !== null && score !== null && Math.abs(value - score) < TOLERANCE;
}
