import { DataFrame, DataSourceInstanceSettings, Field, TimeRange } from '@grafana/data';
import { labels } from '../labels';

/** The column of the format definition that contains PromQL. */
const PROMQL = 'promql';

/** withPromQLLinks links the PromQL in tables to Explore, where a Prometheus data source evaluates it over the range. */
export function withPromQLLinks(
  frames: DataFrame[],
  store: Pick<DataSourceInstanceSettings, 'uid' | 'name'> | undefined,
  range: TimeRange
): DataFrame[] {
  if (!store) {
    return frames;
  }
  const link = {
    title: labels.query.explorePromQL(store.name),
    url: '',
    // Grafana replaces the value within the query, and only then writes it into an address.
    internal: {
      datasourceUid: store.uid,
      datasourceName: store.name,
      query: { refId: 'A', expr: '${__value.raw}' },
      range,
    },
  };
  const linked = (field: Field): Field =>
    field.name === PROMQL ? { ...field, config: { ...field.config, links: [link] } } : field;
  return frames.map((frame) => ({ ...frame, fields: frame.fields.map(linked) }));
}
