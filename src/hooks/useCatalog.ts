import { useEffect, useState } from 'react';
import { faultText } from '../flow/fault';
import { Catalog } from '../types';

/** What asks for the catalog; the data source does. */
export interface CatalogSource {
  catalog(): Promise<Catalog>;
}

/** A catalog on its way, or why there is none. */
export interface CatalogState {
  catalog?: Catalog;
  loading: boolean;
  fault?: string;
}

/** useCatalog asks once for the catalog of a data source. */
export function useCatalog(source: CatalogSource): CatalogState {
  const [state, setState] = useState<CatalogState>({ loading: true });
  useEffect(() => {
    let current = true;
    setState({ loading: true });
    source.catalog().then(
      (catalog) => current && setState({ catalog, loading: false }),
      (error) => current && setState({ loading: false, fault: faultText(error) })
    );
    return () => {
      current = false;
    };
  }, [source]);
  return state;
}
