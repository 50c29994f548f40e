import { useCallback, useEffect, useRef, useState } from 'react';
import { Subscription } from 'rxjs';
import { faultText } from '../flow/fault';
import { posted } from './resource';

/** An answer on its way, or why there is none. */
export interface Asked<T> {
  asking: boolean;
  answer?: T;
  fault?: string;
}

/**
 * useAsk returns the newest answer of a resource of a saved data source, a function that asks it, and one that cancels. A cancelled
 * request is cancelled in the backend as well.
 */
export function useAsk<T>(uid: string, resource: string): [Asked<T>, (body: unknown) => void, () => void] {
  const [state, setState] = useState<Asked<T>>({ asking: false });
  const running = useRef<Subscription | undefined>(undefined);
  useEffect(() => () => running.current?.unsubscribe(), []);
  const cancel = useCallback(() => {
    running.current?.unsubscribe();
    setState(({ answer }) => ({ asking: false, answer }));
  }, []);
  const ask = (body: unknown) => {
    running.current?.unsubscribe();
    setState({ asking: true });
    running.current = posted<T>(uid, resource, body).subscribe({
      next: (answer) => setState({ asking: false, answer }),
      error: (error) => setState({ asking: false, fault: faultText(error) }),
    });
  };
  return [state, ask, cancel];
}
