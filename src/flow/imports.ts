import { ImportIssue, ImportSource } from '../types';

/** What a text is called that was pasted rather than read from a file. */
export const PASTED = 'pasted.yaml';

/** sourcesOf lists files, and a text that was pasted if there is one. */
export function sourcesOf(files: ImportSource[], text: string): ImportSource[] {
  return text.trim() === '' ? files : [...files, { name: PASTED, content: text }];
}

/** readFiles reads chosen files as text. */
export function readFiles(files: File[]): Promise<ImportSource[]> {
  return Promise.all(files.map(readFile));
}

function readFile(file: File): Promise<ImportSource> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve({ name: file.name, content: String(reader.result) });
    reader.onerror = () => reject(reader.error);
    reader.readAsText(file);
  });
}

/** issueText is an issue on one line. */
export function issueText({ file, line, column, path, message, text }: ImportIssue): string {
  return `${file}:${line}:${column}: ${path ? `${path}: ` : ''}${message}${text ? ` (here: ${text})` : ''}`;
}
