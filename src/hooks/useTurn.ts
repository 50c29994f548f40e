import { useEffect, useRef } from 'react';

/**
 * useTurn returns a function that begins a turn, such as a request, and returns what reports whether its answer still counts: it
 * does not once a newer turn has begun, or the component is gone.
 */
export function useTurn(): () => () => boolean {
  const newest = useRef(0);
  useEffect(
    () => () => {
      newest.current++;
    },
    []
  );
  return () => {
    const turn = ++newest.current;
    return () => turn === newest.current;
  };
}
