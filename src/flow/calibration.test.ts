import { Backtest, Incident, placeOf } from './calibration';

const week = { from: '2026-11-22T00:00:00Z', to: '2026-11-29T00:00:00Z' } as Backtest;

test.each([
  ['within it', '2026-11-23T18:00:00Z', '2026-11-25T12:00:00Z', 0.25, 0.25],
  ['that began before', '2026-11-20T00:00:00Z', '2026-11-25T12:00:00Z', 0, 0.5],
  ['of no length at its end', '2026-11-29T00:00:00Z', '2026-11-29T00:00:00Z', 1, 0],
])('an incident %s has its place on the time line', (_, from, to, start, length) => {
  expect(placeOf({ from, to } as Incident, week)).toEqual({ start, length });
});
