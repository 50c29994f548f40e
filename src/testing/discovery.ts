import { Discovery, Service } from '../flow/discovery';

const service = (name: string, eventsPerSecond: number, share: number, more: Partial<Service> = {}): Service => ({
  name,
  eventsPerSecond,
  share,
  history: [1, null, 2],
  slis: ['success', 'latency'],
  ...more,
});

/** What a small store has, for tests. */
export const discovery: Discovery = {
  presets: [
    {
      name: 'istio',
      exporter: "Istio's standard metrics",
      description: 'Requests to a service',
      kind: 'flow',
      services: [service('checkout', 12.5, 0.8, { proposed: true }), service('search', 3, 0.2)],
      more: 2,
    },
    {
      name: 'postgres',
      exporter: 'postgres_exporter',
      description: 'Transactions of a database',
      kind: 'component',
      services: [service('shop', 40, 1, { history: [], slis: ['commits'] })],
      more: 0,
    },
  ],
  definition: 'proposed: 1',
  flows: 1,
  slis: 2,
  issues: [],
};
