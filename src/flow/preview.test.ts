import { isScore, Measured, rate, share, tightest, valueText } from './preview';

const measured = (more: Partial<Measured>): Measured => ({
  name: 'success',
  value: 0.99,
  unit: 'percentunit',
  score: 0.99,
  traffic: 1,
  kept: 0.99,
  history: [],
  ...more,
});

test.each([
  [1, 0.9999],
  [0.99912, 0.999],
  [0.99 - 1e-12, 0.99],
  [0.9899, 0.98],
  [0.5, undefined],
])('of %d the tightest objective is %s', (kept, objective) => {
  expect(tightest(kept)).toBe(objective);
});

test.each([
  [1, '100%'],
  [0.999999, '99.99%'],
  [0.995, '99.5%'],
  [0.5735, '57.35%'],
  [0, '0%'],
])('a share of %d is %s', (of, said) => {
  expect(share(of)).toBe(said);
});

test.each([
  [{ value: 0.991 }, '99.1%'],
  [{ value: 0.25, unit: 's' }, '250 ms'],
  [{ value: 50, unit: 'none' }, '50'],
  [{ value: null }, ''],
])('the value of %j is said as %s', (of, said) => {
  expect(valueText(measured(of))).toBe(said);
});

test('a share that is the score is not said twice', () => {
  expect(isScore(measured({}))).toBe(true);
  expect(isScore(measured({ score: 0.5 }))).toBe(false);
  expect(isScore(measured({ value: 0.3, score: 0.3, unit: 's' }))).toBe(false);
});

test('rates have three digits', () => {
  expect(rate(1234.5)).toBe('1230 / s');
  expect(rate(0.012345)).toBe('0.0123 / s');
});
