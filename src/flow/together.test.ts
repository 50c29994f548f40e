import { CerQuery, Format, FORMATS, LEVELS } from '../types';
import { comesAs, levelsOf, MEASURES } from './measures';
import { complete } from './query';
import { catalog } from '../testing/catalog';
import {
  choosesLevel,
  existsAt,
  isOfGate,
  measureOf,
  measuresOf,
  splitNames,
  takesBy,
  takesComponents,
  takesLabels,
  takesLevel,
  takesMeasure,
  takesNames,
  takesQuantiles,
  takesSLIs,
  takesWindow,
  takesWorst,
  withFlows,
  withFormat,
  withLevel,
  withMeasure,
} from './together';
import { isWindow } from './window';

const query = (fields: Partial<CerQuery> = {}) => complete({ refId: 'A', ...fields });

describe('levels', () => {
  test.each([
    ['score', 'overall flow component sli'],
    ['value', 'sli'],
    ['impact', 'flow component sli'],
    ['coverage', 'overall flow component sli'],
    ['weight', 'flow component sli'],
    ['traffic', 'overall flow sli'],
    ['state', 'overall flow'],
  ] as const)('%s exists at %s', (measure, levels) => {
    const exists = LEVELS.filter((level) => existsAt({ measure, format: 'timeseries' }, level));
    expect(exists.join(' ')).toBe(levels);
  });

  test('a table exists at every level, whatever the measure', () => {
    expect(LEVELS.every((level) => existsAt({ measure: 'value', format: 'table' }, level))).toBe(true);
  });

  test('but one of states, and incidents, where there are states', () => {
    const levels = (format: Format) => LEVELS.filter((level) => existsAt({ measure: 'state', format }, level));
    expect(levels('table')).toEqual(['overall', 'flow']);
    expect(levels('incidents')).toEqual(['overall', 'flow']);
  });
});

test.each([
  ['the measure value sets the level sli', query(), 'value', 'sli'],
  ['the measure impact leaves the level overall for flow', query(), 'impact', 'flow'],
  ['the measure traffic leaves the level component for flow', query({ level: 'component' }), 'traffic', 'flow'],
  ['the measure coverage keeps the level', query({ level: 'component' }), 'coverage', 'component'],
] as const)('%s', (_, from, measure, level) => {
  expect(withMeasure(from, measure)).toMatchObject({ measure, level });
});

test('the level flow drops SLIs', () => {
  const from = query({ level: 'sli', slis: ['success'], components: ['latency'] });
  expect(withLevel(from, 'flow')).toMatchObject({ slis: [], components: ['latency'] });
});

test('weight at the level flow drops components', () => {
  expect(withMeasure(query({ level: 'flow', components: ['latency'] }), 'weight').components).toEqual([]);
});

test.each([
  ['score', 'timeseries', 'overall flow component sli'],
  ['impact', 'timeseries', 'component sli'],
  ['traffic', 'timeseries', 'sli'],
  ['burn', 'timeseries', 'component sli'],
  ['state', 'timeseries', ''],
  ['cost', 'latest', ''],
  ['score', 'table', 'component sli'],
  ['value', 'table', 'component sli'],
  ['traffic', 'table', 'component sli'],
] as const)('%s as %s can name components at: %s', (measure, format, levels) => {
  const takes = LEVELS.filter((level) => takesComponents(query({ measure, format, level })));
  expect(takes.join(' ')).toBe(levels);
});

test('incidents are of states, and have no window of their own', () => {
  const from = query({ measure: 'burn', level: 'sli', slis: ['success'], window: '1h', worst: 2 });
  expect(withFormat(from, 'incidents')).toMatchObject({ measure: 'state', level: 'flow', slis: [], window: 'auto' });
  expect(withFormat(from, 'incidents').worst).toBeUndefined();
});

test('a graph is of scores of all levels, for all cohorts together', () => {
  const from = query({ measure: 'burn', level: 'sli', slis: ['success'], by: ['region'], window: '3d', worst: 2 });
  expect(withFormat(from, 'graph')).toEqual(query({ format: 'graph' }));
  const graph = query({ format: 'graph', flows: ['checkout'] });
  expect([takesBy(graph), takesComponents(graph), takesSLIs(graph), takesNames(graph), takesWindow(graph)]).toEqual([
    false,
    false,
    false,
    true,
    true,
  ]);
  expect(takesBy(query())).toBe(true);
  expect(LEVELS.filter((level) => existsAt(graph, level))).toEqual(['overall']);
});

