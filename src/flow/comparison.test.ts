import { Outcome, Standing } from '../types';
import { compare, ranking } from './comparison';

const standing = (flow: string, score: number | null, more: Partial<Standing> = {}): Standing => ({
  flow,
  weight: 1,
  share: 1,
  score,
  impact: null,
  ...more,
});
const outcome = (score: number | null, flows: Standing[], slis: Standing[] = []): Outcome => ({
  revision: 'r',
  score,
  coverage: 1,
  flows,
  slis,
});

test('the whole comes first, then the flows of either catalog', () => {
  const now = outcome(0.5, [standing('a', 0.25), standing('gone', 1)]);
  const then = outcome(0.75, [standing('new', 1), standing('a', null)]);
  expect(compare(now, then)).toEqual([
    { flow: undefined, now: 0.5, then: 0.75, change: 0.25 },
    { flow: 'new', now: null, then: 1, change: null },
    { flow: 'a', now: 0.25, then: null, change: null },
    { flow: 'gone', now: 1, then: null, change: null },
  ]);
});

test('worth fixing is what has an impact, five at most', () => {
  const slis = [0.3, 0.2, 0.1, 0.05, 0.04, 0.03, 0, null].map((impact, i) => standing('a', 0, { sli: `${i}`, impact }));
  expect(ranking(outcome(0.5, [], slis)).map(({ sli }) => sli)).toEqual(['0', '1', '2', '3', '4']);
});
