import { labels } from '../labels';
import { INTERVALS, inWords, isDuration, isWindow, milliseconds, WINDOWS } from './window';

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
    expect(isWindow(text)).toBe(true);
  }
);

test.each(['', '0s', '5', '25h', '1w', '$__rate', 'always', '$', '5m;'])('%p is no window', (text) => {
  expect(isWindow(text)).toBe(false);
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
  expect(WINDOWS).toEqual(expect.arrayContaining(['auto', '$__interval', '$__rate_interval', '$__range']));
  expect(Object.keys(labels.query.windows)).toEqual(['auto', ...INTERVALS]);
  WINDOWS.forEach((window) => expect(isWindow(window)).toBe(true));
});
