import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';
import { catalog } from '../testing/catalog';
import { discovery } from '../testing/discovery';
import { answers, fetched, resetRuntime } from '../testing/runtime';
import { CerOptions } from '../types';
import { CatalogSettings } from './CatalogSettings';

jest.mock('@grafana/ui', () => ({
  ...jest.requireActual('@grafana/ui'),
  CodeEditor: jest.requireActual('../testing/codeEditor').FakeCodeEditor,
}));

beforeEach(() => {
  resetRuntime();
  answers.validate = { valid: true, catalog, issues: [], unmatched: [] };
  answers.catalogs = { folder: true, catalogs: ['bank', 'shop'] };
});

let save: () => Promise<void>;

function show(jsonData: CerOptions, { uid = 'u1', readOnly = false } = {}) {
  let last = jsonData;
  const Host = () => {
    const [options, setOptions] = useState(jsonData);
    const change = (more: Partial<CerOptions>) => {
      last = { ...options, ...more };
      setOptions(last);
    };
    const [version, setVersion] = useState(1);
    save = () => act(async () => setVersion(version + 1));
    return <CatalogSettings uid={uid} version={version} options={options} readOnly={readOnly} onChange={change} />;
  };
  render(<Host />);
  return () => last;
}

const place = (name: string) => userEvent.click(screen.getByRole('radio', { name }));
const editor = () => screen.queryByRole('textbox', { name: 'Catalog, YAML' });

test('a catalog is defined here until another place is chosen', async () => {
  const last = show({ definition: 'x' });
  expect(editor()).toHaveValue('x');
  await place('Folder on the server');
  expect(editor()).not.toBeInTheDocument();
  expect(last()).toEqual({ definition: 'x' });
});

test('a catalog of the folder is chosen from those that there are, in the place of the definition', async () => {
  const last = show({ definition: 'x' });
  await place('Folder on the server');
  await userEvent.click(await screen.findByRole('combobox', { name: 'Catalog' }));
  expect(screen.getByText('bank')).toBeInTheDocument();
  await userEvent.click(screen.getByText('shop'));
  expect(last()).toEqual({ catalog: 'shop', definition: undefined });
});

test('what a choice leaves out comes back with the other one', async () => {
  const last = show({ definition: 'x' });
  await place('Folder on the server');
  await userEvent.click(await screen.findByRole('combobox', { name: 'Catalog' }));
  await userEvent.click(screen.getByText('shop'));
  await place('This data source');
  expect(last()).toEqual({ catalog: undefined, definition: 'x' });
  await place('Folder on the server');
  expect(last()).toEqual({ catalog: 'shop', definition: undefined });
});

test('a name that the folder does not have is said to be missing', async () => {
  show({ catalog: 'gone' });
  expect(await screen.findByText('gone (not in the folder)')).toBeInTheDocument();
});

test.each([
  ['the data source is not saved yet', '', undefined, undefined],
  ['there is no folder', 'u1', { folder: false, catalogs: [] }, /This Grafana has no folder of catalogs/],
  ['they can not be listed', 'u1', new Error('no such page'), /so write the name: no such page/],
])('a name is written where %s', async (_case, uid, answer, said) => {
  answers.catalogs = answer;
  const last = show({ catalog: 's' }, { uid });
  if (said) {
    expect(await screen.findByText(said)).toBeInTheDocument();
  }
  await userEvent.type(screen.getByRole('textbox', { name: 'Catalog' }), 'hop');
  expect(last()).toEqual({ catalog: 'shop', definition: undefined });
  const lists = fetched.mock.calls.filter(([{ url }]) => url.endsWith('/catalogs'));
  expect(lists).toHaveLength(uid ? 1 : 0);
});

test('a definition and a catalog together are said to be one too many', async () => {
  const last = show({ definition: 'x', catalog: 'shop' });
  expect(screen.getByText(/also name the catalog shop of the folder/)).toBeInTheDocument();
  await place('This data source');
  expect(last()).toEqual({ catalog: undefined, definition: 'x' });
  expect(screen.queryByText(/also name the catalog/)).not.toBeInTheDocument();
});

test('what was provisioned can not be chosen otherwise', async () => {
  show({ catalog: 'shop' }, { readOnly: true });
  expect(await screen.findByText('shop')).toBeInTheDocument();
  expect(screen.getByLabelText('Catalog', { selector: 'input' })).toBeDisabled();
  expect(screen.getByRole('radio', { name: 'This data source' })).toBeDisabled();
});

test('what a wrong address brought is gone once the right one is saved', async () => {
  answers.validate = { valid: true, catalog, issues: [], unmatched: [], storeError: 'no such host' };
  answers.discover = new Error('no such host');
  show({ definition: 'x' });
  await userEvent.click(screen.getByRole('button', { name: 'Propose a catalog from the store' }));
  expect(await screen.findByText('The store could not be asked: no such host')).toBeInTheDocument();
  expect(await screen.findByText(/Could not check whether the selectors match/)).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Show what Checkout measures' })).not.toBeInTheDocument();

  answers.validate = { valid: true, catalog, issues: [], unmatched: [] };
  answers.discover = discovery;
  answers.preview = ({ flow }: { flow: string }) => new Error(`nothing of ${flow}`);
  await save();
  expect(await screen.findByText('The preview failed: nothing of checkout')).toBeInTheDocument();
  expect(await screen.findByRole('table', { name: 'istio' })).toBeInTheDocument();
  expect(screen.queryByText(/no such host/)).not.toBeInTheDocument();
});
