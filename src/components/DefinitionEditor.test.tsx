import { render } from '@testing-library/react';
import React from 'react';
import { told } from '../testing/codeEditor';
import { answers, fetched, resetRuntime } from '../testing/runtime';
import { DefinitionEditor } from './DefinitionEditor';

jest.mock('@grafana/ui', () => ({
  ...jest.requireActual('@grafana/ui'),
  CodeEditor: jest.requireActual('../testing/codeEditor').FakeCodeEditor,
}));

beforeEach(resetRuntime);

function show(definition: string, uid: string | undefined = 'u1') {
  return render(
    <DefinitionEditor uid={uid} definition={definition} issues={[]} readOnly={false} onChange={() => {}} />
  );
}

interface Offered {
  incomplete: boolean;
  suggestions: Array<{ label: string; insertText: string; range: { startColumn: number; endColumn: number } }>;
}

/** offered is what is offered at the end of the definition of a model. */
async function offered(definition: string, model = told.model) {
  const provider = [...told.providers].find(({ provideCompletionItems }) => provideCompletionItems);
  return (await provider?.provideCompletionItems?.(model, { offset: definition.length })) as Offered;
}

const HEAD = 'spec: { events: [{ promql: ';

test('fields are offered where they are written', async () => {
  show('metadata: { na');
  const { suggestions } = await offered('metadata: { na');
  expect(suggestions).toMatchObject([
    { label: 'name', insertText: 'name: ', range: { startColumn: 12, endColumn: 14 } },
  ]);
  expect(fetched).not.toHaveBeenCalled();
});

test('names of the store are offered, and the store is asked once', async () => {
  answers['metric-names?match=htt'] = { values: ['http_requests_total'], more: true };
  show(`${HEAD}htt`);
  const first = await offered(`${HEAD}htt`);
  expect(first.suggestions.map(({ label }) => label)).toEqual(['http_requests_total']);
  expect(first.incomplete).toBe(true);
  await offered(`${HEAD}htt`);
  expect(fetched).toHaveBeenCalledTimes(1);
});

test('where the store does not answer there is nothing on offer, and it is asked again', async () => {
  answers['metric-names?match=htt'] = new Error('down');
  show(`${HEAD}htt`);
  expect((await offered(`${HEAD}htt`)).suggestions).toEqual([]);
  await offered(`${HEAD}htt`);
  expect(fetched).toHaveBeenCalledTimes(2);
});

test('the store of a data source that is not saved is not asked', async () => {
  render(<DefinitionEditor definition={`${HEAD}htt`} issues={[]} readOnly={false} onChange={() => {}} />);
  expect((await offered(`${HEAD}htt`)).suggestions).toEqual([]);
  expect(fetched).not.toHaveBeenCalled();
});

test('other editors of the page are left alone, and nothing stays behind', async () => {
  const { unmount } = show('metadata: { na');
  expect((await offered('metadata: { na', {})).suggestions).toEqual([]);
  const hover = [...told.providers].find(({ provideHover }) => provideHover);
  expect(hover?.provideHover?.({}, { offset: 2 })).toBeUndefined();
  expect(hover?.provideHover?.(told.model, { offset: 2 })).toMatchObject({
    contents: [{ value: 'The name of the catalog.' }],
  });
  unmount();
  expect(told.providers.size).toBe(0);
});
