import { DataSourceInstanceSettings } from '@grafana/data';
import { getBackendSrv, getDataSourceSrv } from '@grafana/runtime';
import { useState } from 'react';
import { lastValueFrom } from 'rxjs';
import { faultText } from '../flow/fault';
import { OtherSettings, Secrets, secretsOf } from '../flow/takeOver';

/** What became of taking over the settings of another data source. */
export interface TakeOverState {
  name?: string;
  secrets?: Secrets;
  /** Why its address and its authentication can't be read. */
  fault?: string;
}

/** prometheusSources lists the Prometheus data sources that a user can see. */
export function prometheusSources(): DataSourceInstanceSettings[] {
  return getDataSourceSrv().getList({ pluginId: 'prometheus' });
}

/**
 * useTakeOver reads the settings of another data source. Who may not read them is given what every user is sent: how it is
 * asked, without the address.
 */
export function useTakeOver(): [TakeOverState, (source: DataSourceInstanceSettings) => Promise<OtherSettings>] {
  const [state, setState] = useState<TakeOverState>({});
  const read = async ({ uid, name, jsonData }: DataSourceInstanceSettings) => {
    try {
      const { data } = await lastValueFrom(
        getBackendSrv().fetch<OtherSettings>({
          url: `/api/datasources/uid/${encodeURIComponent(uid)}`,
          method: 'GET',
          showErrorAlert: false,
        })
      );
      setState({ name, secrets: secretsOf(data) });
      return data;
    } catch (error) {
      setState({ name, fault: faultText(error) });
      return { jsonData: { ...jsonData } };
    }
  };
  return [state, read];
}
