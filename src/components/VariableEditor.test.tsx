import { DataSourceInstanceSettings } from '@grafana/data';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { CerDataSource } from '../datasource';
import { resetRuntime, variables } from '../testing/runtime';
import { CerOptions, CerVariableQuery } from '../types';
import { VariableEditor } from './VariableEditor';

const dataSource = new CerDataSource({ uid: 'u1', jsonData: {} } as DataSourceInstanceSettings<CerOptions>);

beforeEach(resetRuntime);

function show(query: CerVariableQuery) {
  const onChange = jest.fn();
  render(<VariableEditor datasource={dataSource} query={query} onChange={onChange} onRunQuery={jest.fn()} />);
  return onChange;
}

test('a new variable, which Grafana hands over as an empty text, lists flows', async () => {
  const onChange = show('' as unknown as CerVariableQuery);
  expect(screen.getByRole('radio', { name: 'Flows' })).toBeChecked();
  await userEvent.click(screen.getByRole('radio', { name: 'SLIs' }));
  expect(onChange).toHaveBeenCalledWith({ refId: 'cer-variable', kind: 'slis', flows: [] });
});

test('SLIs can be those of flows', async () => {
  const onChange = show({ refId: 'cer-variable', kind: 'slis' });
  await userEvent.click(screen.getByRole('combobox', { name: 'Flows' }));
  await userEvent.click(await screen.findByText('checkout'));
  expect(onChange).toHaveBeenCalledWith({ refId: 'cer-variable', kind: 'slis', flows: ['checkout'] });
});

test('gates can be listed', async () => {
  const gates = show({ refId: 'cer-variable', kind: 'flows' });
  await userEvent.click(screen.getByRole('radio', { name: 'Gates' }));
  expect(gates).toHaveBeenCalledWith({ refId: 'cer-variable', kind: 'gates', flows: [] });
});

test('dimensions can be the one that a gate compares', async () => {
  variables.gate = 'checkout-canary';
  const onChange = show({ refId: 'cer-variable', kind: 'dimensions' });
  await userEvent.click(await screen.findByRole('combobox', { name: 'For gate' }));
  await userEvent.click(await screen.findByText('$gate'));
  expect(onChange).toHaveBeenCalledWith({ refId: 'cer-variable', kind: 'dimensions', flows: [], gate: '$gate' });
});

test('cohorts are those of a dimension', async () => {
  const onChange = show({ refId: 'cer-variable', kind: 'cohorts' });
  await userEvent.click(await screen.findByRole('combobox', { name: 'Dimension' }));
  await userEvent.click(await screen.findByText('region'));
  expect(onChange).toHaveBeenCalledWith({ refId: 'cer-variable', kind: 'cohorts', flows: [], dimension: 'region' });
});
