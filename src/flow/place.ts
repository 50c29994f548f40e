import { type Frame, Scanner, type Step, type Token } from './scanner';

/** Where the cursor is in a definition, which need not be valid YAML while it is written. */
export interface Place {
  /** The way to the mapping of which a key is written, or to the value. */
  path: Step[];
  /** What is written: a key, a value, or what may become either. */
  kind: Token['kind'];
  /** What is written so far of it, and where that begins. */
  typed: string;
  from: number;
  /** How the value is quoted; a block is text behind | or >. */
  quote: Token['quote'];
  /** Whether the place is in flow style, between braces or brackets. */
  flow: boolean;
  /** The keys that the mapping has beside the one that is written. */
  siblings: string[];
}

/** placeAt returns the place of an offset in a definition; undefined in a comment, and where nothing can be written. */
export function placeAt(text: string, offset: number): Place | undefined {
  const before = new Scanner(text.slice(0, offset));
  const token = before.run();
  if (!token) {
    return undefined;
  }
  const frame = before.mappingOf(token);
  return {
    path: before.path(token),
    kind: token.kind,
    typed: text.slice(token.from, offset),
    from: token.from,
    quote: token.quote,
    flow: before.inFlow(),
    siblings: frame ? siblingsOf(frame, text) : [],
  };
}

/** siblingsOf returns the keys of a mapping, those behind the cursor too. */
function siblingsOf(frame: Frame, text: string): string[] {
  const whole = new Scanner(text);
  whole.run();
  const same = whole.seen.find(({ start, isList }) => start === frame.start && !isList);
  return [...new Set([...frame.keys, ...(same?.keys ?? [])])];
}
