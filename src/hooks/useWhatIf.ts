import { getBackendSrv } from '@grafana/runtime';
import { useEffect, useState } from 'react';
import { lastValueFrom } from 'rxjs';
import { faultText } from '../flow/fault';
import { isEmpty, Weights } from '../flow/weights';
import { WhatIf } from '../types';
import { PAUSE_MS } from './useValidation';

/** What is known of other weights. */
export interface WhatIfState {
  asking: boolean;
  /** The answer to the weights that were asked about last. */
  answer?: WhatIf;
  fault?: string;
}

/**
 * useWhatIf asks the backend of a saved data source, whenever moving weights pauses, what the scores would be by a
 * definition with those weights. An answer that comes late is dropped.
 */
export function useWhatIf(uid: string, definition: string, weights: Weights): WhatIfState {
  const [state, setState] = useState<WhatIfState>({ asking: false });
  useEffect(() => {
    if (isEmpty(weights)) {
      setState({ asking: false });
      return;
    }
    let current = true;
    setState((before) => ({ ...before, asking: true }));
    const timer = setTimeout(() => {
      ask(uid, definition, weights).then(
        (answer) => current && setState({ asking: false, answer }),
        (error) => current && setState({ asking: false, fault: faultText(error) })
      );
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [uid, definition, weights]);
  return state;
}

async function ask(uid: string, definition: string, weights: Weights): Promise<WhatIf> {
  const response = await lastValueFrom(
    getBackendSrv().fetch<WhatIf>({
      url: `/api/datasources/uid/${encodeURIComponent(uid)}/resources/whatif`,
      method: 'POST',
      data: { definition, weights },
      showErrorAlert: false,
    })
  );
  return response.data;
}
