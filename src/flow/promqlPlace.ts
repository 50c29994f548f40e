/** What can be written at the end of a piece of PromQL. */
export interface PromQLPlace {
  /** A metric, or a label or one of its values in a selector. */
  kind: 'metric' | 'label' | 'value';
  /** What is written so far of it. */
  typed: string;
  /** The metric that the selector asks for; none where it is not known. */
  metric?: string;
  /** The label of which a value is written, and the quotes in which. */
  label?: string;
  quote?: string;
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^\s*(?:"([^"]*)"|([a-zA-Z_][a-zA-Z0-9_]*)?)$/;
const VALUE = /^\s*(?:"([^"]*)"|([a-zA-Z_][a-zA-Z0-9_]*))\s*(?:=~|!~|!=|=)\s*(["'`])((?:[^\\]|\\.)*)$/s;
/** What a list of labels in parentheses follows. */
const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*$/i;

/** promqlPlace returns what can be written at the end of a text; undefined for nothing. A list of matchers has no braces. */
export function promqlPlace(text: string, isMatchers = false): PromQLPlace | undefined {
  const whole = isMatchers ? `{${text}` : text;
  const { open, quoted } = brackets(whole);
  const last = open[open.length - 1];
  if (last === undefined) {
    return quoted ? undefined : metricAt(whole);
  }
  const inside = whole.slice(last + 1);
  switch (whole[last]) {
    case '{':
      return inSelector(inside, NAME.exec(whole.slice(0, last).trimEnd())?.[0]);
    case '(':
      if (GROUPING.test(whole.slice(0, last))) {
        return quoted ? undefined : { kind: 'label', typed: NAME.exec(inside)?.[0] ?? '' };
      }
      return quoted ? undefined : metricAt(whole);
    default:
      return undefined;
  }
}

/** metricAt returns the place of a metric, where a number or a function does not end there. */
function metricAt(text: string): PromQLPlace | undefined {
  const typed = NAME.exec(text)?.[0] ?? '';
  const before = text.slice(0, text.length - typed.length);
  return /[0-9.)\]}"'`]$/.test(before) ? undefined : { kind: 'metric', typed };
}

/** inSelector returns the place in what stands behind an opening brace. */
function inSelector(inside: string, before?: string): PromQLPlace | undefined {
  const parts = split(inside);
  const current = parts[parts.length - 1];
  const metric = before ?? named(parts.slice(0, -1));
  const value = VALUE.exec(current);
  if (value) {
    const [, quotedLabel, label, quote, typed] = value;
    return ends(typed, quote) ? undefined : { kind: 'value', label: quotedLabel ?? label, quote, typed, metric };
  }
  const label = LABEL.exec(current);
  return label && label[1] === undefined ? { kind: 'label', typed: label[2] ?? '', metric } : undefined;
}

/** named returns the metric that stands in quotes between the braces, or as the value of __name__. */
function named(parts: string[]): string | undefined {
  for (const part of parts) {
    const match = /^\s*(?:__name__\s*=\s*)?(["'`])(.*)\1\s*$/s.exec(part);
    if (match) {
      return match[2];
    }
  }
  return undefined;
}

/** ends reports whether a quoted text is over. */
function ends(typed: string, quote: string): boolean {
  return typed.replace(/\\./gs, '').includes(quote);
}

/** split returns the parts between commas that do not stand in quotes. */
function split(text: string): string[] {
  const parts = [''];
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quote !== '' && c === '\\') {
      parts[parts.length - 1] += c + (text[++i] ?? '');
      continue;
    }
    if (quote !== '') {
      quote = c === quote ? '' : quote;
    } else if (/["'`]/.test(c)) {
      quote = c;
    } else if (c === ',') {
      parts.push('');
      continue;
    }
    parts[parts.length - 1] += c;
  }
  return parts;
}

/** brackets returns where brackets stand that are open at the end of a text, and whether it ends in quotes. */
function brackets(text: string): { open: number[]; quoted: boolean } {
  const open: number[] = [];
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quote !== '' && c === '\\') {
      i++;
    } else if (quote !== '') {
      quote = c === quote ? '' : quote;
    } else if (/["'`]/.test(c)) {
      quote = c;
    } else if (/[({[]/.test(c)) {
      open.push(i);
    } else if (/[)}\]]/.test(c)) {
      open.pop();
    }
  }
  return { open, quoted: quote !== '' };
}
