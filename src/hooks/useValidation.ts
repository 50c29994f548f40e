import { useEffect, useRef, useState } from 'react';
import { faultText } from '../flow/fault';
import { isTooLong } from '../flow/settings';
import { Catalog, Validation } from '../types';
import { post } from './resource';

/** How long typing has to pause before a definition is checked. */
export const PAUSE_MS = 500;

/** What is known about a definition. */
export interface ValidationState {
  checking: boolean;
  /** The answer for the definition that was checked last. */
  answer?: Validation;
  /** The catalog of the last definition that was valid. */
  catalog?: Catalog;
  /** That definition. */
  definition?: string;
  /** Why the definition could not be checked. */
  fault?: string;
}

/**
 * useValidation has the backend check a definition whenever typing pauses, and again once another version of the data source
 * was saved, whose store may be another one. It keeps the answer to the newest one: an answer that comes late, after the definition has changed, is dropped. Without the uid of a saved data source, without
 * a definition, or with one that can't be saved, nothing is asked.
 */
export function useValidation(uid: string | undefined, definition: string, version?: number): ValidationState {
  const [state, setState] = useState<ValidationState>({ checking: false });
  const first = useRef(true);
  useEffect(() => {
    if (!uid || definition.trim() === '' || isTooLong(definition)) {
      setState({ checking: false });
      return;
    }
    let current = true;
    setState((before) => ({ ...before, checking: true }));
    const timer = setTimeout(
      () => {
        post<Validation>(uid, 'validate', { definition }).then(
          (answer) =>
            current && setState((before) => ({ checking: false, answer, ...lastValid(before, definition, answer) })),
          (error) =>
            current && setState((before) => ({ checking: false, ...lastValid(before), fault: faultText(error) }))
        );
      },
      first.current ? 0 : PAUSE_MS
    );
    first.current = false;
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [uid, definition, version]);
  return state;
}

/** lastValid returns the last definition that was valid and its catalog, after an answer to a newer one. */
function lastValid(before: ValidationState, definition?: string, answer?: Validation) {
  return answer?.catalog
    ? { catalog: answer.catalog, definition }
    : { catalog: before.catalog, definition: before.definition };
}
