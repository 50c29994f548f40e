import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { catalog } from '../testing/catalog';
import { answers, fetched, resetRuntime } from '../testing/runtime';
import { Outcome } from '../types';
import { WhatIf } from './WhatIf';

beforeEach(resetRuntime);

const outcome = (score: number, first: string, revision = first): Outcome => ({
  revision,
  score,
  coverage: 1,
  flows: [{ flow: 'checkout', weight: 1, share: 1, score, impact: 0 }],
  slis: [{ flow: 'checkout', sli: first, weight: 1, share: 1, score, impact: 0.012 }],
});

/** The backend's answer: other scores for other weights or another definition than the saved one. */
const answerTo = ({ weights, definition }: { weights: { flows: object; slis: object }; definition?: string }) => {
  const other = Object.keys({ ...weights.flows, ...weights.slis }).length > 0 || definition === 'edited';
  return {
    at: '',
    now: outcome(0.95, 'success'),
    then: other ? outcome(0.9, 'fast') : outcome(0.95, 'success'),
    notices: [],
  };
};
const overall = () =>
  within(screen.getByRole('table', { name: 'Scores' })).getByRole('row', { name: /Overall/ }).textContent;

async function weigh(name: string, weight: string) {
  const field = screen.getByRole('spinbutton', { name: `Weight of ${name}` });
  await userEvent.clear(field);
  await userEvent.type(field, weight);
}

test('shows the scores of now, and what they and the ranking would be, and takes the weights over', async () => {
  answers.whatif = answerTo;
  const onTakeOver = jest.fn();
  render(<WhatIf uid="u1" definition="saved" catalog={catalog} onTakeOver={onTakeOver} />);
  await screen.findByRole('table', { name: 'Scores' });
  expect(overall()).toBe('Overall95.00%');
  expect(screen.queryByRole('list', { name: 'Biggest gains, changed' })).not.toBeInTheDocument();
  expect(screen.getByRole('button', { name: /Apply to catalog/ })).toBeDisabled();
  await weigh('checkout', '7');
  expect(await screen.findByRole('list', { name: 'Biggest gains, changed' })).toHaveTextContent(
    'checkout/fast: +1.20 pp'
  );
  expect(overall()).toBe('Overall95.00%90.00%-5.00 pp');
  expect(screen.getByRole('row', { name: /^Checkout / })).toBeInTheDocument(); // Its title.
  expect(fetched).toHaveBeenLastCalledWith(
    expect.objectContaining({ data: { definition: 'saved', weights: { flows: { checkout: 7 }, slis: {} } } })
  );
  await userEvent.click(screen.getByRole('button', { name: /Apply to catalog/ }));
  expect(onTakeOver).toHaveBeenCalledWith({ flows: { checkout: 7 }, slis: {} });
  expect(screen.getByRole('button', { name: /Apply to catalog/ })).toBeDisabled();
});

test('discarding brings the weights of the catalog back', async () => {
  answers.whatif = answerTo;
  render(<WhatIf uid="u1" definition="saved" catalog={catalog} onTakeOver={jest.fn()} />);
  await weigh('checkout/fast', '2');
  await screen.findByRole('columnheader', { name: 'Changed' });
  expect(screen.getByText(/^was/)).toHaveTextContent('was 0.25');
  await userEvent.click(screen.getByRole('button', { name: 'Discard' }));
  expect(screen.queryByText(/^was/)).not.toBeInTheDocument();
  expect(screen.getByRole('spinbutton', { name: 'Weight of checkout/fast' })).toHaveValue(0.25);
  await waitFor(() => expect(screen.queryByRole('columnheader', { name: 'Changed' })).not.toBeInTheDocument());
});

test('an edited definition is compared with the saved catalog, with weights that were moved before', async () => {
  answers.whatif = answerTo;
  const { rerender } = render(<WhatIf uid="u1" definition="saved" catalog={catalog} />);
  await weigh('checkout', '7');
  rerender(<WhatIf uid="u1" definition="edited" catalog={{ ...catalog, flows: catalog.flows.slice(1) }} />);
  expect(await screen.findByRole('columnheader', { name: 'Changed' })).toBeInTheDocument();
  await waitFor(() =>
    expect(fetched).toHaveBeenLastCalledWith(
      expect.objectContaining({ data: { definition: 'edited', weights: { flows: {}, slis: {} } } })
    )
  );
  rerender(<WhatIf uid="u1" definition="edited" catalog={catalog} />);
  expect(screen.getByRole('spinbutton', { name: 'Weight of checkout' })).toHaveValue(7);
});

test('a definition that is not valid is not asked about', async () => {
  answers.whatif = answerTo;
  render(<WhatIf uid="u1" definition="broken" catalog={catalog} invalid onTakeOver={jest.fn()} />);
  await weigh('checkout', '7');
  expect(screen.getByText(/needs a valid catalog in the editor/)).toBeInTheDocument();
  expect(screen.getByRole('button', { name: /Apply to catalog/ })).toBeDisabled();
  expect(fetched).not.toHaveBeenCalled();
});

test('the saved catalog, which is no definition here, is not taken over', async () => {
  answers.whatif = answerTo;
  render(<WhatIf uid="u1" catalog={catalog} />);
  await weigh('search', '2');
  await screen.findByRole('columnheader', { name: 'Changed' });
  expect(fetched).toHaveBeenLastCalledWith(
    expect.objectContaining({ data: { weights: { flows: { search: 2 }, slis: {} } } })
  );
  expect(screen.queryByRole('button', { name: /Apply to catalog/ })).not.toBeInTheDocument();
});

test('weights that follow the data say so', async () => {
  answers.whatif = answerTo;
  const [checkout, search] = catalog.flows;
  const flows = [{ ...checkout, weightBy: 'traffic' as const }, search];
  render(<WhatIf uid="u1" catalog={{ ...catalog, flows }} />);
  expect(screen.getByText('× traffic')).toBeInTheDocument();
  await screen.findByRole('table', { name: 'Scores' });
});

test.each([
  [
    'warning',
    [
      { severity: 'info', text: 'as of noon' },
      { severity: 'warning', text: 'the answer is partial' },
    ],
  ],
  [
    'error',
    [
      { severity: 'warning', text: 'slow' },
      { severity: 'error', text: 'checkout is withheld' },
    ],
  ],
  ['info', [{ severity: 'info', text: 'as of noon' }]],
])('shows the notices on the scores as a %s', async (severity, notices) => {
  answers.whatif = (question: Parameters<typeof answerTo>[0]) => ({ ...answerTo(question), notices });
  render(<WhatIf uid="u1" catalog={catalog} />);
  for (const { text } of notices) {
    expect(await screen.findByText(text)).toBeInTheDocument();
  }
  expect(screen.getByTestId(`data-testid Alert ${severity}`)).toHaveTextContent('About these scores');
});

test('says why it can not be computed', async () => {
  answers.whatif = new Error('the store is away');
  render(<WhatIf uid="u1" definition="saved" catalog={catalog} />);
  expect(await screen.findByText(/could not be computed: .*the store is away/)).toBeInTheDocument();
});
