import { useEffect, useState } from 'react';
import { expandRequest, ExpandRequest } from '../flow/expansion';
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

/** useExpansions asks for the PromQL behind an interpolated query, again whenever what is asked changes. */
export function useExpansions(source: ExpansionSource, query: CompleteQuery): ExpansionState {
  const [state, setState] = useState<ExpansionState>({});
  const { flow, window } = expandRequest(query);
  useEffect(() => {
    let current = true;
    setState({});
    source.expand({ flow, window }).then(
      (expansions) => current && setState({ expansions }),
      (error) => current && setState({ fault: faultText(error) })
    );
    return () => {
      current = false;
    };
  }, [source, flow, window]);
  return state;
}
