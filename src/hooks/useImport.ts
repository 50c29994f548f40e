import { getBackendSrv } from '@grafana/runtime';
import { useState } from 'react';
import { lastValueFrom } from 'rxjs';
import { faultText } from '../flow/fault';
import { ImportAnswer, ImportSource } from '../types';

/** What became of the newest import. */
export interface ImportState {
  importing: boolean;
  answer?: ImportAnswer;
  fault?: string;
}

/**
 * useImport has the backend of a saved data source make a definition of files of other tools. The function that it
 * returns resolves to the definition, or to undefined where there is none.
 */
export function useImport(
  uid: string
): [ImportState, (sources: ImportSource[], recorded: boolean) => Promise<string | undefined>] {
  const [state, setState] = useState<ImportState>({ importing: false });
  const run = async (sources: ImportSource[], recorded: boolean) => {
    setState({ importing: true });
    try {
      const { data } = await lastValueFrom(
        getBackendSrv().fetch<ImportAnswer>({
          url: `/api/datasources/uid/${encodeURIComponent(uid)}/resources/import`,
          method: 'POST',
          data: { sources, recorded },
          showErrorAlert: false,
        })
      );
      setState({ importing: false, answer: data });
      return data.definition || undefined;
    } catch (error) {
      setState({ importing: false, fault: faultText(error) });
      return undefined;
    }
  };
  return [state, run];
}
