import { useEffect, useRef, useState } from 'react';
import { faultText } from '../flow/fault';
import { Preview } from '../flow/preview';
import { Catalog } from '../types';
import { post } from './resource';

/** How many flows are asked about without being told to: each is as dear as some panels. */
export const PREVIEWED = 10;

/** How far back they are asked about, in hours, and in words. */
const PREVIEW_HOURS = 7 * 24;
export const PREVIEW_SPAN = '7 days';

/** What a flow measures, or why that is not known. */
export interface PreviewState {
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
 * when the catalog has changed. What is known of a flow stays until there is a new answer.
 */
export function usePreviews(uid: string | undefined, catalog: Catalog | undefined, definition?: string): Previews {
  const [flows, setFlows] = useState<Record<string, PreviewState>>({});
  const [more, setMore] = useState<string[]>([]);
  // A change that leaves the catalog as it is, such as of a comment, changes no number.
  const newest = useRef({ catalog, definition });
  newest.current = { catalog, definition };
  const revision = catalog?.revision;
  useEffect(() => {
    let current = true;
    const asked = newest.current;
    const names = asked.catalog?.flows.map(({ name }) => name) ?? [];
    const run = async (source: string) => {
      for (const flow of names.filter((name, i) => i < PREVIEWED || more.includes(name))) {
        const state = await preview(source, flow, asked.definition);
        if (!current) {
          return;
        }
        setFlows((before) => ({ ...before, [flow]: state }));
      }
    };
    if (uid) {
      void run(uid);
    }
    return () => {
      current = false;
    };
  }, [uid, revision, more]);
  return { flows, ask: (flow) => setMore((before) => [...before, flow]) };
}

async function preview(uid: string, flow: string, definition?: string): Promise<PreviewState> {
  try {
    return {
      preview: await post<Preview>(uid, 'preview', {
        flow,
        hours: PREVIEW_HOURS,
        ...(definition !== undefined && { definition }),
      }),
    };
  } catch (error) {
    return { fault: faultText(error) };
  }
}
