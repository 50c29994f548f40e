import { dateTime, LoadingState, TimeRange } from '@grafana/data';
import { CerQuery } from '../types';
import { expandRequest, panelTime, sameExpansion } from './expansion';
import { complete } from './query';

const query = (fields: Partial<CerQuery> = {}) => complete({ refId: 'A', ...fields });

/** The last hour, as it is at a time. */
const lastHour = (at: number): TimeRange => ({
  from: dateTime(at - 3_600_000),
  to: dateTime(at),
  raw: { from: 'now-1h', to: 'now' },
});

test('PromQL is asked for what the panel asks, and when', () => {
  const asked = query({ measure: 'impact', level: 'flow', flows: ['checkout'], window: '1h', legend: 'x' });
  expect(expandRequest(asked, { range: lastHour(7_200_000), intervalMs: 15_000 })).toEqual({
    measure: 'impact',
    level: 'flow',
    flows: ['checkout'],
    slis: [],
    components: [],
    by: [],
    where: {},
    window: '1h',
    format: 'timeseries',
    from: 3_600_000,
    to: 7_200_000,
    intervalMs: 15_000,
  });
});

test('PromQL of a verdict is that of its gate', () => {
  const asked = query({ format: 'gate', gate: 'checkout-canary', since: 'event:deploys', candidate: '' });
  const request = expandRequest(asked, {});
  expect(request).toMatchObject({ measure: 'verdict', gate: 'checkout-canary', since: 'event:deploys' });
  expect(request).not.toHaveProperty('candidate');
});

test('without a panel the time is left to the backend', () => {
  expect(expandRequest(query(), panelTime())).toMatchObject({ from: undefined, to: undefined, intervalMs: undefined });
});

test("the time is the editor's, with the interval of the panel's last request", () => {
  const request = { range: lastHour(1), intervalMs: 30_000 };
  const data = { state: LoadingState.Done, request } as unknown as Parameters<typeof panelTime>[0];
  expect(panelTime(data, lastHour(2))).toEqual({ range: lastHour(2), intervalMs: 30_000 });
  expect(panelTime(data)).toEqual({ range: lastHour(1), intervalMs: 30_000 });
});

test('PromQL stays the same while time passes, and changes with what is asked', () => {
  const key = sameExpansion(query(), { range: lastHour(1), intervalMs: 15_000 });
  expect(sameExpansion(query({ legend: 'x' }), { range: lastHour(2), intervalMs: 15_000 })).toBe(key);
  expect(sameExpansion(query({ window: '1h' }), { range: lastHour(1), intervalMs: 15_000 })).not.toBe(key);
  expect(sameExpansion(query({ format: 'latest' }), { range: lastHour(1), intervalMs: 15_000 })).not.toBe(key);
  expect(sameExpansion(query(), { range: lastHour(1), intervalMs: 60_000 })).not.toBe(key);
  const absolute = { ...lastHour(1), raw: { from: dateTime(5), to: dateTime(6) } };
  expect(sameExpansion(query(), { range: absolute, intervalMs: 15_000 })).not.toBe(key);
});
