import { useEffect, useState } from 'react';
import { faultText } from '../flow/fault';
import { Preview } from '../flow/preview';
import { post } from './resource';
import { PAUSE_MS } from './useValidation';

/** How far back an SLI is drawn while it is chosen, in hours. */
export const DRAFT_HOURS = 6;

/** What an SLI measures that is not in the definition yet. */
export interface DraftPreviewState {
  asking: boolean;
  preview?: Preview;
  fault?: string;
}

/** useDraftPreview asks, whenever changes pause, what one SLI of a definition measures. Without a definition nothing is asked. */
export function useDraftPreview(uid: string, flow: string, sli: string, definition?: string): DraftPreviewState {
  const [state, setState] = useState<DraftPreviewState>({ asking: false });
  useEffect(() => {
    if (definition === undefined) {
      setState({ asking: false });
      return;
    }
    let current = true;
    setState(({ preview }) => ({ asking: true, preview }));
    const timer = setTimeout(() => {
      post<Preview>(uid, 'preview', { definition, flow, sli, hours: DRAFT_HOURS }).then(
        (preview) => current && setState({ asking: false, preview }),
        (error) => current && setState({ asking: false, fault: faultText(error) })
      );
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [uid, flow, sli, definition]);
  return state;
}
