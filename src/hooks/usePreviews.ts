import { useEffect, useRef, useState } from 'react';
import { catchError, concatMap, map, Observable, of, Subject } from 'rxjs';
import { faultText } from '../flow/fault';
import { Preview } from '../flow/preview';
import { Catalog } from '../types';
import { posted } from './resource';

/** How many flows are measured without a click, since each costs as much as several panels. */
export const PREVIEWED = 10;

/** How far back they are asked about, in hours, and in words. */
const PREVIEW_HOURS = 7 * 24;
export const PREVIEW_SPAN = '7 days';

/** What a flow measures, or why that is not known. */
export interface PreviewState {
  /** Whether an answer, or a newer one, is on its way. */
  asking?: boolean;
  preview?: Preview;
  fault?: string;
}

/** What flows measure, by their names, and what asks about one more of them. */
export interface Previews {
  flows: Record<string, PreviewState>;
  ask: (flow: string) => void;
}

/**
 * usePreviews asks the backend of a saved data source what the first flows of a catalog measure, one after the other, and again
 * when the catalog has changed or another version of the data source was saved; so it does for those that were asked about by
 * name. What is known of a flow stays until there is a new answer. The definition is the one that the catalog is of.
 */
export function usePreviews(
  uid: string | undefined,
  catalog: Catalog | undefined,
  definition?: string,
  version?: number
): Previews {
  const [flows, setFlows] = useState<Record<string, PreviewState>>({});
  const more = useRef(new Set<string>());
  const ask = useRef<Previews['ask']>(() => {});
  // A change that leaves the catalog as it is, such as of a comment, changes no number.
  const newest = useRef({ catalog, definition });
  newest.current = { catalog, definition };
  const revision = catalog?.revision;
  useEffect(() => {
    const asked = newest.current;
    setFlows(unasked);
    if (!uid || !asked.catalog) {
      return;
    }
    const queue = new Subject<string>();
    const running = queue
      .pipe(concatMap((flow) => preview(uid, flow, asked.definition).pipe(map((state) => ({ flow, state })))))
      .subscribe(({ flow, state }) => setFlows((before) => ({ ...before, [flow]: state })));
    ask.current = (flow) => {
      setFlows((before) => ({ ...before, [flow]: { ...before[flow], asking: true } }));
      queue.next(flow);
    };
    const names = asked.catalog.flows.map(({ name }) => name);
    names.filter((name, i) => i < PREVIEWED || more.current.has(name)).forEach(ask.current);
    return () => {
      running.unsubscribe();
      ask.current = () => {};
    };
  }, [uid, revision, version]);
  const askMore = (flow: string) => {
    more.current.add(flow);
    ask.current(flow);
  };
  return { flows, ask: askMore };
}

/** unasked returns what is known of flows when nothing is asked any more. */
function unasked(flows: Record<string, PreviewState>): Record<string, PreviewState> {
  return Object.fromEntries(Object.entries(flows).map(([flow, state]) => [flow, { ...state, asking: false }]));
}

function preview(uid: string, flow: string, definition?: string): Observable<PreviewState> {
  const body = { flow, hours: PREVIEW_HOURS, ...(definition !== undefined && { definition }) };
  return posted<Preview>(uid, 'preview', body).pipe(
    map((answer) => ({ preview: answer })),
    catchError((error) => of({ fault: faultText(error) }))
  );
}
