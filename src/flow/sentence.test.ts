import { CerQuery } from '../types';
import { complete } from './query';
import { displayText, list, sentence } from './sentence';

const own = "over the catalog's window";

test.each<[string, Partial<CerQuery>]>([
  [`The score of all flows together over time, each point ${own}.`, {}],
  [
    'The score of checkout and search together over time, each point over 5 minutes.',
    { flows: ['checkout', 'search'], window: '5m' },
  ],
  [`The latest score of each flow, ${own}.`, { level: 'flow', format: 'latest' }],
  [`The score of checkout over time, each point ${own}.`, { flows: ['checkout'] }],
  [
    'The impact on the overall score of a, b and c over time, each point over 1 hour 30 minutes.',
    { measure: 'impact', level: 'flow', flows: ['a', 'b', 'c'], window: '1h30m' },
  ],
  [
    `The coverage of the component latency of each flow over time, each point ${own}.`,
    { measure: 'coverage', level: 'component', components: ['latency'] },
  ],
  [
    `The score of each component of checkout over time, each point ${own}.`,
    { level: 'component', flows: ['checkout'] },
  ],
  [
    `The value of the SLIs success and fast of checkout over time, each point ${own}.`,
    { measure: 'value', level: 'sli', slis: ['success', 'fast'], flows: ['checkout'] },
  ],
  [
    `The p50, p95 and p99 of each SLI of each flow over time, each point ${own}.`,
    { measure: 'quantile', level: 'sli' },
  ],
  [
    'The latest p99.9 of the SLI fast of checkout, over 5 minutes.',
    {
      measure: 'quantile',
      level: 'sli',
      format: 'latest',
      q: [0.999],
      slis: ['fast'],
      flows: ['checkout'],
      window: '5m',
    },
  ],
  [
    'The mean time to recover from incidents of each flow in the time range, as the policies decide.',
    { measure: 'ttr', level: 'flow', format: 'latest' },
  ],
  [
    `The score of all flows together (availability and latency only) over time, each point ${own}.`,
    { components: ['availability', 'latency'] },
  ],
  [
    "A table with every measure of each SLI of each flow, over Grafana's rate interval.",
    { level: 'sli', format: 'table', window: '$__rate_interval' },
  ],
  ['The latest score of all flows together, over 30 days.', { format: 'latest', window: '30d' }],
  ['The score of all flows together over time, each point over the whole time range.', { window: '${__range}' }],
  [
    `The score of each flow over time, by region and tier (region eu and us only), each point ${own}.`,
    { level: 'flow', by: ['region', 'tier'], where: { region: ['eu', 'us'] } },
  ],
  ['The events of the catalog, and its changes.', { format: 'events' }],
  [
    'Traces of slow and failed events of the SLI fast of checkout (region eu only).',
    { format: 'exemplars', flows: ['checkout'], slis: ['fast'], where: { region: ['eu'] } },
  ],
  [
    'The verdict of the gate checkout-canary since the start of the range.',
    { format: 'latest', measure: 'verdict', gate: 'checkout-canary' },
  ],
  [
    'The verdict of the gate checkout-canary over time since the start of the range.',
    { measure: 'verdict', gate: 'checkout-canary' },
  ],
  [
    'The reasons for the verdict of the gate checkout-canary since the start of the range.',
    { format: 'summary', gate: 'checkout-canary' },
  ],
  [
    'The evidence that the candidate is worse of the gate checkout-canary on v42 against its baseline over time since the start of the range.',
    { measure: 'evidence', gate: 'checkout-canary', candidate: 'v42' },
  ],
  [
    'The evidence that the candidate is not worse in each SLI of the gate checkout-canary since the start of the range.',
    { measure: 'notWorse', level: 'sli', format: 'latest', gate: 'checkout-canary' },
  ],
  [
    'A table of each SLI with the verdict of the gate $gate on v42 against its baseline since the newest run of the event deploys (region eu only).',
    { format: 'gate', gate: '$gate', candidate: 'v42', since: 'event:deploys', where: { region: ['eu'] } },
  ],
  [
    'The verdict of the gate (not chosen) on its candidate against v41 since 2026-03-04T12:00:00Z.',
    { format: 'latest', measure: 'verdict', baseline: 'v41', since: '2026-03-04T12:00:00Z' },
  ],
  [
    "The error budget left of each flow over time, each point over the catalog's budget window.",
    { level: 'flow', measure: 'budget' },
  ],
  ['The latest burn rate of each flow, over 1 hour.', { level: 'flow', measure: 'burn', format: 'latest' }],
  [
    'The latest burn rate of each flow, over 3 days.',
    { level: 'flow', measure: 'burn', format: 'latest', window: '3d' },
  ],
  ['The state of each flow over time, as the policies decide.', { measure: 'state', level: 'flow' }],
  [
    'The incidents of checkout, by region, as the policies decide.',
    { format: 'incidents', measure: 'state', level: 'flow', flows: ['checkout'], by: ['region'] },
  ],
  [
    'A table with the state, score, burn rate and error budget of each flow, as the policies decide.',
    { format: 'table', measure: 'state', level: 'flow' },
  ],
  [
    'A table with the score, burn rate and error budget of each SLI of each flow, over 1 hour.',
    { format: 'table', measure: 'burn', level: 'sli' },
  ],
  [
    `The latest impact on the overall score of each SLI of each flow, only the worst 2 of each flow, ${own}.`,
    { measure: 'impact', level: 'sli', format: 'latest', worst: 2 },
  ],
  [
    `The score of each flow over time (region us and tier!=gold only), each point ${own}.`,
    { level: 'flow', where: { region: ['us'] }, adhocFilters: [{ key: 'tier', operator: '!=', value: 'gold' }] },
  ],
  [`A graph of the scores of checkout, with SLIs and dependencies, ${own}.`, { format: 'graph', flows: ['checkout'] }],
  [
    'The mean time to detect incidents of each flow in the time range, as the policies decide.',
    { measure: 'ttd', level: 'flow', format: 'latest' },
  ],
  [`The score of each flow over time, only the worst one, each point ${own}.`, { level: 'flow', worst: 1 }],
  [`The PromQL behind the score of $flow, ${own}.`, { level: 'flow', flows: ['$flow'], format: 'definition' }],
])('%s', (said, query) => {
  expect(sentence(complete({ refId: 'A', ...query }))).toBe(said);
});

test("the catalog's window is named where it is known", () => {
  expect(sentence(complete({ refId: 'A', format: 'latest' }), { window: '5m' })).toBe(
    "The latest score of all flows together, over the catalog's window (5m)."
  );
});

test('the display text has the window only where the query states one', () => {
  expect(displayText(complete({ refId: 'A' }))).toBe('The score of all flows together over time');
  expect(displayText(complete({ refId: 'A', window: '1d' }))).toBe('The score of all flows together over time, 1 day');
});

test.each([
  ['', []],
  ['a', ['a']],
  ['a and b', ['a', 'b']],
  ['a, b and c', ['a', 'b', 'c']],
])('a list reads %p', (said, names) => {
  expect(list(names)).toBe(said);
});
