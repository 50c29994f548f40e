import { CoreApp } from '@grafana/data';
import { canBeAsked, complete, defaultQuery, migrate } from './query';

const defaults = {
  measure: 'score',
  level: 'overall',
  flows: [],
  slis: [],
  components: [],
  by: [],
  where: {},
  window: 'auto',
  format: 'timeseries',
  legend: '',
};

test.each([
  [CoreApp.PanelEditor, 'timeseries'],
  [CoreApp.Explore, 'timeseries'],
  [CoreApp.UnifiedAlerting, 'latest'],
  [CoreApp.CloudAlerting, 'latest'],
  [undefined, 'timeseries'],
])('a new query in %s has the format %s', (app, format) => {
  expect(defaultQuery(app).format).toBe(format);
});

describe('migration', () => {
  test.each([
    ['fills in defaults', { refId: 'A' }, { refId: 'A', ...defaults }],
    ['fills in defaults for empty texts', { refId: 'A', measure: '', window: ' ' }, { refId: 'A', ...defaults }],
    [
      'takes a name on its own for a list',
      { refId: 'A', flows: 'checkout' },
      { refId: 'A', ...defaults, flows: ['checkout'] },
    ],
    ['drops what are no names', { refId: 'A', slis: ['a', 1, null, ''] }, { refId: 'A', ...defaults, slis: ['a'] }],
    ['drops fields nobody knows', { refId: 'A', expr: 'up' }, { refId: 'A', ...defaults }],
    [
      "keeps Grafana's own fields",
      { refId: 'A', hide: true, key: 'k' },
      { refId: 'A', hide: true, key: 'k', ...defaults },
    ],
    [
      'keeps values nobody knows, for the backend to refuse',
      { refId: 'A', measure: 'joy' },
      { refId: 'A', ...defaults, measure: 'joy' },
    ],
    [
      'makes incidents of states, as the backend does',
      { refId: 'A', format: 'incidents' },
      { refId: 'A', ...defaults, format: 'incidents', measure: 'state' },
    ],
    [
      'makes exemplars those of SLIs, as the backend does',
      { refId: 'A', format: 'exemplars' },
      { refId: 'A', ...defaults, format: 'exemplars', measure: 'value', level: 'sli' },
    ],
    ['keeps labels of flows', { refId: 'A', labels: ['owner'] }, { refId: 'A', ...defaults, labels: ['owner'] }],
    ['keeps how many of the worst are shown', { refId: 'A', worst: 2 }, { refId: 'A', ...defaults, worst: 2 }],
    [
      'keeps ad hoc filters, as the backend and alert rules do',
      { refId: 'A', adhocFilters: [{ key: 'region', operator: '!=', value: 'eu', condition: '' }, null, 'tier=gold'] },
      { refId: 'A', ...defaults, adhocFilters: [{ key: 'region', operator: '!=', value: 'eu' }] },
    ],
    [
      'makes a gate one of the verdict, as the backend does, and leaves out what is empty',
      { refId: 'A', format: 'gate', gate: ' canary ', candidate: '', since: 'event:deploys', baseline: 7 },
      { refId: 'A', ...defaults, format: 'gate', measure: 'verdict', gate: 'canary', since: 'event:deploys' },
    ],
    ['takes a quantile on its own for a list', { refId: 'A', q: 0.9 }, { refId: 'A', ...defaults, q: [0.9] }],
    ['drops what are no quantiles', { refId: 'A', q: ['p9', 0.5] }, { refId: 'A', ...defaults, q: [0.5] }],
    ['needs no ad hoc filters', { refId: 'A', adhocFilters: [] }, { refId: 'A', ...defaults }],
    ['drops what is no number of them', { refId: 'A', worst: 'two' }, { refId: 'A', ...defaults }],
  ])('%s', (_, saved, migrated) => {
    expect(migrate(saved)).toEqual(migrated);
  });

  test('changes nothing that is of this version, and done twice does what once does', () => {
    const query = complete({ refId: 'B', measure: 'impact', level: 'flow', flows: ['$flow'], window: '1h' });
    expect(migrate(query)).toEqual(query);
    expect(migrate(migrate({ flows: 'a', old: 1 }))).toEqual(migrate({ flows: 'a', old: 1 }));
  });

  test('leaves its argument alone', () => {
    const saved = Object.freeze({ refId: 'A', flows: Object.freeze(['a']) });
    expect(migrate(saved).flows).toEqual(['a']);
  });
});

test.each([
  ['a new query', { refId: 'A' }, true],
  ['a query for flows', { refId: 'A', flows: ['checkout'] }, true],
  ['not a hidden query', { refId: 'A', measure: 'score' as const, hide: true }, false],
  ['not a query left behind by another data source', { refId: 'A', expr: 'up' }, false],
])('what is asked: %s', (_, query, asked) => {
  expect(canBeAsked(query)).toBe(asked);
});

test('cohorts are kept by dimension, and what restricts nothing is dropped', () => {
  expect(migrate({ by: 'region', where: { region: ['eu', ''], tier: [], team: 'pay', n: 7 } })).toMatchObject({
    by: ['region'],
    where: { region: ['eu'], team: ['pay'] },
  });
  expect(migrate({ where: ['eu'] }).where).toEqual({});
});

test('incidents are of states, unless somebody says otherwise', () => {
  expect(migrate({ format: 'incidents' })).toMatchObject({ measure: 'state', level: 'overall' });
});
