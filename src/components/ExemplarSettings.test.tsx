import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';
import { resetRuntime, sources } from '../testing/runtime';
import { TraceDestination } from '../types';
import { ExemplarSettings } from './ExemplarSettings';

beforeEach(resetRuntime);

function show(initial: TraceDestination[] = [], readOnly = false) {
  const changed = jest.fn();
  const Host = () => {
    const [destinations, setDestinations] = useState(initial);
    const change = (to: TraceDestination[]) => {
      changed(to);
      setDestinations(to);
    };
    return <ExemplarSettings destinations={destinations} readOnly={readOnly} onChange={change} />;
  };
  render(<Host />);
  return () => changed.mock.calls[changed.mock.calls.length - 1][0];
}

const first = () => within(screen.getByRole('group', { name: 'Destination 1' }));

test('a destination is a data source of traces for the IDs in a label', async () => {
  sources.push({ uid: 't1', name: 'Tempo' });
  const last = show();
  await userEvent.click(screen.getByRole('button', { name: 'Add a destination' }));
  await userEvent.click(first().getByRole('combobox', { name: 'Trace data source' }));
  await userEvent.click(screen.getByText('Tempo'));
  expect(last()).toEqual([{ name: 'trace_id', datasourceUid: 't1', url: undefined }]);
});

test('a destination is an address with a text', async () => {
  const last = show([{ name: 'trace_id', datasourceUid: 't1' }]);
  // A switch is a checkbox to Grafana 10.
  await userEvent.click(first().queryByRole('switch') ?? first().getByRole('checkbox'));
  await userEvent.type(first().getByRole('textbox', { name: 'URL' }), 'https://t');
  await userEvent.type(first().getByRole('textbox', { name: 'URL label' }), 'T');
  await userEvent.clear(first().getByRole('textbox', { name: 'Label name' }));
  await userEvent.type(first().getByRole('textbox', { name: 'Label name' }), 'id');
  expect(last()).toEqual([{ name: 'id', url: 'https://t', urlDisplayLabel: 'T', datasourceUid: undefined }]);
});

test('a destination can be removed', async () => {
  const last = show([
    { name: 'a', url: '1' },
    { name: 'b', url: '2' },
  ]);
  await userEvent.click(screen.getByRole('button', { name: 'Remove destination 1' }));
  expect(last()).toEqual([{ name: 'b', url: '2' }]);
});

test('provisioned destinations are shown but not edited', () => {
  show([{ name: 'a', url: 'https://t' }], true);
  expect(first().getByRole('textbox', { name: 'URL' })).toHaveValue('https://t');
  expect(first().getByRole('textbox', { name: 'URL' })).toBeDisabled();
  expect(screen.queryByRole('button', { name: 'Add a destination' })).not.toBeInTheDocument();
});
