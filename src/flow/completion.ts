import { isSeq, parseAllDocuments } from 'yaml';
import { Place, placeAt } from './place';
import { Step } from './scanner';
import { promqlPlace, PromQLPlace } from './promqlPlace';
import { Choice, fieldsAt, mediaAt, wordsAt } from './schema';

/** What can be put into a definition in the place of what is written there between two offsets. */
export interface Suggestion {
  label: string;
  kind: 'field' | 'word' | 'metric' | 'label' | 'value';
  /** A sentence on it; '' where there is none. */
  doc: string;
  insert: string;
  from: number;
  to: number;
}

/** suggestionsAt returns the fields and words that can stand at an offset of a definition, those that are needed first. */
export function suggestionsAt(text: string, offset: number): Suggestion[] {
  const place = placeAt(text, offset);
  if (!place || place.quote !== '') {
    return [];
  }
  const rest = text.slice(offset);
  const between = { from: place.from, to: offset + (/^[\w.-]*/.exec(rest)?.[0].length ?? 0) };
  const isNamed = /^[\w.-]*\s*:/.test(rest);
  const fields = place.kind === 'value' ? [] : fieldsAt(place.path).filter(({ name }) => isNew(place, name));
  const words = place.kind === 'key' ? [] : wordsAt(place.path);
  return [
    ...[...fields]
      .sort((a, b) => Number(b.required) - Number(a.required))
      .map((field) => ({
        label: field.name,
        kind: 'field' as const,
        doc: field.doc,
        insert: isNamed ? field.name : `${field.name}:${field.nests && !place.flow ? '' : ' '}`,
        ...between,
      })),
    ...words.map(({ name, doc }) => ({ label: name, kind: 'word' as const, doc, insert: name, ...between })),
  ];
}

/** isNew reports whether a mapping lacks a field, or it is the one that is being written. */
function isNew({ siblings, typed }: Place, name: string): boolean {
  return name === typed || !siblings.includes(name);
}

/** What the editor explains: a sentence on what stands between two offsets. */
export interface Explanation {
  doc: string;
  from: number;
  to: number;
}

/** explanationAt returns what the field or the word at an offset of a definition means; undefined where there is none. */
export function explanationAt(text: string, offset: number): Explanation | undefined {
  const end = offset + (/^[\w-]*/.exec(text.slice(offset))?.[0].length ?? 0);
  const place = placeAt(text, end);
  if (!place || place.typed === '') {
    return undefined;
  }
  const isKey = place.kind !== 'value' && /^["']?\s*:/.test(text.slice(end));
  const choices: Choice[] = isKey ? fieldsAt(place.path) : wordsAt(place.path);
  const doc = choices.find(({ name }) => name === place.typed)?.doc;
  return doc ? { doc, from: place.from, to: end } : undefined;
}

/** What the store is asked for, so that PromQL can be completed. */
export interface StoreQuestion extends PromQLPlace {
  /** The matchers that are forced onto selectors in this place; undefined where the definition does not say. */
  trust?: string[];
  /** Whether a histogram is asked for, by its name without _bucket. */
  isHistogram: boolean;
  /** How the text is quoted in YAML. */
  yamlQuote: Place['quote'];
  from: number;
  to: number;
}

/** storeQuestionAt returns what to ask the store for at an offset of a definition; undefined for nothing. */
export function storeQuestionAt(text: string, offset: number): StoreQuestion | undefined {
  const place = placeAt(text, offset);
  const media = place && place.kind !== 'key' ? mediaAt(place.path) : undefined;
  if (!place || !media) {
    return undefined;
  }
  const at = promqlPlace(unquoted(place.typed, place.quote), media === 'text/x-promql-matchers');
  return (
    at && {
      ...at,
      trust: trustAt(text, offset, place.path),
      isHistogram: place.path[place.path.length - 1] === 'histogram',
      yamlQuote: place.quote,
      from: offset - at.typed.length,
      to: offset + (/^[\w:]*/.exec(text.slice(offset))?.[0].length ?? 0),
    }
  );
}

/** unquoted returns what a text that begins in quotes stands for. */
function unquoted(text: string, quote: Place['quote']): string {
  switch (quote) {
    case "'":
      return text.replace(/''/g, "'");
    case '"':
      return text.replace(/\\(.)/gs, '$1');
    default:
      return text;
  }
}

/** quoted writes a text into a place that is in quotes. */
function quoted(text: string, quote: Place['quote']): string {
  switch (quote) {
    case "'":
      return text.replace(/'/g, "''");
    case '"':
      return text.replace(/[\\"]/g, '\\$&');
    default:
      return text;
  }
}

/** trustAt returns the matchers that the innermost mapping around a place states, as far as the definition can be read. */
function trustAt(text: string, offset: number, path: Step[]): string[] | undefined {
  const document = parseAllDocuments(text).find(({ range }) => Array.isArray(range) && offset <= range[2]);
  for (let length = path.length; document && length > 0; length--) {
    const list: unknown = document.getIn([...path.slice(0, length), 'trust']);
    if (isSeq(list)) {
      return list.toJSON().filter((matcher: unknown) => typeof matcher === 'string');
    }
  }
  return undefined;
}

const PLAIN_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const PLAIN_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** storeSuggestions returns what the store's names are in a definition. */
export function storeSuggestions(question: StoreQuestion, names: string[]): Suggestion[] {
  const { kind, from, to, isHistogram, yamlQuote } = question;
  const all = kind === 'metric' && isHistogram ? histogramsFirst(names) : names;
  return all.map((name) => ({
    label: name,
    kind,
    doc: '',
    insert: quoted(written(name, question), yamlQuote),
    from,
    to,
  }));
}

/** written returns a name as PromQL has it. */
function written(name: string, { kind, quote = '"' }: StoreQuestion): string {
  const text = name.replace(/\\/g, '\\\\').replace(new RegExp(quote, 'g'), `\\${quote}`);
  switch (kind) {
    case 'metric':
      return PLAIN_METRIC.test(name) ? name : `{"${text}"}`;
    case 'label':
      return PLAIN_LABEL.test(name) ? name : `"${text}"`;
    default:
      return quote === '`' ? name : text;
  }
}

/** histogramsOf returns the names of histograms among those of metrics, without _bucket. */
export function histogramsOf(names: string[]): string[] {
  return names.filter((name) => name.endsWith('_bucket')).map((name) => name.slice(0, -'_bucket'.length));
}

/** histogramsFirst returns the names of metrics without those of the parts of a histogram, which stands at the start by its own. */
function histogramsFirst(names: string[]): string[] {
  const own = histogramsOf(names);
  const parts = new Set(own.flatMap((name) => ['_bucket', '_count', '_sum', ''].map((suffix) => name + suffix)));
  return [...own, ...names.filter((name) => !parts.has(name))];
}
