import { act, renderHook, waitFor } from '@testing-library/react';
import { catalog } from '../testing/catalog';
import { Catalog } from '../types';
import { useCatalog } from './useCatalog';

test('gives the catalog when it comes', async () => {
  const source = { catalog: jest.fn().mockResolvedValue(catalog) };
  const { result, rerender } = renderHook(() => useCatalog(source));
  expect(result.current).toEqual({ loading: true });
  await waitFor(() => expect(result.current).toEqual({ catalog, loading: false }));
  rerender();
  expect(source.catalog).toHaveBeenCalledTimes(1);
});

test('says why there is none', async () => {
  const source = { catalog: () => Promise.reject({ data: { message: 'no definition' } }) };
  const { result } = renderHook(() => useCatalog(source));
  await waitFor(() => expect(result.current).toEqual({ loading: false, fault: 'no definition' }));
});

test('drops the late answer of a data source that was left', async () => {
  let answer: (catalog: Catalog) => void;
  const slow = { catalog: () => new Promise<Catalog>((resolve) => (answer = resolve)) };
  const quick = { catalog: () => Promise.resolve({ ...catalog, name: 'quick' }) };
  const { result, rerender } = renderHook(({ source }) => useCatalog(source), { initialProps: { source: slow } });
  rerender({ source: quick });
  await waitFor(() => expect(result.current.catalog?.name).toBe('quick'));
  await act(async () => answer({ ...catalog, name: 'slow' }));
  expect(result.current.catalog?.name).toBe('quick');
});