test('exemplars are those of SLIs, and have neither measure, level nor window to choose', () => {
  const from = query({ measure: 'burn', level: 'flow', flows: ['checkout'], window: '1h', worst: 2 });
  const to = withFormat(from, 'exemplars');
  expect(to).toMatchObject({ measure: 'value', level: 'sli', flows: ['checkout'], window: 'auto' });
  expect([takesWorst(to), takesWindow(to), choosesLevel(to), takesMeasure(to)]).toEqual([false, false, false, false]);
});

test.each([
  ['every measure', 'impact', 'score'],
  ['error budgets', 'burn', 'budget'],
  ['states', 'state', 'state'],
] as const)('a table is of %s', (_, measure, of) => {
  expect(measureOf(withFormat(query({ measure, level: 'flow' }), 'table'))).toBe(of);
  expect(measuresOf('table')).toContain(of);
});

test.each([
  ['the level overall', { level: 'overall' }],
  ['a measure without an order', { level: 'flow', measure: 'weight' }],
  ['a summary', { level: 'flow', format: 'summary' }],
] as const)('%s has no worst', (_, fields) => {
  expect(takesWorst(query(fields))).toBe(false);
  expect(takesWorst(query({ level: 'flow' }))).toBe(true);
});

test('labels of flows go with numbers of them', () => {
  const from = query({ level: 'flow', labels: ['owner'] });
  expect(withFormat(from, 'latest').labels).toEqual(['owner']);
  expect(withFormat(from, 'summary').labels).toBeUndefined();
  expect(withMeasure(from, 'verdict').labels).toBeUndefined();
  expect(takesLabels(query({ level: 'overall' }))).toBe(false);
});

test('states can be split by policy', () => {
  expect(splitNames(query({ measure: 'state', level: 'flow' }))).toContain('policy');
  expect(splitNames(query({ measure: 'score', level: 'flow' }))).not.toContain('policy');
  expect(splitNames(query({ measure: 'state', level: 'flow', format: 'table' }))).not.toContain('policy');
});

test('leaving a table takes the value to its level', () => {
  expect(withFormat(query({ measure: 'value', level: 'flow', format: 'table' }), 'latest').level).toBe('sli');
});

test.each([
  ['latest stays, and so does the measure', 'latest', 'verdict'],
  ['gate is of the verdict', 'gate', 'verdict'],
  ['timeseries is of it over time', 'timeseries', 'verdict'],
  ['summary has its reasons', 'summary', 'verdict'],
  ['table has no verdict', 'table', 'score'],
  ['definition has no verdict', 'definition', 'score'],
  ['incidents are of states', 'incidents', 'state'],
] as const)('from a verdict, %s', (_, format, measure) => {
  const verdict = query({ measure: 'verdict', format: 'latest', gate: 'checkout-canary', since: 'event:deploys' });
  const { gate, since, ...to } = withFormat(verdict, format);
  expect(to).toMatchObject({ measure, format });
  expect([gate, since]).toEqual(measure === 'verdict' ? ['checkout-canary', 'event:deploys'] : [undefined, undefined]);
});

test('a verdict is of what the gate says, keeps cohorts, and is the newest where there is none in the format', () => {
  const from = query({ level: 'sli', flows: ['a'], slis: ['b'], by: ['region'], window: '1h', worst: 2 });
  for (const [before, after] of [
    ['timeseries', 'timeseries'],
    ['summary', 'summary'],
    ['table', 'latest'],
    ['incidents', 'latest'],
  ] as const) {
    expect(withMeasure({ ...from, where: { tier: ['gold'] }, format: before }, 'verdict')).toEqual(
      query({ measure: 'verdict', format: after, where: { tier: ['gold'] } })
    );
  }
  expect(withMeasure(query({ format: 'gate' }), 'score')).toMatchObject({ measure: 'verdict', format: 'gate' });
  expect(withMeasure(query({ measure: 'verdict', format: 'latest', gate: 'g' }), 'burn').gate).toBeUndefined();
});

test.each([
  ['evidence', 'timeseries', 'overall sli', 'evidence'],
  ['notWorse', 'latest', 'sli', 'notWorse'],
  ['evidence', 'summary', 'overall', 'verdict'],
  ['notWorse', 'gate', 'overall', 'verdict'],
  ['evidence', 'table', 'overall flow component sli', 'score'],
] as const)('%s as %s is at: %s', (measure, format, levels, shown) => {
  const to = withFormat(query({ measure, level: 'sli', format: 'timeseries', gate: 'g' }), format);
  expect(to.measure).toBe(shown);
  expect(LEVELS.filter((level) => existsAt(to, level)).join(' ')).toBe(levels);
  expect(takesLevel(to)).toBe(shown !== 'verdict');
});

