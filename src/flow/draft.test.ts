import { parse } from 'yaml';
import { Draft, edgeText, isComplete, lostOf, newDraft, sliOf, written } from './draft';

const ratio: Draft = {
  ...newDraft('checkout'),
  metric: 'http_requests_total',
  matchers: [{ label: 'handler', operator: '=', value: '/checkout' }],
  bad: [{ label: 'code', operator: '=~', value: '5..' }],
};

test('a share of good events is a ratio of bad ones and all', () => {
  expect(sliOf(ratio)).toEqual({
    name: 'success',
    component: 'availability',
    weight: 1,
    ratio: {
      bad: 'http_requests_total{handler="/checkout",code=~"5.."}',
      total: 'http_requests_total{handler="/checkout"}',
    },
  });
});

test('a share of fast events is a latency, and a probe a selector', () => {
  const latency = { ...ratio, kind: 'latency', metric: 'duration_seconds', under: '500ms', key: true } as const;
  expect(sliOf(latency)).toMatchObject({
    key: true,
    latency: { histogram: 'duration_seconds{handler="/checkout"}', under: '500ms' },
  });
  expect(sliOf({ ...ratio, kind: 'probe', metric: 'up', matchers: [] })).toMatchObject({ probe: { selector: 'up' } });
});

test.each<[string, Partial<Draft>]>([
  ['a flow', { flow: ' ' }],
  ['a name', { name: '' }],
  ['a metric', { metric: '' }],
  ['what is bad', { bad: [{ label: 'code', operator: '=~', value: '' }] }],
  ['a bound', { kind: 'latency', under: 'soon' }],
  ['a weight', { weight: '-1' }],
])('a draft is not complete without %s', (_, without) => {
  expect(isComplete({ ...ratio, ...without })).toBe(false);
});

test('a draft is complete with all that its kind needs', () => {
  expect(isComplete(ratio)).toBe(true);
  expect(isComplete({ ...ratio, kind: 'probe', bad: [] })).toBe(true);
  expect(isComplete({ ...ratio, kind: 'latency', under: '2.5s' })).toBe(true);
});

test('a draft is written as an SLI of a flow, or as a flow', () => {
  const before = 'spec:\n  flows:\n    - name: checkout\n      slis: [] # none yet\n';
  const flows = (definition = '') => parse(definition).spec.flows;
  expect(flows(written(before, ratio, false))).toEqual([{ name: 'checkout', slis: [sliOf(ratio)] }]);
  const flow = { ...ratio, flow: 'search', title: ' Search ' };
  expect(flows(written(before, flow, true))[1]).toEqual({ name: 'search', title: 'Search', slis: [sliOf(flow)] });
});

test('what is lost is a share of the events of the hours', () => {
  const measured = { name: 'a', value: 1, score: 1, history: [] };
  expect(lostOf({ ...measured, kept: 0.75, traffic: 10 }, 6)).toEqual({ share: 0.25, events: 54000 });
  expect(lostOf({ ...measured, kept: 0.75, traffic: null }, 6)).toEqual({ share: 0.25 });
  expect(lostOf({ ...measured, kept: null, traffic: 1 }, 6)).toBeUndefined();
});

test.each([
  ['0.5', 'http_request_duration_seconds', '500ms'],
  ['2.5', 'http_request_duration_seconds', '2.5s'],
  ['0.1', 'latency', '100ms'],
  ['250', 'istio_request_duration_milliseconds', '250ms'],
  ['5000', 'envoy_cluster_upstream_rq_time', '5s'],
  ['1000', 'redis_latency_usec', '1ms'],
  ['+Inf', 'http_request_duration_seconds', undefined],
])('the edge %s of %s is %s', (le, metric, said) => {
  expect(edgeText(le, metric)).toBe(said);
});
