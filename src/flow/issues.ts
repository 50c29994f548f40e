import { Issue } from '../types';

/** What the code editor underlines: lines and columns count from 1, the end is exclusive. */
export interface Mark {
  startLineNumber: number;
  startColumn: number;
  endLineNumber: number;
  endColumn: number;
  message: string;
  severity: 'error' | 'warning' | 'hint';
}

/**
 * marks says where the code editor underlines the issues of a definition. An issue without a line belongs to the whole
 * and is marked at the first line. The backend counts characters, the editor UTF-16 units.
 */
export function marks(issues: Issue[], definition: string): Mark[] {
  const lines = definition.split(/\r?\n/);
  return issues.map((issue) => {
    const line = Math.min(Math.max(issue.line, 1), lines.length);
    const text = lines[line - 1];
    const before = [...text].slice(0, Math.max(issue.column, 1) - 1).join('').length;
    const length = issue.text && text.startsWith(issue.text, before) ? issue.text.length : text.length - before;
    return {
      startLineNumber: line,
      startColumn: before + 1,
      endLineNumber: line,
      endColumn: before + 1 + Math.max(length, 1),
      message: issue.message,
      severity: severityOf(issue),
    };
  });
}

/** severityOf says how bad an issue is; a hint is no fault at all. */
export function severityOf({ hint, warning }: Issue): Mark['severity'] {
  return hint ? 'hint' : warning ? 'warning' : 'error';
}