test.each([
  ['ttd', 'timeseries', 'latest'],
  ['ttr', 'latest', 'latest'],
  ['quantile', 'timeseries', 'timeseries'],
  ['quantile', 'table', 'latest'],
  ['quantile', 'incidents', 'latest'],
] as const)('%s is asked for from %s as %s', (measure, before, after) => {
  expect(withMeasure(query({ format: before }), measure)).toMatchObject({ measure, format: after });
});

test.each([
  ['ttd', 'timeseries', 'state'],
  ['ttd', 'table', 'state'],
  ['ttr', 'definition', 'ttr'],
  ['quantile', 'table', 'score'],
  ['quantile', 'latest', 'quantile'],
] as const)('%s as %s becomes %s', (measure, format, after) => {
  const from = query({ measure, level: levelsOf(measure)[0], format: 'latest', q: [0.9] });
  expect(withFormat(from, format)).toMatchObject({ measure: after, q: after === 'quantile' ? [0.9] : undefined });
});

test('a summary is offered of scores, states and verdicts', () => {
  expect(measuresOf('summary')).toEqual(['score', 'state', 'verdict']);
  expect(withMeasure(query({ format: 'summary' }), 'state')).toEqual(
    query({ measure: 'state', level: 'flow', format: 'summary' })
  );
  expect(withMeasure(query({ measure: 'verdict', format: 'summary', gate: 'g' }), 'score')).toEqual(
    query({ format: 'summary' })
  );
});

test('a table is offered by no verdict', () => {
  expect(measuresOf('table')).toEqual(['score', 'budget', 'state']);
});

describe('flows', () => {
  const from = query({
    level: 'sli',
    flows: ['checkout', 'search'],
    slis: ['psp', 'success', 'gone', 'checkout/success'],
  });

  test('drop SLIs that only other flows have, and keep what the catalog does not know', () => {
    expect(withFlows(from, ['search'], catalog).slis).toEqual(['success', 'gone']);
  });

  test('drop nothing while they hold a variable, or without a catalog', () => {
    expect(withFlows(from, ['$flow'], catalog).slis).toEqual(from.slis);
    expect(withFlows(from, ['search']).slis).toEqual(from.slis);
  });
});

describe('whatever is clicked, the backend takes it', () => {
  const lists = [
    {},
    { slis: ['success'] },
    { components: ['latency'] },
    { slis: ['success'], components: ['latency'] },
    { worst: 2, window: '1h', labels: ['owner'] },
    { window: '30d' },
    { q: [0.9] },
    { gate: 'checkout-canary', since: 'event:deploys', by: ['region'], flows: ['checkout'] },
  ];
  const all = MEASURES.flatMap((measure) =>
    LEVELS.flatMap((level) => FORMATS.flatMap((format) => lists.map((l) => query({ measure, level, format, ...l }))))
  );

  const isTaken = (q: ReturnType<typeof query>) =>
    existsAt(q, q.level) &&
    (q.format === 'events' || comesAs(q.measure, q.format)) &&
    (isOfGate(q) || (!q.gate && !q.since)) &&
    (!q.q || takesQuantiles(q)) &&
    (takesNames(q) || q.format === 'events' || [...q.flows, ...q.by].length === 0) &&
    (q.slis.length === 0 || takesSLIs(q)) &&
    (q.components.length === 0 || takesComponents(q)) &&
    (q.window === 'auto' || (takesWindow(q) && isWindow(q.window, q))) &&
    (!q.worst || takesWorst(q)) &&
    (!q.labels || takesLabels(q));

  test.each([
    ['a measure', all.flatMap((q) => MEASURES.map((measure) => withMeasure(q, measure)))],
    ['a format', all.flatMap((q) => FORMATS.map((format) => withFormat(q, format)))],
    [
      'a level that is not disabled',
      all.flatMap((q) => LEVELS.filter((level) => existsAt(q, level)).map((level) => withLevel(q, level))),
    ],
  ])('%s', (_, queries) => {
    expect(queries.filter((q) => !isTaken(q))).toEqual([]);
  });
});
