import { Catalog, Sli } from '../types';

const sli = (name: string, component: string, share: number, more: Partial<Sli> = {}): Sli => ({
  name,
  component,
  kind: 'ratio',
  weight: share,
  share,
  window: '5m',
  ...more,
});

/** A small catalog for tests. */
export const catalog: Catalog = {
  name: 'shop',
  revision: 'abc',
  window: '5m',
  aggregate: 'mean',
  flows: [
    {
      name: 'checkout',
      title: 'Checkout',
      weight: 3,
      share: 0.75,
      slis: [
        sli('success', 'availability', 0.5, { key: true }),
        sli('fast', 'latency', 0.25, { kind: 'latency' }),
        sli('psp', 'dependency', 0.25),
      ],
    },
    { name: 'search', weight: 1, share: 0.25, slis: [sli('success', 'availability', 1)] },
  ],
  components: ['availability', 'latency', 'dependency'],
  dimensions: [{ name: 'region', label: 'region', values: ['eu', 'us'] }],
  flowLabels: ['team'],
  events: [{ name: 'deploys', kind: 'deployment' }],
  gates: [
    {
      name: 'checkout-canary',
      flows: ['checkout'],
      compare: { dimension: 'region', candidate: 'eu', baseline: 'us' },
    },
    { name: 'any-release', flows: ['checkout', 'search'] },
  ],
};
