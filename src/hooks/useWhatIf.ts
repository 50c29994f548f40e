import { useEffect, useRef, useState } from 'react';
import { faultText } from '../flow/fault';
import { Weights } from '../flow/weights';
import { WhatIf } from '../types';
import { post } from './resource';
import { PAUSE_MS } from './useValidation';

/** What is known of other weights. */
export interface WhatIfState {
  asking: boolean;
  /** The newest answer, also while another one is on its way. */
  answer?: WhatIf;
  fault?: string;
}

/** What is asked about. */
export interface WhatIfQuestion {
  weights: Weights;
  /** A definition in the place of the saved catalog. */
  definition?: string;
  /** Nothing is asked for now. */
  paused: boolean;
}

/**
 * useWhatIf asks the backend of a saved data source at once, and then whenever changes pause, what the scores would be
 * with other weights or another definition. An answer that comes late is dropped.
 */
export function useWhatIf(uid: string, { weights, definition, paused }: WhatIfQuestion): WhatIfState {
  const [state, setState] = useState<WhatIfState>({ asking: false });
  const first = useRef(true);
  useEffect(() => {
    if (paused) {
      setState(({ answer }) => ({ asking: false, answer }));
      return;
    }
    let current = true;
    setState(({ answer }) => ({ asking: true, answer }));
    const timer = setTimeout(
      () => {
        post<WhatIf>(uid, 'whatif', { weights, ...(definition !== undefined && { definition }) }).then(
          (answer) => current && setState({ asking: false, answer }),
          (error) => current && setState({ asking: false, fault: faultText(error) })
        );
      },
      first.current ? 0 : PAUSE_MS
    );
    first.current = false;
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [uid, weights, definition, paused]);
  return state;
}
