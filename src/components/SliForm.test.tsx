import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { parse } from 'yaml';
import { answers, fetched, resetRuntime } from '../testing/runtime';
import { SliForm } from './SliForm';

const definition =
  'spec:\n  flows:\n    - name: checkout # first\n      slis: []\n    - name: search\n      slis: []\n';

const names = (...values: string[]) => ({ values, more: false });

beforeEach(() => {
  resetRuntime();
  answers['metric-names?'] = names('requests_total', 'duration_seconds_bucket', 'up');
  answers['labels?metric=requests_total'] = names('code', 'handler');
  answers['label-values?metric=requests_total&label=code'] = names('200', '500');
  answers['label-values?metric=duration_seconds_bucket&label=le'] = names('+Inf', '1', '0.5');
  answers['preview'] = {
    slis: [{ name: 'success', value: 0.99, unit: 'percentunit', score: 0.99, traffic: 10, kept: 0.98, history: [1] }],
    notices: [],
  };
});

const choose = async (list: string, value: string) => {
  await userEvent.click(screen.getByRole('combobox', { name: list }));
  await userEvent.click(await screen.findByText(value));
};

const drawn = () => fetched.mock.calls.map(([{ data }]) => data).filter((data) => data?.hours);

test('an SLI is chosen, drawn, and written into the flow of the cursor', async () => {
  const onWrite = jest.fn();
  const flows = ['checkout', 'search'];
  render(<SliForm uid="u1" definition={definition} flows={flows} flow="search" onWrite={onWrite} />);
  expect(screen.getByRole('button', { name: 'Add to catalog' })).toBeDisabled();
  await choose('Counter of events', 'requests_total');
  await choose('Bad events where: label 1', 'code');
  await choose('Bad events where: value 1', '500');
  expect(await screen.findByText('Now: score 99%, 10 / s.')).toBeInTheDocument();
  expect(screen.getByRole('img', { name: /Scores of success over the last 6 hours/ })).toBeInTheDocument();
  expect(
    screen.getByText('In the last 6 hours it would have lost 2%, about 4320 events at the current traffic.')
  ).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Add to catalog' }));
  expect(await screen.findByText('search/success is in the editor. It is not saved yet.')).toBeInTheDocument();
  const [[after]] = onWrite.mock.calls;
  expect(parse(after).spec.flows[1].slis).toEqual([
    {
      name: 'success',
      component: 'availability',
      weight: 1,
      ratio: { bad: 'requests_total{code=~"500"}', total: 'requests_total' },
    },
  ]);
  expect(after).toContain('# first');
  expect(drawn().pop()).toEqual({ definition: after, flow: 'search', sli: 'success', hours: 6 });
});

test('a flow is made with a latency, whose bound is an edge of the histogram', async () => {
  const onWrite = jest.fn();
  render(<SliForm uid="u1" definition={definition} onWrite={onWrite} />);
  await userEvent.type(screen.getByRole('textbox', { name: 'Name of the flow' }), 'login');
  await userEvent.click(screen.getByRole('radio', { name: 'Share of fast events' }));
  await choose('Histogram', 'duration_seconds');
  await choose('Fast up to', '500ms');
  await userEvent.click(screen.getByRole('button', { name: 'Add the flow to the catalog' }));
  expect(parse(onWrite.mock.calls[0][0]).spec.flows[2]).toEqual({
    name: 'login',
    slis: [
      { name: 'fast', component: 'latency', weight: 1, latency: { histogram: 'duration_seconds', under: '500ms' } },
    ],
  });
});

test('what can not be drawn is said', async () => {
  answers['preview'] = new Error('there is no flow');
  render(<SliForm uid="u1" definition={definition} flows={['checkout']} onWrite={jest.fn()} />);
  await userEvent.click(screen.getByRole('radio', { name: 'Probe' }));
  await choose('Gauge of 0 and 1', 'up');
  expect(await screen.findByText('The preview failed: there is no flow')).toBeInTheDocument();
});

test('what has no place in the definition is not written', async () => {
  const onWrite = jest.fn();
  const aliased = 'x: &x [{ name: ok }]\nspec:\n  flows:\n    - name: checkout\n      slis: *x\n';
  render(<SliForm uid="u1" definition={aliased} flows={['checkout']} onWrite={onWrite} />);
  await userEvent.click(screen.getByRole('radio', { name: 'Probe' }));
  await choose('Gauge of 0 and 1', 'up');
  expect(screen.getByText(/cannot write into this catalog.*without aliases/)).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Add to catalog' })).toBeDisabled();
});
