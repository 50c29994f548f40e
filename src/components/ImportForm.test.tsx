import { act, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';
import { Subject } from 'rxjs';
import { catalog } from '../testing/catalog';
import { answers, fetched, resetRuntime } from '../testing/runtime';
import { ImportAnswer } from '../types';
import { DefinitionSettings } from './DefinitionSettings';

jest.mock('@grafana/ui', () => ({
  ...jest.requireActual('@grafana/ui'),
  CodeEditor: jest.requireActual('../testing/codeEditor').FakeCodeEditor,
}));

const imported: ImportAnswer = { definition: 'apiVersion: cer/v1\n', flows: 1, slis: 2, issues: [] };

beforeEach(() => {
  resetRuntime();
  answers.validate = { valid: true, catalog, issues: [], unmatched: [] };
  answers.import = imported;
});

function show({ definition: first = '', uid = 'u1', readOnly = false } = {}) {
  const Host = () => {
    const [definition, setDefinition] = useState(first);
    return <DefinitionSettings uid={uid} definition={definition} readOnly={readOnly} onChange={setDefinition} />;
  };
  render(<Host />);
}

const disclose = () => userEvent.click(screen.getByRole('button', { name: 'Import from Sloth, Pyrra or OpenSLO' }));
const submit = (name: string) => userEvent.click(screen.getByRole('button', { name }));
const editor = () => screen.getByRole('textbox', { name: 'Catalog, YAML' });
const sent = () => fetched.mock.calls.map(([request]) => request).find(({ url }) => url.endsWith('/import'));

test('pasted YAML becomes the definition in the editor', async () => {
  show();
  await disclose();
  expect(screen.getByRole('button', { name: 'Import into the editor' })).toBeDisabled();
  await userEvent.type(screen.getByRole('textbox', { name: 'Or paste YAML' }), 'version: prometheus/v1');
  await submit('Import into the editor');
  expect(editor()).toHaveValue(imported.definition);
  expect(screen.getByText('1 flow with 2 SLIs is in the editor. Nothing is saved yet.')).toBeInTheDocument();
  expect(sent()).toMatchObject({
    url: '/api/datasources/uid/u1/resources/import',
    method: 'POST',
    data: { sources: [{ name: 'pasted.yaml', content: 'version: prometheus/v1' }], recorded: false },
  });
});

test('an import that ends after the form was closed leaves the editor as it is', async () => {
  const reply = new Subject<unknown>();
  answers.import = reply;
  show();
  await disclose();
  await userEvent.type(screen.getByRole('textbox', { name: 'Or paste YAML' }), 'a');
  await submit('Import into the editor');
  await disclose();
  await userEvent.type(editor(), 'mine');
  await act(async () => {
    reply.next({ data: imported });
    reply.complete();
  });
  expect(editor()).toHaveValue('mine');
});

test('several files are imported together, and what is in the editor is replaced', async () => {
  show({ definition: 'mine' });
  await disclose();
  await userEvent.upload(screen.getByLabelText('Files'), [
    new File(['one'], 'a.yaml', { type: 'application/yaml' }),
    new File(['two'], 'b.yml', { type: 'application/yaml' }),
  ]);
  await userEvent.click(screen.getByRole('checkbox', { name: /Read the series that Sloth and Pyrra record/ }));
  await submit('Import, and replace the catalog in the editor');
  expect(editor()).toHaveValue(imported.definition);
  expect(sent().data).toEqual({
    sources: [
      { name: 'a.yaml', content: 'one' },
      { name: 'b.yml', content: 'two' },
    ],
    recorded: true,
  });
});

test('what is not imported as it is is listed with its place', async () => {
  answers.import = {
    ...imported,
    issues: [
      { file: 'a.yaml', line: 3, column: 5, severity: 'warning', path: 'labels', message: 'left out' },
      { file: 'a.yaml', line: 9, column: 1, severity: 'error', message: 'not imported', text: 'x' },
    ],
  };
  show();
  await disclose();
  await userEvent.type(screen.getByRole('textbox', { name: 'Or paste YAML' }), 'x');
  await submit('Import into the editor');
  const issues = within(screen.getByRole('list', { name: 'Issues of the import' })).getAllByRole('listitem');
  expect(issues.map((issue) => issue.textContent?.trim())).toEqual([
    'a.yaml:3:5: labels: left out',
    'a.yaml:9:1: not imported (here: x)',
  ]);
});

test('the editor keeps what it has where nothing can be imported', async () => {
  answers.import = { definition: '', flows: 0, slis: 0, issues: [] };
  show({ definition: 'mine' });
  await disclose();
  await userEvent.type(screen.getByRole('textbox', { name: 'Or paste YAML' }), 'x');
  await submit('Import, and replace the catalog in the editor');
  expect(screen.getByText('Nothing could be imported.')).toBeInTheDocument();
  expect(editor()).toHaveValue('mine');
});

test('a refusal is said in the words of the backend', async () => {
  answers.import = Object.assign(new Error(), { data: { message: 'this needs the role Editor or Admin' } });
  show({ definition: 'mine' });
  await disclose();
  await userEvent.type(screen.getByRole('textbox', { name: 'Or paste YAML' }), 'x');
  await submit('Import, and replace the catalog in the editor');
  expect(screen.getByRole('alert')).toHaveTextContent(
    'The files could not be imported: this needs the role Editor or Admin'
  );
  expect(editor()).toHaveValue('mine');
});

test('nothing is offered that can not be done', () => {
  show({ readOnly: true });
  show({ uid: '' });
  expect(screen.queryByRole('button', { name: 'Import from Sloth, Pyrra or OpenSLO' })).not.toBeInTheDocument();
});
