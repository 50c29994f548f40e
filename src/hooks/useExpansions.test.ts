import { renderHook, waitFor } from '@testing-library/react';
import { complete } from '../flow/query';
import { useExpansions } from './useExpansions';

const query = complete({ refId: 'A', flows: ['checkout'] });

test('asks again only when what is asked changes', async () => {
  const source = { expand: jest.fn().mockResolvedValue([]) };
  const { result, rerender } = renderHook(({ q }) => useExpansions(source, q, {}), { initialProps: { q: query } });
  await waitFor(() => expect(result.current.expansions).toEqual([]));
  rerender({ q: { ...query, legend: '{{flow}}' } });
  expect(source.expand).toHaveBeenCalledTimes(1);
  rerender({ q: { ...query, window: '1h' } });
  expect(source.expand).toHaveBeenLastCalledWith(
    expect.objectContaining({ flows: ['checkout'], window: '1h', format: 'timeseries' })
  );
  await waitFor(() => expect(result.current.expansions).toEqual([]));
});

test('says why there is none', async () => {
  const source = { expand: () => Promise.reject(new Error('no flow of that name')) };
  const { result } = renderHook(() => useExpansions(source, query, {}));
  await waitFor(() => expect(result.current.fault).toBe('no flow of that name'));
});
