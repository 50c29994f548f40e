import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { answers, fetched, resetRuntime } from '../testing/runtime';
import { ImportDashboards } from './ImportDashboards';

const LIST = '/api/plugins/cer-reliability-datasource/dashboards';
const overview = { title: 'cer overview', path: 'dashboards/overview.json', imported: false };

beforeEach(resetRuntime);

test('the dashboards of the plugin are imported, and linked to', async () => {
  answers[LIST] = [overview];
  answers['/api/dashboards/import'] = () => {
    answers[LIST] = [{ ...overview, imported: true, importedUrl: '/d/cer-overview/cer-overview' }];
    return {};
  };
  render(<ImportDashboards />);
  expect(screen.getByText(/open cer debug: they work once it is imported/)).toBeInTheDocument();
  expect(screen.getByText(/overwrites your changes.*another name first/)).toBeInTheDocument();
  await userEvent.click(await screen.findByRole('button', { name: 'Import dashboards' }));
  expect(await screen.findByRole('link', { name: 'cer overview' })).toHaveAttribute(
    'href',
    '/d/cer-overview/cer-overview'
  );
  expect(fetched).toHaveBeenCalledWith(
    expect.objectContaining({
      method: 'POST',
      data: expect.objectContaining({ path: 'dashboards/overview.json', overwrite: true }),
    })
  );
  expect(screen.getByRole('button', { name: 'Import dashboards' })).toBeEnabled();
});

test('what goes wrong is said', async () => {
  answers[LIST] = [overview];
  answers['/api/dashboards/import'] = new Error('no permission to create dashboards');
  render(<ImportDashboards />);
  await userEvent.click(await screen.findByRole('button', { name: 'Import dashboards' }));
  expect(await screen.findByText(/no permission to create dashboards/)).toBeInTheDocument();
  expect(screen.queryByRole('link')).not.toBeInTheDocument();
});
