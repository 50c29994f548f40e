import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { catalog } from '../testing/catalog';
import { answers, fetched, resetRuntime } from '../testing/runtime';
import { Outcome } from '../types';
import { WhatIf } from './WhatIf';

beforeEach(resetRuntime);

const outcome = (score: number, first: string): Outcome => ({
  revision: 'r',
  score,
  coverage: 1,
  flows: [{ flow: 'checkout', weight: 1, share: 1, score, impact: 0 }],
  slis: [{ flow: 'checkout', sli: first, weight: 1, share: 1, score, impact: 0.012 }],
});

async function weigh(name: string, weight: string) {
  const field = screen.getByRole('spinbutton', { name: `Weight of ${name}` });
  await userEvent.clear(field);
  await userEvent.type(field, weight);
}

test('shows what the scores and the ranking would be, and takes the weights over', async () => {
  answers.whatif = { at: '', now: outcome(0.95, 'success'), then: outcome(0.9, 'fast') };
  const onTakeOver = jest.fn();
  render(<WhatIf uid="u1" definition="spec: {}" catalog={catalog} onTakeOver={onTakeOver} />);
  expect(screen.getByRole('button', { name: /Take over/ })).toBeDisabled();
  await weigh('checkout', '7');
  const row = within(await screen.findByRole('table', { name: 'Scores' })).getByRole('row', { name: /Overall/ });
  expect(row).toHaveTextContent('Overall95.00 %90.00 %');
  expect(screen.getByRole('list', { name: /first, with these weights/ })).toHaveTextContent(
    'checkout/fast: +1.20 points'
  );
  expect(fetched).toHaveBeenLastCalledWith(
    expect.objectContaining({
      data: { definition: 'spec: {}', weights: { flows: { checkout: 7 }, slis: {} } },
    })
  );
  await userEvent.click(screen.getByRole('button', { name: /Take over/ }));
  expect(onTakeOver).toHaveBeenCalledWith({ flows: { checkout: 7 }, slis: {} });
});

test('discarding brings the weights of the catalog back', async () => {
  answers.whatif = { at: '', now: outcome(0.95, 'success'), then: outcome(0.9, 'fast') };
  render(<WhatIf uid="u1" definition="spec: {}" catalog={catalog} />);
  await weigh('checkout/fast', '2');
  await userEvent.click(screen.getByRole('button', { name: 'Discard' }));
  expect(screen.getByRole('spinbutton', { name: 'Weight of checkout/fast' })).toHaveValue(0.25);
  expect(screen.queryByRole('button', { name: /Take over/ })).not.toBeInTheDocument();
});

test('says why it can not be computed', async () => {
  answers.whatif = new Error('the store is away');
  render(<WhatIf uid="u1" definition="spec: {}" catalog={catalog} />);
  await weigh('search', '2');
  expect(await screen.findByText(/could not be computed: .*the store is away/)).toBeInTheDocument();
});
