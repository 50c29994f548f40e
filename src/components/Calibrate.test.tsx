import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { NEVER } from 'rxjs';
import { Backtest, Calibration, Replay } from '../flow/calibration';
import { answers, fetched, resetRuntime } from '../testing/runtime';
import { Calibrate } from './Calibrate';

const row = { stated: false, kept: true, left: 0.424, pages: 1, tickets: 3 };

const calibration: Calibration = {
  flow: 'checkout',
  days: 28,
  knownDays: 12.5,
  score: 0.997,
  rows: [
    { ...row, objective: 0.995 },
    { ...row, objective: 0.999, stated: true, kept: false, left: -2.1, pages: 9 },
  ],
  recommended: 0.995,
  reason: '0.995 is the tightest that leaves 30% of its budget.',
  notices: [],
};

const replay: Replay = {
  objective: 0.99,
  pages: 1,
  tickets: 2,
  minutes: { ok: 10000, page: 30, ticket: 45.4, unknown: 0 },
  incidents: [
    {
      from: '2026-11-25T00:00:00Z',
      to: '2026-11-26T00:00:00Z',
      ongoing: false,
      severity: 'page',
      policies: ['fast-burn'],
    },
  ],
};

const backtest: Backtest = {
  from: '2026-11-22T00:00:00Z',
  to: '2026-11-29T00:00:00Z',
  days: 7,
  saved: null,
  changed: replay,
  notices: [],
};

beforeEach(() => {
  resetRuntime();
  answers.calibrate = calibration;
  answers.backtest = backtest;
});

const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));

test('says which objectives would have been kept, and writes the one that is recommended', async () => {
  const onObjective = jest.fn();
  render(<Calibrate uid="u1" flow="checkout" definition="x" onObjective={onObjective} />);
  await press('Calibrate the objective of checkout');
  expect(fetched.mock.calls[0][0].data).toEqual({ flow: 'checkout', definition: 'x' });
  const table = within(await screen.findByRole('table', { name: 'Objectives of checkout' }));
  expect(
    table.getByText('12.5 days known of the last 28. Pages and tickets are those of the default policies.')
  ).toBeInTheDocument();
  expect(table.getByRole('row', { name: '99.5% 42% 1 3' })).toBeInTheDocument();
  expect(table.getByRole('row', { name: '99.9% current -210% 9 3' })).toBeInTheDocument();
  expect(screen.getByText(calibration.reason)).toBeInTheDocument();
  await press('Set the objective to 99.5%');
  expect(onObjective).toHaveBeenCalledWith(0.995);
});

test('says what policies would have done, with the incidents where they were', async () => {
  render(<Calibrate uid="u1" flow="checkout" />);
  await press('Backtest the policies of checkout');
  const table = within(await screen.findByRole('table', { name: 'What the policies would have done' }));
  expect(table.getByRole('row', { name: /In the editor 1 2 30 min, 45 min 0 min/ })).toBeInTheDocument();
  expect(table.queryByText('Saved')).not.toBeInTheDocument();
  expect(table.getByRole('img', { name: 'In the editor: 1 incident' })).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: /Set the objective/ })).not.toBeInTheDocument();
});

test('can be cancelled, and says what went wrong', async () => {
  render(<Calibrate uid="u1" flow="checkout" />);
  answers.calibrate = NEVER;
  await press('Calibrate the objective of checkout');
  await press('Cancel');
  expect(screen.queryByText(/Reading the last days/)).not.toBeInTheDocument();
  answers.calibrate = new Error('it took longer than 60 s');
  await press('Calibrate the objective of checkout');
  expect(await screen.findByText('The last days could not be read: it took longer than 60 s')).toBeInTheDocument();
});

test('without telemetry there are no numbers of pages, and minutes that are not known are said', async () => {
  answers.calibrate = {
    ...calibration,
    rows: [{ ...row, objective: 0.99, kept: null, left: null, pages: 0, tickets: 0 }],
  };
  answers.backtest = { ...backtest, changed: { ...replay, minutes: { ok: 0, page: 0, ticket: 0, unknown: 10080 } } };
  render(<Calibrate uid="u1" flow="checkout" />);
  await press('Calibrate the objective of checkout');
  expect(await screen.findByRole('row', { name: '99%' })).toBeInTheDocument();
  await press('Backtest the policies of checkout');
  expect(await screen.findByRole('row', { name: /0 min, 0 min 10080 min/ })).toBeInTheDocument();
});

test('shows the notices of both answers', async () => {
  answers.calibrate = { ...calibration, notices: [{ severity: 'warning', text: 'no traffic on 3 days' }] };
  answers.backtest = { ...backtest, notices: [{ severity: 'info', text: 'the newest minute is left out' }] };
  render(<Calibrate uid="u1" flow="checkout" />);
  await press('Calibrate the objective of checkout');
  await press('Backtest the policies of checkout');
  expect(await screen.findByText('no traffic on 3 days')).toBeInTheDocument();
  expect(screen.getByText('the newest minute is left out')).toBeInTheDocument();
});

test('a fault goes once something else is asked, and answers stay', async () => {
  answers.calibrate = new Error('it took longer than 60 s');
  render(<Calibrate uid="u1" flow="checkout" />);
  await press('Backtest the policies of checkout');
  await press('Calibrate the objective of checkout');
  expect(await screen.findByText(/it took longer/)).toBeInTheDocument();
  await press('Backtest the policies of checkout');
  expect(await screen.findByRole('table', { name: 'What the policies would have done' })).toBeInTheDocument();
  expect(screen.queryByText(/it took longer/)).not.toBeInTheDocument();
  await press('Calibrate the objective of checkout');
  expect(await screen.findByText(/it took longer/)).toBeInTheDocument();
  expect(screen.getByRole('table', { name: 'What the policies would have done' })).toBeInTheDocument();
});

test('lists the incidents, and keeps one in sight that has only begun', async () => {
  const late = { ...replay.incidents[0], from: '2026-11-28T23:59:00Z', to: '2026-11-29T00:00:00Z', ongoing: true };
  answers.backtest = { ...backtest, changed: { ...replay, incidents: [late] } };
  const { container } = render(<Calibrate uid="u1" flow="checkout" />);
  await press('Backtest the policies of checkout');
  await press('In the editor: list the incidents');
  const list = within(screen.getByRole('list', { name: 'Incidents' }));
  expect(list.getByRole('listitem')).toHaveTextContent('page, 2026-11-28T23:59:00Z to now: fast-burn');
  expect(container.querySelector('rect')).toHaveAttribute('x', '158');
  expect(container.querySelector('rect')).toHaveAttribute('width', '2');
});
