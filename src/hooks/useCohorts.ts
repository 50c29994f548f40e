import { useCallback, useEffect, useRef, useState } from 'react';

/** What lists the values of a dimension; the data source does. */
export interface CohortSource {
  cohorts(dimension: string): Promise<string[]>;
}

/** The values of dimensions, as far as they were loaded, and what loads those of one more. */
export interface CohortsState {
  values: Record<string, string[]>;
  load: (dimension: string) => void;
}

/** useCohorts lists the values of dimensions, each once it is asked for. Where that fails there is nothing on offer. */
export function useCohorts(source: CohortSource): CohortsState {
  const [values, setValues] = useState<Record<string, string[]>>({});
  const asked = useRef(new Set<string>());
  const current = useRef(true);
  useEffect(() => {
    current.current = true;
    return () => {
      current.current = false;
    };
  }, []);
  const load = useCallback(
    (dimension: string) => {
      if (asked.current.has(dimension)) {
        return;
      }
      asked.current.add(dimension);
      source.cohorts(dimension).then(
        (found) => current.current && setValues((before) => ({ ...before, [dimension]: found })),
        () => asked.current.delete(dimension)
      );
    },
    [source]
  );
  return { values, load };
}
