import { Issue } from '../types';
import { marks } from './issues';

const yaml = 'a: 1\n  wieght: 5\nü😀: x';

test.each<[string, Partial<Issue>, { line: number; from: number; to: number }]>([
  ['the text that is wrong', { line: 2, column: 3, text: 'wieght' }, { line: 2, from: 3, to: 9 }],
  ['the rest of the line where the text is not known', { line: 2, column: 3 }, { line: 2, from: 3, to: 12 }],
  [
    'the rest of the line where the text was shortened',
    { line: 2, column: 11, text: '5…' },
    { line: 2, from: 11, to: 12 },
  ],
  ['characters of two UTF-16 units', { line: 3, column: 5, text: 'x' }, { line: 3, from: 6, to: 7 }],
  ['the first line for an issue of the whole', { line: 0, column: 0 }, { line: 1, from: 1, to: 5 }],
  ['the last line for a definition that has become shorter', { line: 9, column: 1 }, { line: 3, from: 1, to: 7 }],
  ['a place behind the end of a line', { line: 1, column: 40 }, { line: 1, from: 5, to: 6 }],
])('marks %s', (_, issue, { line, from, to }) => {
  expect(marks([{ line: 1, column: 1, message: 'm', ...issue }], yaml)).toEqual([
    { startLineNumber: line, endLineNumber: line, startColumn: from, endColumn: to, message: 'm', severity: 'error' },
  ]);
});

test('marks warnings and hints as such', () => {
  expect(marks([{ line: 1, column: 1, message: 'm', warning: true }], yaml)[0].severity).toBe('warning');
  expect(marks([{ line: 1, column: 1, message: 'm', hint: true }], yaml)[0].severity).toBe('hint');
});
