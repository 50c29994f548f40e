import { labels } from '../labels';
import table from '../measures.gen.json';
import { LEVELS } from '../types';
import { MEASURES, TABLES } from './measures';

test('every measure and every table has labels', () => {
  const labelled = (names: object) => Object.keys(names).sort();
  expect(labelled(labels.measure)).toEqual([...MEASURES].sort());
  expect(labelled(labels.measureInSentence)).toEqual([...MEASURES].sort());
  expect(labelled(labels.query.tables)).toEqual([...TABLES].sort());
});

test('the columns of the table hold what the editor knows', () => {
  const rows = Object.values(table.measures);
  const values = (column: 'basis' | 'window' | 'unit') => [...new Set<string>(rows.map((row) => row[column]))].sort();
  expect(LEVELS).toEqual(expect.arrayContaining([...new Set(rows.flatMap(({ levels }) => levels))]));
  expect(values('basis')).toEqual(['budgets', 'gates', 'instants', 'policies']);
  expect(values('window')).toEqual(['any', 'budget', 'burn', 'long', 'policy']);
  expect(values('unit')).toContain('money');
});
