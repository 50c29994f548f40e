import { useEffect, useRef, useState } from 'react';
import { expandRequest, ExpandRequest, PanelTime, sameExpansion } from '../flow/expansion';
import { faultText } from '../flow/fault';
import { CompleteQuery, Expansion } from '../types';

/** What asks for PromQL; the data source does. */
export interface ExpansionSource {
  expand(request: ExpandRequest): Promise<Expansion[]>;
}

/** PromQL on its way, or why there is none. */
export interface ExpansionState {
  expansions?: Expansion[];
  fault?: string;
}

/**
 * useExpansions asks for the PromQL behind an interpolated query at the time of its panel, again whenever what is asked
 * changes.
 */
export function useExpansions(source: ExpansionSource, query: CompleteQuery, time: PanelTime): ExpansionState {
  const [state, setState] = useState<ExpansionState>({});
  const newest = useRef({ query, time });
  newest.current = { query, time };
  const key = sameExpansion(query, time);
  useEffect(() => {
    let current = true;
    setState({});
    source.expand(expandRequest(newest.current.query, newest.current.time)).then(
      (expansions) => current && setState({ expansions }),
      (error) => current && setState({ fault: faultText(error) })
    );
    return () => {
      current = false;
    };
  }, [source, key]);
  return state;
}
