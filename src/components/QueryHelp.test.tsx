import { DataSourceInstanceSettings } from '@grafana/data';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { CerDataSource } from '../datasource';
import { answers, resetRuntime } from '../testing/runtime';
import { CerOptions } from '../types';
import { QueryHelp } from './QueryHelp';

const dataSource = new CerDataSource({ uid: 'u1', jsonData: {} } as DataSourceInstanceSettings<CerOptions>);

beforeEach(resetRuntime);

function show() {
  const onClickExample = jest.fn();
  render(<QueryHelp datasource={dataSource} query={{ refId: 'A' }} onClickExample={onClickExample} />);
  return onClickExample;
}

test('a click takes an example over', async () => {
  const onClickExample = show();
  await userEvent.click(screen.getByRole('button', { name: /Biggest gains/ }));
  expect(onClickExample).toHaveBeenCalledWith(
    expect.objectContaining({ refId: 'A', measure: 'impact', level: 'flow' })
  );
});

test('cohorts of the catalog are an example too', async () => {
  const onClickExample = show();
  await userEvent.click(await screen.findByRole('button', { name: 'The score of each flow, for each region' }));
  expect(onClickExample).toHaveBeenCalledWith(expect.objectContaining({ level: 'flow', by: ['region'] }));
  await userEvent.click(screen.getByRole('button', { name: 'The score of each flow where region is eu' }));
  expect(onClickExample).toHaveBeenLastCalledWith(expect.objectContaining({ where: { region: ['eu'] } }));
});

test('without a catalog there are the other examples', async () => {
  answers.catalog = new Error('the data source has no catalog yet');
  show();
  expect(await screen.findByRole('button', { name: /for an alert rule/ })).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: /region/ })).not.toBeInTheDocument();
});
