import { DataSourceInstanceSettings } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';

/** traceSources lists the trace data sources, such as Tempo, Jaeger and Zipkin. */
export function traceSources(): DataSourceInstanceSettings[] {
  return getDataSourceSrv().getList({ tracing: true });
}
