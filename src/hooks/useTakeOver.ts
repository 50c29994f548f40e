import { DataSourceInstanceSettings } from '@grafana/data';
import { getBackendSrv, getDataSourceSrv } from '@grafana/runtime';
import { useState } from 'react';
import { lastValueFrom } from 'rxjs';
import { faultText } from '../flow/fault';
import { OtherSettings, Secrets, secretsOf } from '../flow/takeOver';
import { useTurn } from './useTurn';

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
 * asked, without the address. Of several only the newest counts: the others resolve to undefined.
 */
export function useTakeOver(): [
  TakeOverState,
  (source: DataSourceInstanceSettings) => Promise<OtherSettings | undefined>,
] {
  const [state, setState] = useState<TakeOverState>({});
  const turn = useTurn();
  const read = async (source: DataSourceInstanceSettings) => {
    const isNewest = turn();
    const [outcome, other] = await ask(source);
    if (!isNewest()) {
      return undefined;
    }
    setState(outcome);
    return other;
  };
  return [state, read];
}

async function ask({ uid, name, jsonData }: DataSourceInstanceSettings): Promise<[TakeOverState, OtherSettings]> {
  try {
    const { data } = await lastValueFrom(
      getBackendSrv().fetch<OtherSettings>({
        url: `/api/datasources/uid/${encodeURIComponent(uid)}`,
        method: 'GET',
        showErrorAlert: false,
      })
    );
    return [{ name, secrets: secretsOf(data) }, data];
  } catch (error) {
    return [{ name, fault: faultText(error) }, { jsonData: { ...jsonData } }];
  }
}
