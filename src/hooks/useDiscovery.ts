import { useEffect, useState } from 'react';
import { Choice, Discovery } from '../flow/discovery';
import { faultText } from '../flow/fault';
import { post } from './resource';
import { useTurn } from './useTurn';

/** What the store has, or why that is not known. */
export interface DiscoveryState {
  asking: boolean;
  /** What was recognised in the store. */
  discovery?: Discovery;
  fault?: string;
}

/**
 * useDiscovery asks what the store of a saved data source has, once for each of its versions. The function that it returns has a definition made of some
 * services, and resolves to the answer, or to undefined where that fails or the component is gone.
 */
export function useDiscovery(
  uid: string,
  version?: number
): [DiscoveryState, (services: Choice[]) => Promise<Discovery | undefined>] {
  const [state, setState] = useState<DiscoveryState>({ asking: true });
  const turn = useTurn();
  useEffect(() => {
    let current = true;
    setState({ asking: true });
    post<Discovery>(uid, 'discover', {}).then(
      (discovery) => current && setState({ asking: false, discovery }),
      (error) => current && setState({ asking: false, fault: faultText(error) })
    );
    return () => {
      current = false;
    };
  }, [uid, version]);
  const propose = async (services: Choice[]) => {
    const isNewest = turn();
    setState(({ discovery }) => ({ asking: true, discovery }));
    try {
      const answer = await post<Discovery>(uid, 'discover', { services });
      setState(({ discovery }) => ({ asking: false, discovery }));
      return isNewest() ? answer : undefined;
    } catch (error) {
      setState(({ discovery }) => ({ asking: false, discovery, fault: faultText(error) }));
      return undefined;
    }
  };
  return [state, propose];
}
