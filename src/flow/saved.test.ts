import annotations from '../testing/saved/annotations.json';
import documents from '../testing/saved/documents.json';
import editors from '../testing/saved/editors.json';
import panels from '../testing/saved/panels.json';
import rules from '../testing/saved/rules.json';
import variables from '../testing/saved/variables.json';
import { CerQuery } from '../types';
import { migrate } from './query';
import { completeVariable } from './variable';

/** A query as some version saved it, and what it means. The backend is held against the same files by pkg/query. */
interface Saved {
  commit?: string;
  place: string;
  query: object;
  means: object;
}

const saved: Record<string, Saved[]> = { annotations, documents, editors, panels, rules };

/** A query whose lists are sorted, as the backend reads them. */
function sorted(query: CerQuery): object {
  const inOrder = (value: unknown) => (Array.isArray(value) ? [...(value as unknown[])].sort() : value);
  const fields = Object.entries(query).map(([name, value]) => [name, inOrder(value)]);
  const where = Object.entries(query.where ?? {}).map(([name, cohorts]) => [name, inOrder(cohorts)]);
  return { ...Object.fromEntries(fields), where: Object.fromEntries(where) };
}

describe.each(Object.keys(saved))('saved queries of %s', (kind) => {
  test.each(saved[kind])('$commit $place', ({ query, means }) => {
    const ofGrafana = Object.entries(query).filter(([name]) => ['intervalMs', 'maxDataPoints'].includes(name));
    expect(sorted(migrate(query))).toEqual({ ...Object.fromEntries(ofGrafana), ...means });
  });

  test.each(saved[kind])('$commit $place is not changed again', ({ means }) => {
    expect(sorted(migrate(means))).toEqual(means);
  });
});

test.each<Saved>(variables)('the variable of $commit $place', ({ query, means }) => {
  expect(completeVariable(query)).toEqual(means);
  expect(completeVariable(means)).toEqual(means);
});
