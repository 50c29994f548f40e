import { DataSourceInstanceSettings } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';

/** prometheusSource is the Prometheus data source that Explore opens PromQL with: Grafana's default one, or else the first. */
export function prometheusSource(): DataSourceInstanceSettings | undefined {
  const stores = getDataSourceSrv().getList({ type: 'prometheus' });
  return stores.find(({ isDefault }) => isDefault) ?? stores[0];
}
