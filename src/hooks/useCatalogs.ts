import { getBackendSrv } from '@grafana/runtime';
import { useEffect, useState } from 'react';
import { lastValueFrom } from 'rxjs';
import { faultText } from '../flow/fault';
import { Catalogs } from '../types';

/** The catalogs of the folder on the server, or why they are not known. */
export interface CatalogsState {
  catalogs?: Catalogs;
  fault?: string;
}

/** useCatalogs asks once which catalogs of the folder on the server a saved data source may use. */
export function useCatalogs(uid: string | undefined): CatalogsState {
  const [state, setState] = useState<CatalogsState>({});
  useEffect(() => {
    let current = true;
    setState({});
    if (uid) {
      list(uid).then(
        (catalogs) => current && setState({ catalogs }),
        (error) => current && setState({ fault: faultText(error) })
      );
    }
    return () => {
      current = false;
    };
  }, [uid]);
  return state;
}

async function list(uid: string): Promise<Catalogs> {
  const response = await lastValueFrom(
    getBackendSrv().fetch<Catalogs>({
      url: `/api/datasources/uid/${encodeURIComponent(uid)}/resources/catalogs`,
      method: 'GET',
      showErrorAlert: false,
    })
  );
  return response.data;
}
