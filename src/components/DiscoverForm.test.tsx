import { act, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { Subject } from 'rxjs';
import { discovery } from '../testing/discovery';
import { answers, fetched, resetRuntime } from '../testing/runtime';
import { DiscoverForm } from './DiscoverForm';

beforeEach(() => {
  resetRuntime();
  answers.discover = discovery;
});

function show(replaces = false) {
  const onPropose = jest.fn();
  const { unmount } = render(<DiscoverForm uid="u1" replaces={replaces} onPropose={onPropose} />);
  return Object.assign(onPropose, { unmount });
}

const service = (name: string) => screen.findByRole('checkbox', { name });
const asked = () => fetched.mock.calls.map(([{ data }]) => data);

test('lists what was recognised, with what is proposed chosen, and puts it into the editor', async () => {
  const onPropose = show();
  expect(await service('checkout')).toBeChecked();
  expect(await service('search')).not.toBeChecked();
  const istio = within(screen.getByRole('table', { name: 'istio' }));
  expect(istio.getByText('12.5 / s (80%)')).toBeInTheDocument();
  expect(istio.getByRole('img', { name: 'Events of checkout in the last hour' })).toBeInTheDocument();
  expect(istio.getByText(/and 2 more services/)).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Put into the editor' }));
  expect(await screen.findByText(/1 flow with 2 SLIs is in the editor/)).toBeInTheDocument();
  expect(onPropose).toHaveBeenCalledWith('proposed: 1');
  expect(screen.queryByRole('checkbox')).not.toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Choose again' }));
  expect(await service('checkout')).toBeChecked();
  expect(asked()).toEqual([{}, { services: [{ preset: 'istio', service: 'checkout' }] }]);
});

test('services are searched and chosen, and a component belongs to a flow', async () => {
  show(true);
  await userEvent.type(await screen.findByPlaceholderText('Search services and exporters'), 's');
  await userEvent.click(await service('search'));
  await userEvent.click(await service('shop'));
  await userEvent.click(screen.getByRole('combobox', { name: 'Flow of shop' }));
  await userEvent.click(screen.getByText('In the flow search'));
  await userEvent.click(screen.getByRole('button', { name: /and replace the catalog there/ }));
  expect(asked()[1].services).toEqual([
    { preset: 'istio', service: 'checkout' },
    { preset: 'istio', service: 'search' },
    { preset: 'postgres', service: 'shop', flow: 'search' },
  ]);
});

test('a component can belong to a flow of the same name', async () => {
  const [istio, postgres] = discovery.presets;
  const [checkout] = istio.services;
  answers.discover = { ...discovery, presets: [{ ...istio, services: [{ ...checkout, name: 'shop' }] }, postgres] };
  show();
  const component = within(await screen.findByRole('table', { name: 'postgres' }));
  await userEvent.click(component.getByRole('checkbox', { name: 'shop' }));
  expect(component.getByText('In the flow shop')).toBeInTheDocument();
});

test('an answer that comes after the form was closed is not put into the editor', async () => {
  const reply = new Subject<unknown>();
  answers.discover = ({ services }: { services?: unknown[] }) => (services ? reply : discovery);
  const onPropose = show();
  await service('checkout');
  await userEvent.click(screen.getByRole('button', { name: 'Put into the editor' }));
  onPropose.unmount();
  await act(async () => {
    reply.next({ data: discovery });
    reply.complete();
  });
  expect(asked()).toHaveLength(2);
  expect(onPropose).not.toHaveBeenCalled();
});

test('nothing can be put into the editor where nothing is chosen', async () => {
  show();
  await userEvent.click(await service('checkout'));
  expect(screen.getByRole('button', { name: 'Put into the editor' })).toBeDisabled();
});

test('a store in which nothing is recognised gets a sentence', async () => {
  const message = 'The store has no metrics. See docs/stores.md.';
  answers.discover = { ...discovery, presets: [], definition: '', issues: [{ severity: 'error', message }] };
  show();
  expect(await screen.findByText(message)).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Put into the editor' })).not.toBeInTheDocument();
});

test('a store that can not be asked is said', async () => {
  answers.discover = new Error('connection refused');
  show();
  expect(await screen.findByText('The store could not be asked: connection refused')).toBeInTheDocument();
});
