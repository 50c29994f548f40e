import { act, renderHook } from '@testing-library/react';
import { Subject } from 'rxjs';
import { MAX_DEFINITION } from '../flow/settings';
import { catalog } from '../testing/catalog';
import { Validation } from '../types';
import { PAUSE_MS, useValidation } from './useValidation';

interface Request {
  url: string;
  data: { definition: string };
  answer: Subject<{ data: Validation }>;
}

let mockRequests: Request[] = [];

jest.mock('@grafana/runtime', () => ({
  getBackendSrv: () => ({
    fetch: (request: Request) => {
      const answer = new Subject<{ data: Validation }>();
      mockRequests.push({ ...request, answer });
      return answer;
    },
  }),
}));

const valid: Validation = { valid: true, catalog, issues: [], unmatched: [] };
const invalid: Validation = { valid: false, issues: [{ line: 1, column: 1, message: 'no' }], unmatched: [] };

beforeEach(() => {
  mockRequests = [];
  jest.useFakeTimers();
});
afterEach(() => jest.useRealTimers());

const pass = (ms: number) => act(async () => jest.advanceTimersByTime(ms));
const reply = (i: number, data: Validation) =>
  act(async () => {
    mockRequests[i].answer.next({ data });
    mockRequests[i].answer.complete();
  });
const render = (definition: string, uid: string | undefined = 'u/1') =>
  renderHook((props) => useValidation(props.uid, props.definition, props.version), {
    initialProps: { uid, definition, version: 1 },
  });

test('checks what is there at once', async () => {
  const { result } = render('one');
  expect(result.current.checking).toBe(true);
  await pass(0);
  expect(mockRequests[0]).toMatchObject({
    url: '/api/datasources/uid/u%2F1/resources/validate',
    data: { definition: 'one' },
  });
  await reply(0, valid);
  expect(result.current).toEqual({ checking: false, answer: valid, catalog, definition: 'one' });
});

test('waits for a pause in typing, and asks once', async () => {
  const { rerender } = render('one');
  await pass(0);
  for (const definition of ['two', 'three', 'four']) {
    rerender({ uid: 'u/1', definition, version: 1 });
    await pass(PAUSE_MS - 1);
  }
  expect(mockRequests.map((r) => r.data.definition)).toEqual(['one']);
  await pass(1);
  expect(mockRequests.map((r) => r.data.definition)).toEqual(['one', 'four']);
});

test('drops the answer to a definition that has changed since', async () => {
  const { result, rerender } = render('one');
  await pass(0);
  rerender({ uid: 'u/1', definition: 'two', version: 1 });
  await pass(PAUSE_MS);
  await reply(1, invalid);
  await reply(0, valid);
  expect(result.current.answer).toEqual(invalid);
});

test('keeps the catalog of the last definition that was valid', async () => {
  const { result, rerender } = render('one');
  await pass(0);
  await reply(0, valid);
  rerender({ uid: 'u/1', definition: 'two', version: 1 });
  await pass(PAUSE_MS);
  await reply(1, invalid);
  expect(result.current).toMatchObject({ answer: invalid, catalog, definition: 'one' });
});

test('checks again once another version of the data source was saved', async () => {
  const { result, rerender } = render('one');
  await pass(0);
  await reply(0, { ...valid, storeError: 'no such host' });
  rerender({ uid: 'u/1', definition: 'one', version: 2 });
  await pass(PAUSE_MS);
  await reply(1, valid);
  expect(result.current.answer).toEqual(valid);
});

test('says why nothing could be checked, until it can be', async () => {
  const { result, rerender } = render('one');
  await pass(0);
  await act(async () => mockRequests[0].answer.error({ data: { message: 'this needs the role Editor or Admin' } }));
  expect(result.current.fault).toBe('this needs the role Editor or Admin');
  rerender({ uid: 'u/1', definition: 'two', version: 1 });
  await pass(PAUSE_MS);
  await reply(1, valid);
  expect(result.current.fault).toBeUndefined();
});

test.each([
  ['of a data source that is not saved yet', '', 'one'],
  ['that is empty', 'u1', ' \n'],
  ['that can not be saved', 'u1', 'x'.repeat(MAX_DEFINITION + 1)],
])('asks nothing about a definition %s', async (_, uid, definition) => {
  const { result } = render(definition, uid);
  await pass(PAUSE_MS * 2);
  expect(mockRequests).toEqual([]);
  expect(result.current).toEqual({ checking: false });
});

test('asks nothing more once it is left', async () => {
  const { unmount } = render('one');
  unmount();
  await pass(PAUSE_MS);
  expect(mockRequests).toEqual([]);
});
