import { createDataFrame, DataFrameType, FieldType } from '@grafana/data';
import { asTables } from './explore';

const number = (refId: string, labels: Record<string, string>, value: number, name = 'score', unit = 'percentunit') =>
  createDataFrame({
    refId,
    meta: { type: DataFrameType.NumericMulti, notices: [{ severity: 'info', text: 'as of noon' }] },
    fields: [
      {
        name,
        type: FieldType.number,
        labels,
        config: { unit, displayNameFromDS: Object.values(labels).join(' / ') },
        values: [value],
      },
    ],
  });

test('numbers of a query become a table that says whose they are', () => {
  const [table, other, ...rest] = asTables([
    number('A', { flow: 'checkout', region: 'eu' }, 0.9),
    number('A', { flow: 'search' }, 0.8),
    number('B', {}, 0.7, 'coverage'),
  ]);
  expect(table.fields.map(({ name, values }) => [name, ...values])).toEqual([
    ['flow', 'checkout', 'search'],
    ['region', 'eu', ''],
    ['score', 0.9, 0.8],
  ]);
  expect(table).toMatchObject({
    refId: 'A',
    length: 2,
    meta: { type: DataFrameType.NumericLong, notices: [{ text: 'as of noon' }] },
  });
  expect(table.fields[2].config.unit).toBe('percentunit');
  expect(table.fields.map(({ config }) => config.displayNameFromDS)).toEqual(['Flow', 'region', 'Score']);
  expect(other.fields.map(({ name }) => name)).toEqual(['coverage']);
  expect(rest).toEqual([]);
});

test('labels go from the whole to its parts, before those of splits', () => {
  const [table] = asTables([number('A', { component: 'latency', flow: 'search', region: 'eu', sli: 'fast' }, 0.9)]);
  expect(table.fields.map(({ name }) => name)).toEqual(['flow', 'component', 'sli', 'region', 'score']);
});

test('values of SLIs with different units have none in the table', () => {
  const values = (unit: string) => [
    number('A', { sli: 'success' }, 0.9, 'value'),
    number('A', { sli: 'p99' }, 0.3, 'value', unit),
  ];
  expect(asTables(values('s'))[0].fields[1].config.unit).toBeUndefined();
  expect(asTables(values('percentunit'))[0].fields[1].config.unit).toBe('percentunit');
});

test('everything else stays as it is', () => {
  const series = createDataFrame({ refId: 'A', meta: { type: DataFrameType.TimeSeriesMulti }, fields: [] });
  const nothing = createDataFrame({ refId: 'B', meta: { type: DataFrameType.NumericMulti }, fields: [] });
  expect(asTables([series, nothing])).toEqual([series, nothing]);
});
