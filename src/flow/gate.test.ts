import { catalog } from '../testing/catalog';
import { eventOf, gateOf, gatesOf, isSince, sinceOf } from './gate';

test.each([
  ['', true],
  ['2026-03-04T12:00:00Z', true],
  ['2026-03-04T12:00:00.5+01:00', true],
  ['event:deploys', true],
  ['$since', true],
  ['event:$event', true],
  ['event:', false],
  ['yesterday', false],
  ['now-30m', false],
  ['2026-03-04', false],
  ['2026-13-04T12:00:00Z', false],
])('whether %p says when a candidate started: %p', (text, is) => {
  expect(isSince(text)).toBe(is);
});

test('gates and events are those of the catalog', () => {
  expect(gatesOf(catalog)).toEqual(['checkout-canary', 'any-release']);
  expect(gateOf(catalog, { gate: 'checkout-canary' })?.compare?.dimension).toBe('region');
  expect(gateOf(catalog, { gate: 'gone' })).toBeUndefined();
  expect(gateOf(undefined, { gate: 'checkout-canary' })).toBeUndefined();
  expect(sinceOf(catalog)).toEqual(['event:deploys']);
  expect(sinceOf()).toEqual([]);
});

test.each([
  ['event:deploys', 'deploys'],
  ['event:', undefined],
  ['2026-03-04T12:00:00Z', undefined],
])('the event of %p is %p', (since, event) => {
  expect(eventOf(since)).toBe(event);
});
