import { useEffect, useState } from 'react';
import { Subscription } from 'rxjs';
import { faultText } from '../flow/fault';
import { Preview } from '../flow/preview';
import { posted } from './resource';
import { PAUSE_MS } from './useValidation';

/** How far back an SLI is drawn while it is chosen, in hours. */
export const DRAFT_HOURS = 6;

/** What an SLI measures that is not in the definition yet. */
export interface DraftPreviewState {
  asking: boolean;
  preview?: Preview;
  fault?: string;
}

/**
 * useDraftPreview asks, whenever changes pause, what one SLI of a definition measures. Without a definition nothing is asked. A
 * change forgets what was answered before, and cancels what is being asked.
 */
export function useDraftPreview(uid: string, flow: string, sli: string, definition?: string): DraftPreviewState {
  const [state, setState] = useState<DraftPreviewState>({ asking: false });
  useEffect(() => {
    if (definition === undefined) {
      setState({ asking: false });
      return;
    }
    setState({ asking: true });
    let running: Subscription | undefined;
    const timer = setTimeout(() => {
      running = posted<Preview>(uid, 'preview', { definition, flow, sli, hours: DRAFT_HOURS }).subscribe({
        next: (preview) => setState({ asking: false, preview }),
        error: (error) => setState({ asking: false, fault: faultText(error) }),
      });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      running?.unsubscribe();
    };
  }, [uid, flow, sli, definition]);
  return state;
}
