import { DataSourceInstanceSettings } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';

/** prometheusSource is the data source of Prometheus that PromQL is opened with in Explore: Grafana's default one, or else the first. */
export function prometheusSource(): DataSourceInstanceSettings | undefined {
  const stores = getDataSourceSrv().getList({ type: 'prometheus' });
  return stores.find(({ isDefault }) => isDefault) ?? stores[0];
}
