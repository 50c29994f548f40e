import { EXAMPLES } from './examples';
import { complete } from './query';
import { existsAt } from './together';

test.each(EXAMPLES)('the example "$title" can be asked', ({ query }) => {
  const asked = complete({ refId: 'A', ...query });
  expect(existsAt(asked, asked.level)).toBe(true);
});
