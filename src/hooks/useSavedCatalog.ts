import { getBackendSrv } from '@grafana/runtime';
import { useMemo } from 'react';
import { lastValueFrom } from 'rxjs';
import { Catalog } from '../types';
import { CatalogState, useCatalog } from './useCatalog';

/** useSavedCatalog asks which catalog a saved data source uses, again whenever another version of it is saved. */
export function useSavedCatalog(uid: string, version?: number): CatalogState {
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const source = useMemo(() => ({ catalog: () => ask(uid) }), [uid, version]);
  return useCatalog(source);
}

async function ask(uid: string): Promise<Catalog> {
  const response = await lastValueFrom(
    getBackendSrv().fetch<Catalog>({
      url: `/api/datasources/uid/${encodeURIComponent(uid)}/resources/catalog`,
      method: 'GET',
      showErrorAlert: false,
    })
  );
  return response.data;
}
