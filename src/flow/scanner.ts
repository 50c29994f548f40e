/** A step of the way to a place in a definition: the name of a field, or the position in a list. */
export type Step = string | number;

/** A mapping or a list that is not over yet. */
export interface Frame {
  isList: boolean;
  /** The column of its keys or dashes; -1 in flow style. */
  indent: number;
  flow: boolean;
  /** Where its first key, dash or bracket stands. */
  start: number;
  /** Its keys, and the position in the list. */
  keys: string[];
  index: number;
  /** The key whose value is being read. */
  key?: string;
}

/** What is being read where the text ends. */
export interface Token {
  /** A key, a value, or what may become either. */
  kind: 'key' | 'value' | 'either';
  from: number;
  /** How the value is quoted; a block is text behind | or >. */
  quote: '' | "'" | '"' | 'block';
}

const BLANK = /^\s*(#.*)?$/;
/** The properties of a node, which stand before it: an anchor and a tag. */
const PROPERTIES = /^(?:[&!][^\s,[\]{}]*\s+)+/;
const KEY = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#'"[\]{},&*!|>%@`-][^#]*?|-[^\s#][^#]*?)\s*:(?=\s|$)/;
const BLOCK = /^[|>][-+0-9]*\s*(#.*)?$/;

/**
 * A scanner of YAML that takes what it is given: it follows indentation and brackets, and knows which mappings and lists the
 * end of the text is in.
 */
export class Scanner {
  /** All mappings and lists so far. */
  seen: Frame[] = [];
  private stack: Frame[] = [];
  private at = 0;

  constructor(private readonly text: string) {}

  /** Reads to the end of the text, and returns what is being read there. */
  run(): Token | undefined {
    let token: Token | undefined;
    while (this.at <= this.text.length) {
      token = this.line();
      this.at++; // The line break.
    }
    return token;
  }

  /** The way to what is being read. A list that is not begun yet, and a value that is, are below the key they belong to. */
  path(token: Token): Step[] {
    const own = this.mappingOf(token);
    return this.stack.flatMap((frame): Step[] => {
      if (frame.isList) {
        return [frame.index];
      }
      return frame.key !== undefined && !(frame === own && token.kind === 'key') ? [frame.key] : [];
    });
  }

  /** The mapping of which a key is being read; undefined where it is none, or the first key. */
  mappingOf({ kind }: Token): Frame | undefined {
    const top = this.stack[this.stack.length - 1];
    return kind === 'key' && top && !top.isList ? top : undefined;
  }

  inFlow(): boolean {
    return this.top()?.flow ?? false;
  }

  private top(): Frame | undefined {
    return this.stack[this.stack.length - 1];
  }

  private push(isList: boolean, indent: number, flow: boolean): Frame {
    const frame: Frame = { isList, indent, flow, start: this.at, keys: [], index: -1 };
    this.stack.push(frame);
    this.seen.push(frame);
    return frame;
  }

  /** The rest of the line. */
  private rest(): string {
    const end = this.text.indexOf('\n', this.at);
    return this.text.slice(this.at, end < 0 ? undefined : end).replace(/\r$/, '');
  }

  /** Whether the text ends with the line. */
  private isLast(): boolean {
    return this.text.indexOf('\n', this.at) < 0;
  }

  private column(): number {
    return this.at - (this.text.lastIndexOf('\n', this.at - 1) + 1);
  }

  private skipLine(): undefined {
    const end = this.text.indexOf('\n', this.at);
    this.at = end < 0 ? this.text.length : end;
    return undefined;
  }

  /** Reads a line in block style, and what begins in it. */
  private line(): Token | undefined {
    const line = this.rest();
    const indent = line.length - line.trimStart().length;
    if (BLANK.test(line)) {
      const token = this.isLast() && !line.includes('#') ? this.blank(indent) : undefined;
      this.skipLine();
      return token;
    }
    if (/^(---|\.\.\.)(\s|$)/.test(line)) {
      this.stack = [];
      return this.skipLine();
    }
    const isItem = /^\s*-(\s|$)/.test(line);
    this.leave((frame) => frame.indent > indent || (!isItem && frame.isList && frame.indent === indent));
    this.at += indent;
    return this.items();
  }

  /** Ends mappings and lists, the innermost first. */
  private leave(isOver: (frame: Frame) => boolean) {
    while (this.stack.length > 0 && isOver(this.stack[this.stack.length - 1])) {
      this.stack.pop();
    }
  }

  /** The cursor on an empty line, in a column. */
  private blank(column: number): Token {
    this.leave((frame) => frame.indent > column || (frame.isList && frame.indent === column));
    const top = this.top();
    const isKey = top === undefined || (!top.isList && top.indent === column);
    return { kind: isKey ? 'key' : 'either', from: this.text.length, quote: '' };
  }

  /** Reads the dashes that a line begins with, and what is behind them. */
  private items(): Token | undefined {
    while (/^-(\s|$)/.test(this.rest())) {
      const column = this.column();
      const top = this.top();
      const list = top?.isList && top.indent === column ? top : this.push(true, column, false);
      list.index++;
      this.at++;
      const space = this.rest();
      this.at += space.length - space.trimStart().length;
      if (this.rest() === '') {
        return this.isLast() && space !== '' ? { kind: 'either', from: this.at, quote: '' } : undefined;
      }
    }
    return this.entry();
  }

  /** Reads a key and its value, or a value alone, in block style. */
  private entry(): Token | undefined {
    const match = KEY.exec(this.rest());
    const column = this.column();
    if (!match) {
      const top = this.top();
      return this.value(top && !top.isList && top.indent === column ? 'key' : 'either');
    }
    const top = this.top();
    const mapping = top && !top.isList && top.indent === column ? top : this.push(false, column, false);
    this.named(mapping, match[1]);
    this.at += match[0].length;
    const space = this.rest();
    this.at += space.length - space.trimStart().length;
    if (space === '' || (space.trim() === '' && !this.isLast())) {
      return undefined;
    }
    return this.value('value');
  }

  private named(mapping: Frame, written: string) {
    mapping.key = written.replace(/^(["'])(.*)\1$/s, '$2');
    mapping.keys.push(mapping.key);
  }

  /** Reads a value in block style, or what may become a key. */
  private value(kind: Token['kind']): Token | undefined {
    const properties = PROPERTIES.exec(this.rest())?.[0] ?? '';
    this.at += properties.length;
    const rest = this.rest();
    if (BLOCK.test(rest)) {
      return this.block();
    }
    if (/^[{[]/.test(rest)) {
      return this.flow();
    }
    if (/^["']/.test(rest)) {
      return this.quoted(kind, this.blockIndent()) ?? this.skipLine();
    }
    return rest.startsWith('#') ? this.skipLine() : this.plain(kind, rest);
  }

  /** Reads a plain value to the end of its line. */
  private plain(kind: Token['kind'], rest: string): Token | undefined {
    const from = this.at;
    const isLast = this.isLast();
    const comment = /\s#/.test(rest);
    this.skipLine();
    return isLast && !comment ? { kind, from, quote: '' } : undefined;
  }

  /** The column of the innermost mapping or list in block style, left of which what it holds is over. */
  private blockIndent(): number {
    for (let i = this.stack.length - 1; i >= 0; i--) {
      if (!this.stack[i].flow) {
        return this.stack[i].indent;
      }
    }
    return -1;
  }

  /** Reads the lines of a text behind | or >. */
  private block(): Token | undefined {
    const indent = this.blockIndent();
    this.skipLine();
    const from = Math.min(this.at + 1, this.text.length);
    while (this.at < this.text.length) {
      const end = this.text.indexOf('\n', this.at + 1);
      const line = this.text.slice(this.at + 1, end < 0 ? undefined : end);
      const own = line.length - line.trimStart().length;
      if (line.trim() !== '' && own <= indent) {
        return undefined;
      }
      if (end < 0) {
        this.at = this.text.length;
        return line.trim() === '' && own <= indent ? this.blank(own) : { kind: 'value', from, quote: 'block' };
      }
      this.at = end;
    }
    return undefined;
  }

  /** Reads a quoted value, which may go on over lines; it ends where a line stands too far left. */
  private quoted(kind: Token['kind'], indent: number): Token | undefined {
    const quote = this.text[this.at] as "'" | '"';
    const from = ++this.at;
    for (; this.at < this.text.length; this.at++) {
      const c = this.text[this.at];
      if (c === '\\' && quote === '"') {
        this.at++;
      } else if (c === quote && quote === "'" && this.text[this.at + 1] === "'") {
        this.at++;
      } else if (c === quote) {
        this.at++;
        return undefined;
      } else if (c === '\n' && this.isLeft(indent)) {
        return undefined;
      }
    }
    this.at = Math.min(this.at, this.text.length);
    return { kind, from, quote };
  }

  /** Whether the next line begins left of what a value in block style at a column may hold. */
  private isLeft(indent: number): boolean {
    const line = /^[ \t]*(?=[^\s#])/.exec(this.text.slice(this.at + 1));
    return line !== null && line[0].length <= indent;
  }

  /** Reads what stands between braces or brackets, which may go on over lines. */
  private flow(): Token | undefined {
    const outer = this.stack.length;
    const indent = this.blockIndent();
    let token: Token | undefined;
    do {
      token = this.flowPart(indent);
    } while (token === undefined && this.stack.length > outer && this.at < this.text.length && !this.isOver(indent));
    if (token === undefined && this.stack.length > outer && this.at >= this.text.length) {
      return this.awaited();
    }
    if (token === undefined) {
      this.stack.length = outer;
      this.skipLine();
    }
    return token;
  }

  /** Whether a bracket was never closed: the next line begins too far left. */
  private isOver(indent: number): boolean {
    return this.text[this.at] === '\n' && this.isLeft(indent);
  }

  /** What is being written in flow style where the text ends between two parts. */
  private awaited(): Token | undefined {
    const top = this.top();
    if (/#[^\n]*$/.test(this.text.slice(this.text.lastIndexOf('\n') + 1).replace(/"[^"]*"|'[^']*'/g, ''))) {
      return undefined;
    }
    const kind = top?.isList ? 'either' : top?.key === undefined ? 'key' : 'value';
    const isBehind = kind === 'value' && !/:\s+$/.test(this.text);
    return isBehind ? undefined : { kind, from: this.text.length, quote: '' };
  }

  /** Reads one part of what is in flow style: a bracket, a comma, a key or a value. */
  private flowPart(indent: number): Token | undefined {
    const top = this.top();
    const c = this.text[this.at];
    if (!/[\s{}[\],]/.test(c)) {
      return c === '#' && /\s/.test(this.text[this.at - 1]) ? this.skipLine() : this.flowScalar(indent);
    }
    if (c === '{' || c === '[') {
      this.push(c === '[', -1, true).index = 0;
    } else if (c === '}' || c === ']') {
      this.stack.pop();
    } else if (c === ',' && top) {
      top.key = undefined;
      top.index++;
    }
    this.at++;
    return undefined;
  }

  /** Reads a key or a value in flow style. */
  private flowScalar(indent: number): Token | undefined {
    const top = this.top();
    const kind: Token['kind'] = top?.isList ? 'either' : top?.key === undefined ? 'key' : 'value';
    const from = this.at;
    const c = this.text[this.at];
    if (c === '"' || c === "'") {
      const token = this.quoted(kind, indent);
      if (token) {
        return token;
      }
    } else {
      const properties = PROPERTIES.exec(this.rest())?.[0] ?? '';
      this.at += properties.length;
      const written = plainInFlow(this.rest());
      this.at += Math.max(written.length, properties.length === 0 ? 1 : 0);
      if (this.at >= this.text.length && !/\s$/.test(written)) {
        return { kind, from: from + properties.length, quote: '' };
      }
    }
    const colon = kind === 'key' ? /^\s*:/.exec(this.text.slice(this.at)) : null;
    if (colon && top) {
      this.named(top, this.text.slice(from, this.at).trim());
      this.at += colon[0].length;
    }
    return undefined;
  }
}

/** plainInFlow returns the plain key or value that a text in flow style begins with; braces of a selector belong to it. */
function plainInFlow(text: string): string {
  let depth = 0;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quote !== '') {
      quote = c === quote ? '' : quote;
    } else if (depth > 0 && (c === '"' || c === "'")) {
      quote = c;
    } else if ((c === '{' || c === '[' || c === '(') && i > 0) {
      depth++;
    } else if (depth > 0 && (c === '}' || c === ']' || c === ')')) {
      depth--;
    } else if (
      depth === 0 &&
      (/[,{}[\]]/.test(c) || /^:(\s|$|[,{}[\]])/.test(text.slice(i)) || /^\s#/.test(text.slice(i)))
    ) {
      return text.slice(0, i);
    }
  }
  return text;
}
