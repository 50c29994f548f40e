import { labels } from '../labels';
import { FORMATS, Measure } from '../types';
import { MEASURES } from './measures';
import { takesWindow } from './together';
import { complete } from './query';
import { durationOf, INTERVALS, inWords, isDuration, isLonger, isWindow, milliseconds, windowsOf } from './window';

const of = (measure: Measure, format = 'timeseries') => complete({ refId: 'A', measure, format } as never);

test.each([
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['1d', 86_400_000],
  ['250ms', 250],
  ['1m ', 60_000],
  ['', undefined],
  ['5', undefined],
  ['30m1h', undefined],
  ['five', undefined],
])('%p is %p ms', (text, ms) => {
  expect(milliseconds(text)).toBe(ms);
});

test.each(['auto', '5m', '24h', '1d', '$__rate_interval', '${__range}', '$window', '${window}'])(
  '%s is a window',
  (text) => {
    expect(isWindow(text, of('coverage'))).toBe(true);
  }
);

test.each(['', '0s', '5', '25h', '1w', '$__rate', 'always', '$', '5m;'])('%p is no window', (text) => {
  expect(isWindow(text, of('coverage'))).toBe(false);
});

test.each([
  ['score', 'timeseries', '90d'],
  ['score', 'latest', '30d'],
  ['value', 'timeseries', '25h'],
  ['value', 'latest', '1w'],
  ['burn', 'table', '90d'],
] as const)('the window of %s as %s can be %s', (measure, format, window) => {
  expect(isWindow(window, of(measure, format))).toBe(true);
  expect(isWindow('91d', of(measure, format))).toBe(false);
});

test.each([
  ['score', 'table'],
  ['score', 'summary'],
  ['score', 'definition'],
  ['coverage', 'latest'],
  ['impact', 'timeseries'],
  ['traffic', 'timeseries'],
  ['revenueAtRisk', 'latest'],
] as const)('the window of %s as %s is a day at most', (measure, format) => {
  expect(isWindow('1d', of(measure, format))).toBe(true);
  expect(isWindow('25h', of(measure, format))).toBe(false);
  expect(windowsOf(of(measure, format))).not.toContain('30d');
});

test('a duration is longer than another', () => {
  expect(isLonger('25h', '1d')).toBe(true);
  expect(isLonger('24h', '1d')).toBe(false);
  expect(isLonger('auto', '1d')).toBe(false);
  expect(isLonger('$__range', '1d')).toBe(false);
});

test.each([
  ['5m', '5 minutes'],
  ['1h', '1 hour'],
  ['1h30m', '1 hour 30 minutes'],
  ['$window', '$window'],
])('%s reads %p', (window, said) => {
  expect(inWords(window)).toBe(said);
});

test('no time is no duration', () => {
  expect(isDuration('0m')).toBe(false);
});

test("Grafana's intervals are offered, each with what it means", () => {
  expect(windowsOf(of('score'))).toEqual(
    expect.arrayContaining(['auto', '$__interval', '$__rate_interval', '$__range', '7d', '30d'])
  );
  expect(Object.keys(labels.query.windows)).toEqual(['auto', ...INTERVALS]);
});

test('every window that is offered can be chosen', () => {
  for (const measure of MEASURES) {
    for (const query of FORMATS.map((format) => of(measure, format)).filter(takesWindow)) {
      windowsOf(query).forEach((window) => expect(isWindow(window, query)).toBe(true));
    }
  }
});

test.each([
  ['7 days', '7d'],
  ['1 hour 30 min', '1h30m'],
  ['2W', '2w'],
  ['45m', '45m'],
  ['90 s', '90s'],
  ['days', undefined],
  ['7', undefined],
  ['7 dogs', undefined],
  ['', undefined],
])('the duration %p is %p', (text, duration) => {
  expect(durationOf(text)).toBe(duration);
});
