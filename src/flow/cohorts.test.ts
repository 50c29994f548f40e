import { adhocFilters, chosenAll, keepsAll, variableOf } from './cohorts';

test.each([
  [[], true],
  [['$__all'], true],
  [['.*'], true],
  [['eu'], false],
])('%j keeps all: %s', (cohorts, all) => {
  expect(keepsAll(cohorts)).toBe(all);
});

test.each([
  ['$region', 'region'],
  ['${region}', 'region'],
  ['${region:pipe}', 'region'],
  ['[[region]]', 'region'],
  ['$region-1', undefined],
  ['eu', undefined],
])('%s is the variable %s', (text, variable) => {
  expect(variableOf(text)).toBe(variable);
});

test('All is chosen as one value or in a list, unless a panel is repeated for one value', () => {
  const variables = [
    { name: 'one', current: { value: '$__all' } },
    { name: 'many', current: { value: ['$__all'] } },
    { name: 'repeated', current: { value: ['$__all'] } },
    { name: 'eu', current: { value: ['eu'] } },
    { name: 'constant' },
  ];
  expect(chosenAll(variables, { repeated: { value: 'eu', text: 'eu' } })).toEqual(['one', 'many']);
});

test('ad hoc filters are those of the data source, as far as Grafana knows any', () => {
  const filters = [{ key: 'region', operator: '=', value: 'eu', condition: '' }];
  const srv = { getAdhocFilters: (name: string) => (name === 'cer' ? filters : []) };
  expect(adhocFilters(srv, 'cer')).toEqual([{ key: 'region', operator: '=', value: 'eu' }]);
  expect(adhocFilters({}, 'cer')).toEqual([]);
  expect(adhocFilters(srv, 'cer', [])).toEqual([]);
});
