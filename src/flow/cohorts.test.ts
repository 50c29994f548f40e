import { adhocFilters, keepsAll } from './cohorts';

test.each([
  [[], true],
  [['$__all'], true],
  [['.*'], true],
  [['eu'], false],
])('%j keeps all: %s', (cohorts, all) => {
  expect(keepsAll(cohorts)).toBe(all);
});

test('ad hoc filters are those of the data source, as far as Grafana knows any', () => {
  const filters = [{ key: 'region', operator: '=', value: 'eu', condition: '' }];
  const srv = { getAdhocFilters: (name: string) => (name === 'cer' ? filters : []) };
  expect(adhocFilters(srv, 'cer')).toEqual([{ key: 'region', operator: '=', value: 'eu' }]);
  expect(adhocFilters({}, 'cer')).toEqual([]);
});
