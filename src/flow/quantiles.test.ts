import { percentile, quantileOf, quantilesOf } from './quantiles';

test.each([
  ['0.95', 0.95],
  ['.5', 0.5],
  [' p99 ', 0.99],
  ['P99.9', 0.999],
  ['p7', 0.07],
  ['0', undefined],
  ['1', undefined],
  ['95', undefined],
  ['p100', undefined],
  ['-0.5', undefined],
  ['p', undefined],
  ['', undefined],
  ['half', undefined],
])('%p is the quantile %p', (text, q) => {
  expect(quantileOf(text)).toBe(q);
});

test('a quantile is named by its percentage, and read by its name', () => {
  expect([0.5, 0.07, 0.95, 0.999, 0.9999].map(percentile)).toEqual(['p50', 'p7', 'p95', 'p99.9', 'p99.99']);
  for (const q of [0.01, 0.07, 0.29, 0.57, 0.58, 0.999]) {
    expect(quantileOf(percentile(q))).toBe(q);
  }
});

test('a query that names no quantiles asks for those of the backend', () => {
  expect(quantilesOf({})).toEqual([0.5, 0.95, 0.99]);
  expect(quantilesOf({ q: [] })).toEqual([0.5, 0.95, 0.99]);
  expect(quantilesOf({ q: [0.9] })).toEqual([0.9]);
});
