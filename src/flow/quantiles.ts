import { CompleteQuery } from '../types';

/** The quantiles of a query that names none, as in the backend. */
export const DEFAULT_QUANTILES = [0.5, 0.95, 0.99];

/** The quantiles on offer; any other between 0 and 1 can be written. */
export const QUANTILES = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999];

/** percentile names a quantile, such as p95 for 0.95. */
export function percentile(q: number): string {
  return `p${Number((100 * q).toPrecision(10))}`;
}

/** quantileOf reads a quantile as people write it, such as 0.95 or p95; undefined where it is none between 0 and 1. */
export function quantileOf(text: string): number | undefined {
  const [, p, digits] = /^\s*(p?)(\d*\.?\d+)\s*$/i.exec(text) ?? [];
  const q = p ? Number((Number(digits) / 100).toPrecision(10)) : Number(digits);
  return q > 0 && q < 1 ? q : undefined;
}

/** quantilesOf lists the quantiles that a query asks for. */
export function quantilesOf({ q }: Pick<CompleteQuery, 'q'>): number[] {
  return q && q.length > 0 ? q : DEFAULT_QUANTILES;
}
