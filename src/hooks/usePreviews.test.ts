import { act, renderHook } from '@testing-library/react';
import { Observable, Subscriber } from 'rxjs';
import { catalog } from '../testing/catalog';
import { Catalog } from '../types';
import { PREVIEWED, usePreviews } from './usePreviews';

interface Request {
  data: { flow: string; definition?: string };
  subscriber: Subscriber<unknown>;
}

let mockRequests: Request[] = [];

jest.mock('@grafana/runtime', () => ({
  getBackendSrv: () => ({
    fetch: ({ data }: Request) =>
      new Observable((subscriber) => {
        mockRequests.push({ data, subscriber });
      }),
  }),
}));

beforeEach(() => {
  mockRequests = [];
});

const asked = () => mockRequests.map(({ data }) => data.flow);
const reply = (i: number) =>
  act(async () => {
    mockRequests[i].subscriber.next({ data: { slis: [], notices: [] } });
    mockRequests[i].subscriber.complete();
  });

/** many is a catalog with so many flows, f0 and on. */
const many = (flows: number, revision = 'r1'): Catalog => ({
  ...catalog,
  revision,
  flows: Array.from({ length: flows }, (_, i) => ({ ...catalog.flows[0], name: `f${i}` })),
});

interface Props {
  catalog?: Catalog;
  definition?: string;
  version?: number;
}

const render = (initialProps: Props) =>
  renderHook((props: Props) => usePreviews('u1', props.catalog, props.definition, props.version), { initialProps });

const first = Array.from({ length: PREVIEWED }, (_, i) => `f${i}`);

test('the first flows are asked about one after the other, and another one alone', async () => {
  const { result } = render({ catalog: many(PREVIEWED + 2) });
  for (let i = 0; i < PREVIEWED; i++) {
    expect(asked()).toHaveLength(i + 1);
    await reply(i);
  }
  const more = `f${PREVIEWED}`;
  act(() => result.current.ask(more));
  expect(asked()).toEqual([...first, more]);
  expect(result.current.flows[more]).toEqual({ asking: true });
  await reply(PREVIEWED);
  expect(result.current.flows[more]).toEqual({ preview: { slis: [], notices: [] } });
  expect(result.current.flows.f0).toEqual({ preview: { slis: [], notices: [] } });
});

test('a flow that is asked about waits for its turn', () => {
  const { result } = render({ catalog: many(PREVIEWED + 1) });
  act(() => result.current.ask(`f${PREVIEWED}`));
  expect(asked()).toEqual(['f0']);
  expect(result.current.flows[`f${PREVIEWED}`]).toEqual({ asking: true });
});

test('the definition is that of the catalog', async () => {
  const { result, rerender } = render({ catalog: many(1), definition: 'valid' });
  await reply(0);
  rerender({ catalog: many(1), definition: 'valid # the same' });
  act(() => result.current.ask('f0'));
  expect(mockRequests.map(({ data }) => data.definition)).toEqual(['valid', 'valid']);
});

test.each<[string, Props]>([
  ['the catalog has changed', { catalog: many(PREVIEWED + 2, 'r2'), version: 1 }],
  ['the data source was saved', { catalog: many(PREVIEWED + 2), version: 2 }],
])('once %s all is asked again, what was on its way is dropped, and what was known stays', async (_, next) => {
  const { result, rerender } = render({ catalog: many(PREVIEWED + 2), version: 1 });
  await reply(0);
  act(() => result.current.ask(`f${PREVIEWED}`));
  rerender(next);
  expect(mockRequests[1].subscriber.closed).toBe(true);
  expect(asked()).toEqual(['f0', 'f1', 'f0']);
  expect(result.current.flows.f0).toEqual({ preview: { slis: [], notices: [] }, asking: true });
  for (let i = 2; i < PREVIEWED + 3; i++) {
    await reply(i);
  }
  expect(asked().slice(2)).toEqual([...first, `f${PREVIEWED}`]);
});

test('nothing is asked without a catalog, and nothing waits any more', () => {
  const { result, rerender } = render({ catalog: many(1) });
  expect(result.current.flows.f0).toEqual({ asking: true });
  rerender({});
  act(() => result.current.ask('f0'));
  expect(result.current.flows.f0).toEqual({ asking: false });
  expect(asked()).toEqual(['f0']);
});

test('a request is cancelled where nobody waits for it any more', () => {
  const { unmount } = render({ catalog: many(1) });
  unmount();
  expect(mockRequests[0].subscriber.closed).toBe(true);
});
