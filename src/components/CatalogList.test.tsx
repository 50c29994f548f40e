import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { catalog } from '../testing/catalog';
import { Catalog, Sli } from '../types';
import { CatalogList } from './CatalogList';

function show(of: Partial<Catalog>) {
  render(<CatalogList catalog={{ ...catalog, ...of }} stale={false} unmatched={[]} />);
}

test('says what users are told apart by, what the catalog names of it, and what that weighs', () => {
  show({
    dimensions: [
      { name: 'region', label: 'region', values: ['eu', 'us'] },
      { name: 'tier', label: 'customer_tier', values: ['premium', 'standard'], weights: { premium: 3, standard: 1 } },
      { name: 'release', label: 'track', values: [] },
    ],
    flowLabels: ['product', 'team'],
  });
  const dimensions = within(screen.getByRole('list', { name: 'Dimensions of the catalog' })).getAllByRole('listitem');
  expect(dimensions.map((item) => item.textContent?.trim())).toEqual([
    'region: eu, us',
    'tier: premium (weight 3), standard (weight 1) label customer_tier',
    'release: values from the store label track',
  ]);
  expect(screen.getByText('Flows have the labels product and team.')).toBeInTheDocument();
});

test('says nothing of cohorts where there are none', () => {
  show({ dimensions: [], flowLabels: [] });
  expect(screen.queryByRole('list', { name: 'Dimensions of the catalog' })).not.toBeInTheDocument();
  expect(screen.queryByText(/labels/)).not.toBeInTheDocument();
});

test('says what an SLI is, once where its component and its kind have the same name', () => {
  const [checkout] = catalog.flows;
  const [success] = checkout.slis;
  const is = (name: string, of: Partial<Sli>): Sli => ({ ...success, key: false, name, ...of });
  const slis = [
    is('up', { component: 'availability', kind: 'probe' }),
    is('fast', { component: 'latency', kind: 'latency' }),
  ];
  show({ flows: [{ ...checkout, slis }] });
  const items = within(screen.getByRole('list', { name: `SLIs of ${checkout.name}` })).getAllByRole('listitem');
  expect(items[0]).toHaveTextContent(/^up availability, probe/);
  expect(items[1]).toHaveTextContent(/^fast latency\d/);
});

test('marks weights that follow the data, and what becomes of SLIs that are missing', () => {
  const [checkout, search] = catalog.flows;
  const [success, ...others] = checkout.slis;
  const more: Partial<Sli> = { fallback: 'probe', missing: 'hold' };
  show({
    flows: [
      { ...checkout, weightBy: 'traffic', slis: [{ ...success, ...more }, ...others] },
      { ...search, weightBy: 'promql' },
    ],
  });
  expect(screen.getByText('by traffic')).toHaveAttribute('title', expect.stringContaining("the flow's traffic"));
  expect(screen.getByText('by PromQL')).toBeInTheDocument();
  expect(screen.getByText('fallback: probe')).toHaveAttribute(
    'title',
    expect.stringContaining('a probe is used instead')
  );
  expect(screen.getByText('holds last score')).toBeInTheDocument();
});

test('says what flows and SLIs measure, and which objectives that kept', async () => {
  const measured = (name: string, kept: number) => ({
    name,
    value: 0.991,
    unit: 'percentunit',
    score: 0.991,
    traffic: 12.5,
    kept,
    history: [1, 0.99],
  });
  const preview = {
    from: '',
    to: '',
    flow: measured('checkout', 0.9993),
    slis: [measured('success', 0.98)],
    notices: [],
  };
  const ask = jest.fn();
  const objective = catalog.flows.map((flow) => ({ ...flow, objective: 0.9995 }));
  render(
    <CatalogList
      catalog={{ ...catalog, flows: objective }}
      stale={false}
      unmatched={[]}
      previews={{ flows: { checkout: { preview } }, ask }}
    />
  );
  expect(screen.getByText('7 days: 99.93%, misses its 99.95% objective, meets 99.9%')).toBeInTheDocument();
  expect(screen.getByRole('img', { name: 'Scores of checkout over the last 7 days' })).toBeInTheDocument();
  const checkout = within(screen.getByRole('list', { name: 'SLIs of checkout' }));
  expect(checkout.getByText(/score 99.1%, 12.5 \/ s/)).toBeInTheDocument();
  expect(checkout.getByText('7 days: 98%, meets 98%')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Show what search measures' }));
  expect(ask).toHaveBeenCalledWith('search');
});

test('says that a flow is being asked about, which can not be asked for again meanwhile', () => {
  const previews = { flows: { checkout: { asking: true } }, ask: () => {} };
  render(<CatalogList catalog={catalog} stale={false} unmatched={[]} previews={previews} />);
  expect(screen.getByRole('button', { name: 'Asking the store…' })).toBeDisabled();
  expect(screen.getByRole('button', { name: 'Show what search measures' })).toBeEnabled();
});

test('says why it is not known what a flow measures', () => {
  const previews = { flows: { checkout: { fault: 'no store' } }, ask: () => {} };
  render(<CatalogList catalog={catalog} stale={false} unmatched={[]} previews={previews} />);
  expect(screen.getByText('The preview failed: no store')).toBeInTheDocument();
});
