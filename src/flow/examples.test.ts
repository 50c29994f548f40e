import { catalog } from '../testing/catalog';
import { cohortExamples, EXAMPLES, gateExamples } from './examples';
import { complete } from './query';
import { existsAt } from './together';

test.each([...EXAMPLES, ...cohortExamples(catalog), ...gateExamples(catalog)])(
  'the example "$title" can be asked',
  ({ query }) => {
    const asked = complete({ refId: 'A', ...query });
    expect(existsAt(asked, asked.level)).toBe(true);
  }
);

test('there are examples of cohorts as far as the catalog tells users apart', () => {
  expect(cohortExamples(catalog).map(({ query }) => [query.by, query.where])).toEqual([
    [['region'], undefined],
    [undefined, { region: ['eu'] }],
  ]);
  expect(cohortExamples({ ...catalog, dimensions: [] }).map(({ query }) => query.by)).toEqual([['team']]);
  expect(cohortExamples({ ...catalog, dimensions: [], flowLabels: [] })).toEqual([]);
  expect(cohortExamples()).toEqual([]);
});

test('there is an example of a gate where the catalog has one', () => {
  expect(gateExamples(catalog).map(({ query }) => query.gate)).toEqual(['checkout-canary']);
  expect(gateExamples({ ...catalog, gates: [] })).toEqual([]);
  expect(gateExamples()).toEqual([]);
});
