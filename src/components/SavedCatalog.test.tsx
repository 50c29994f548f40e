import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { catalog } from '../testing/catalog';
import { answers, resetRuntime } from '../testing/runtime';
import { SavedCatalog } from './SavedCatalog';

beforeEach(resetRuntime);

test('a catalog that is saved is shown, with what if but nothing to take over', async () => {
  const outcome = { revision: 'r', score: 0.95, coverage: 1, flows: [], slis: [] };
  answers.whatif = { at: '', now: outcome, then: outcome, notices: [] };
  render(<SavedCatalog uid="u1" name="shop" />);
  expect(await screen.findByRole('list', { name: 'Flows of the catalog' })).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: /What if/ }));
  expect(await screen.findByText('95.00%')).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: /Apply to catalog/ })).not.toBeInTheDocument();
});

test('one that is chosen only is shown as soon as it is saved', async () => {
  answers.catalog = new Error('the data source has no catalog yet');
  const { rerender } = render(<SavedCatalog uid="u1" version={1} name="shop" />);
  expect(await screen.findByText(/to see this catalog here/)).toBeInTheDocument();
  expect(screen.getByText(/can't be shown: .*no catalog yet/)).toBeInTheDocument();
  answers.catalog = catalog;
  rerender(<SavedCatalog uid="u1" version={2} name="shop" />);
  expect(await screen.findByRole('list', { name: 'Flows of the catalog' })).toBeInTheDocument();
  rerender(<SavedCatalog uid="u1" version={2} name="bank" />);
  expect(await screen.findByText(/to see this catalog here/)).toBeInTheDocument();
});
