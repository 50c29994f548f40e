import { createDataFrame, dateTime, FieldType, getLinksSupplier } from '@grafana/data';
import { withPromQLLinks } from './promqlLinks';

const promql = 'sum(rate(r_total{code=~"5..",path="/a&b#c"}[5m])) + 1';
const definition = createDataFrame({
  fields: [
    { name: 'sli', type: FieldType.string, values: ['checkout/success'] },
    { name: 'promql', type: FieldType.string, values: [promql] },
  ],
});
const range = {
  from: dateTime('2026-03-04T11:00:00Z'),
  to: dateTime('2026-03-04T12:00:00Z'),
  raw: { from: 'now-1h', to: 'now' },
};

test('PromQL leads to Explore as it stands, with the range', () => {
  const [frame] = withPromQLLinks([definition], { uid: 'p1', name: 'Prometheus' }, range);
  const [sli, field] = frame.fields;
  expect(sli.config.links).toBeUndefined();
  const replace = (text: string) => text.replace('${__value.raw}', promql);
  const [{ href, title }] = getLinksSupplier(frame, field, {}, replace)({ valueRowIndex: 0 });
  expect(title).toContain('Prometheus');
  const left = JSON.parse(new URL(href, 'http://grafana').searchParams.get('left')!);
  expect(left).toMatchObject({
    datasource: 'p1',
    queries: [{ refId: 'A', expr: promql }],
    range: { from: 'now-1h', to: 'now' },
  });
});

test('without a data source of Prometheus there is nothing to open PromQL with', () => {
  expect(withPromQLLinks([definition], undefined, range)).toEqual([definition]);
});
