import { act, renderHook } from '@testing-library/react';
import { Subject } from 'rxjs';
import { answers, fetched, resetRuntime } from '../testing/runtime';
import { useDraftPreview } from './useDraftPreview';
import { PAUSE_MS } from './useValidation';

beforeEach(() => {
  jest.useFakeTimers();
  resetRuntime();
});
afterEach(() => jest.useRealTimers());

const preview = { slis: [], notices: [] };

test('a change forgets the answer before, and cancels what is being asked', async () => {
  const first = new Subject();
  answers.preview = first;
  const { result, rerender, unmount } = renderHook(({ d }) => useDraftPreview('u1', 'checkout', 'fast', d), {
    initialProps: { d: 'one' as string | undefined },
  });
  act(() => void jest.advanceTimersByTime(PAUSE_MS));
  await act(async () => {
    first.next({ data: preview });
    first.complete();
  });
  expect(result.current).toEqual({ asking: false, preview });

  rerender({ d: 'two' });
  expect(result.current).toEqual({ asking: true });

  const second = new Subject();
  answers.preview = second;
  act(() => void jest.advanceTimersByTime(PAUSE_MS));
  expect(fetched).toHaveBeenCalledTimes(2);
  expect(second.observed).toBe(true);
  unmount();
  expect(second.observed).toBe(false);
});
