import { createDataFrame, DataFrame, DataFrameType, dateTime, FieldType, TimeRange } from '@grafana/data';
import { TraceDestination } from '../types';
import { Traces, withTraceLinks } from './traces';

const range = { from: dateTime(0), to: dateTime(1), raw: { from: 'now-6h', to: 'now' } } as TimeRange;

const traces = (more: Partial<Traces> = {}): Traces => ({
  destinations: [{ name: 'trace_id', datasourceUid: 'tempo' }],
  own: { uid: 'u1', type: 'cer', name: 'cer' },
  queries: [],
  range,
  nameOf: (uid) => (uid === 'tempo' ? 'Tempo' : undefined),
  ...more,
});

const exemplars = (traceLabels?: string[]): DataFrame =>
  createDataFrame({
    refId: 'A',
    meta: { custom: { traceLabels } },
    fields: [
      { name: 'sli', type: FieldType.string, values: ['fast'] },
      { name: 'traceID', type: FieldType.string, values: ['4bf92f'] },
    ],
  });

/** The links of a field of the first frame. */
const links = ([frame]: DataFrame[], name: string) =>
  frame.fields.find((field) => field.name === name)?.config.links ?? [];

test('the ID of a trace links to the trace in its data source, within the time of the panel', () => {
  expect(links(withTraceLinks([exemplars(['trace_id'])], traces()), 'traceID')).toEqual([
    {
      title: 'Query with Tempo',
      url: '',
      internal: {
        query: { refId: 'A', query: '${__value.raw}', queryType: 'traceql' },
        datasourceUid: 'tempo',
        datasourceName: 'Tempo',
        range,
      },
    },
  ]);
});

test.each<[string, TraceDestination[], string[], string[]]>([
  ['an address', [{ name: 'trace_id', url: 'https://t/${__value.raw}' }], ['trace_id'], ['Open the trace']],
  ['its own text', [{ name: 'trace_id', url: 'https://t', urlDisplayLabel: 'Trace' }], ['trace_id'], ['Trace']],
  [
    'a data source that is gone',
    [{ name: 'trace_id', datasourceUid: 'x' }],
    ['trace_id'],
    ['Query with Data source not found'],
  ],
  ['another label', [{ name: 'order', url: 'https://t' }], ['trace_id'], []],
  [
    'several',
    [
      { name: 'a', url: '1' },
      { name: 'b ', url: '2' },
      { name: 'c', url: '3' },
    ],
    ['b', 'a'],
    ['Open the trace', 'Open the trace'],
  ],
  ['none that is used', [{ name: 'trace_id', url: 'https://t' }], [], []],
])('the ID of a trace links to destinations of its label: %s', (_, destinations, used, titles) => {
  const linked = links(withTraceLinks([exemplars(used)], traces({ destinations })), 'traceID');
  expect(linked.map(({ title }) => title)).toEqual(titles);
});

test('numbers of an SLI over time link to its exemplars, with the cohorts that are shown', () => {
  const frame = createDataFrame({
    refId: 'B',
    fields: [
      { name: 'time', type: FieldType.time, values: [1] },
      {
        name: 'value',
        type: FieldType.number,
        values: [1],
        labels: { flow: 'checkout', component: 'latency', sli: 'fast', quantile: '0.5', region: 'eu' },
        config: { links: [{ title: 'own', url: '/' }] },
      },
    ],
  });
  const queries = [
    { refId: 'B', where: { tier: ['gold'] }, adhocFilters: [{ key: 'team', operator: '=', value: 'a' }] },
  ];
  const [own, linked] = links(withTraceLinks([frame], traces({ queries })), 'value');
  expect(own.title).toBe('own');
  expect(linked).toMatchObject({
    title: 'Traces of slow and failed events',
    internal: {
      datasourceUid: 'u1',
      range,
      query: {
        datasource: { type: 'cer', uid: 'u1' },
        format: 'exemplars',
        flows: ['checkout'],
        slis: ['fast'],
        where: { tier: ['gold'], region: ['eu'] },
        adhocFilters: [{ key: 'team', operator: '=', value: 'a' }],
      },
    },
  });
});

test('the score of an SLI in a table links to its exemplars, and numbers of flows do not', () => {
  const table = (names: string[]) =>
    createDataFrame({ fields: names.map((name) => ({ name, type: FieldType.string, values: ['x'] })) });
  expect(links(withTraceLinks([table(['flow', 'sli', 'score'])], traces()), 'score')[0].internal?.query).toMatchObject({
    flows: ['${__data.fields.flow}'],
    slis: ['${__data.fields.sli}'],
  });
  expect(links(withTraceLinks([table(['flow', 'score'])], traces()), 'score')).toEqual([]);
});

test('a tile keeps the one link of its panel', () => {
  const tile = createDataFrame({
    meta: { type: DataFrameType.NumericMulti },
    fields: [{ name: 'score', type: FieldType.number, values: [1], labels: { flow: 'checkout', sli: 'fast' } }],
  });
  expect(links(withTraceLinks([tile], traces()), 'score')).toEqual([]);
});

test('without destinations nothing is linked', () => {
  const frames = [exemplars(['trace_id'])];
  expect(withTraceLinks(frames, traces({ destinations: [] }))).toBe(frames);
});
