import { Notice } from '../types';

/** The answer of POST calibrate: what objectives a flow would have kept over the last days. */
export interface Calibration {
  flow: string;
  /** How many days were asked about, and of how many there is telemetry. */
  days: number;
  knownDays: number;
  score: number | null;
  /** By objective, ascending. */
  rows: CalibrationRow[];
  /** Null where none can be recommended. */
  recommended: number | null;
  /** Why, in a sentence or two. */
  reason: string;
  notices: Notice[];
}

/** What one objective would have meant. */
export interface CalibrationRow {
  objective: number;
  /** Whether it is the one of the definition. */
  stated: boolean;
  /** Null without telemetry. */
  kept: boolean | null;
  /** The share of the error budget that is left; negative where it is overspent. */
  left: number | null;
  /** How often the default policies would have paged, and called for a ticket. */
  pages: number;
  tickets: number;
}

/** The answer of POST backtest: what the policies of the saved catalog and of the definition would have done. */
export interface Backtest {
  from: string;
  to: string;
  days: number;
  /** Null where there is none. */
  saved: Replay | null;
  changed: Replay | null;
  notices: Notice[];
}

/** What the policies of one catalog would have done with a flow. */
export interface Replay {
  objective: number | null;
  pages: number;
  tickets: number;
  /** In each state. */
  minutes: Record<'ok' | 'ticket' | 'page' | 'unknown', number>;
  incidents: Incident[];
}

/** A time in which policies were on. */
export interface Incident {
  from: string;
  to: string;
  ongoing: boolean;
  severity: 'ticket' | 'page';
  policies: string[];
}

/** placeOf returns where an incident lies in the time of a backtest: its start and its length, as shares of all. */
export function placeOf({ from, to }: Incident, { from: start, to: end }: Backtest): { start: number; length: number } {
  const [all, at, until] = [Date.parse(end) - Date.parse(start), Date.parse(from), Date.parse(to)];
  const share = (time: number) => Math.min(Math.max((time - Date.parse(start)) / all, 0), 1);
  return { start: share(at), length: share(until) - share(at) };
}
