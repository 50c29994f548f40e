import { useState } from 'react';
import { faultText } from '../flow/fault';
import { ImportAnswer, ImportSource } from '../types';
import { post } from './resource';
import { useTurn } from './useTurn';

/** What became of the newest import. */
export interface ImportState {
  importing: boolean;
  answer?: ImportAnswer;
  fault?: string;
}

/**
 * useImport has the backend of a saved data source make a definition of files of other tools. The function that it
 * returns resolves to the definition, or to undefined where there is none or the component is gone.
 */
export function useImport(
  uid: string
): [ImportState, (sources: ImportSource[], recorded: boolean) => Promise<string | undefined>] {
  const [state, setState] = useState<ImportState>({ importing: false });
  const turn = useTurn();
  const run = async (sources: ImportSource[], recorded: boolean) => {
    const isNewest = turn();
    setState({ importing: true });
    try {
      const answer = await post<ImportAnswer>(uid, 'import', { sources, recorded });
      setState({ importing: false, answer });
      return isNewest() && answer.definition ? answer.definition : undefined;
    } catch (error) {
      setState({ importing: false, fault: faultText(error) });
      return undefined;
    }
  };
  return [state, run];
}
