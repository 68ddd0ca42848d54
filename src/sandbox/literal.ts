/**
 * Values as Python literals, both ways: text for people and models, and a parser of our own for text that a model wrote. Never evaluates, never
 * throws. Not a Python parser: names, calls and operators are malformed, but for a sign and the few spellings of values without a literal.
 */
import {
  compareValues,
  floatNumber,
  floatValue,
  intValue,
  isHashable,
  sameKey,
  type Value,
} from './value.ts';

/** Why a text is no answer, and at which character. */
export interface ParseFailure {
  readonly malformed: string;
  readonly at: number;
}

/** Longer answers are malformed: no honest one is. */
const longest = 64 * 1024;
const deepest = 50;
const mostDigits = 4300;

/**
 * One answer of a model: JSON, else a Python literal. Duplicate keys, anything after the answer and numbers that are not finite are
 * malformed.
 */
export function parseAnswer(text: string): Value | ParseFailure {
  const json = parse(text, 'json');
  if (!('malformed' in json)) return json;
  const python = parse(text, 'python');
  if (!('malformed' in python)) return python;
  return json.at > python.at ? json : python;
}

/** A Python literal from a trusted source; also `float('nan')`, `float('inf')` and what `toLiteral` writes for them. */
export function parseLiteral(text: string): Value | ParseFailure {
  return parse(text, 'literal');
}

/** Python literal of a value, as `repr` writes it; sets in natural order. Opaque and cut values are shown, not parseable: `<name>`, `...`. */
export function toLiteral(value: Value): string {
  switch (value.type) {
    case 'none':
      return 'None';
    case 'bool':
      return value.value ? 'True' : 'False';
    case 'int':
      return String(value.value);
    case 'float':
      return floatLiteral(floatNumber(value.value));
    case 'str':
      return stringLiteral(value.value) + (value.rest ? '...' : '');
    case 'list':
      return `[${inside(value.items, value.rest)}]`;
    case 'tuple':
      return value.items.length === 1 && !value.rest
        ? `(${toLiteral(value.items[0]!)},)`
        : `(${inside(value.items, value.rest)})`;
    case 'set':
      return value.items.length === 0 ? 'set()' : `{${inside(value.items, value.rest)}}`;
    case 'frozenset':
      return value.items.length === 0 ? 'frozenset()' : `frozenset({${inside(value.items, value.rest)}})`;
    case 'dict': {
      const entries = value.entries.map(([key, item]) => `${toLiteral(key)}: ${toLiteral(item)}`);
      return `{${[...entries, ...(value.rest ? ['...'] : [])].join(', ')}}`;
    }
    case 'ref':
      return '...';
    case 'opaque':
      return `<${value.name}>`;
  }
}

function inside(items: readonly Value[], rest: number | undefined): string {
  return [...items.map(toLiteral), ...(rest ? ['...'] : [])].join(', ');
}

/** Shortest digits that read back as the same double, laid out by Python's rule: exponent below -4 or from 16 on. */
export function floatLiteral(x: number): string {
  if (Number.isNaN(x)) return "float('nan')";
  if (!Number.isFinite(x)) return x > 0 ? "float('inf')" : "float('-inf')";
  const sign = x < 0 || Object.is(x, -0) ? '-' : '';
  const [mantissa = '0', exponent = '0'] = Math.abs(x).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    const size = String(Math.abs(power)).padStart(2, '0');
    return `${sign}${mantissa}e${power < 0 ? '-' : '+'}${size}`;
  }
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, '0');
  return `${sign}${whole}.${digits.slice(power + 1) || '0'}`;
}

const named: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

function stringLiteral(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = quote;
  for (const char of text) {
    if (char === quote) out += '\\' + char;
    else if (named[char] !== undefined) out += named[char];
    else if (char !== ' ' && /[\p{C}\p{Z}]/u.test(char)) out += escape(char.codePointAt(0)!);
    else out += char;
  }
  return out + quote;
}

function escape(code: number): string {
  if (code < 0x100) return '\\x' + code.toString(16).padStart(2, '0');
  if (code < 0x10000) return '\\u' + code.toString(16).padStart(4, '0');
  return '\\U' + code.toString(16).padStart(8, '0');
}

type Dialect = 'json' | 'python' | 'literal';

class Malformed extends Error {
  constructor(
    readonly reason: string,
    readonly at: number,
  ) {
    super(reason);
  }
}

function parse(text: string, dialect: Dialect): Value | ParseFailure {
  if (text.length > longest) return { malformed: 'longer than any answer', at: longest };
  const parser = new Parser(text, dialect);
  try {
    return parser.whole();
  } catch (error) {
    if (error instanceof Malformed) return { malformed: error.reason, at: error.at };
    return { malformed: 'not a value', at: 0 };
  }
}

class Parser {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly dialect: Dialect,
  ) {}

  whole(): Value {
    const value = this.value();
    this.space();
    if (this.at < this.text.length) this.fail('something follows the answer');
    return value;
  }

  private fail(reason: string): never {
    throw new Malformed(reason, this.at);
  }

  private space(): void {
    while (this.at < this.text.length && ' \t\r\n'.includes(this.text[this.at]!)) this.at += 1;
  }

  private peek(): string {
    this.space();
    return this.text[this.at] ?? '';
  }

  private take(char: string): boolean {
    if (this.peek() !== char) return false;
    this.at += 1;
    return true;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private value(): Value {
    if (++this.depth > deepest) this.fail('nested too deep');
    const char = this.peek();
    let value: Value;
    if (char === '[') value = { type: 'list', items: this.items('[', ']') };
    else if (char === '{') value = this.dialect === 'json' ? this.jsonObject() : this.braces();
    else if (char === '"' || (char === "'" && this.dialect !== 'json'))
      value = { type: 'str', value: this.string(false) };
    else if (char === '(' && this.dialect !== 'json') value = this.brackets();
    else if (/[-+.\d]/.test(char)) value = this.number();
    else value = this.word();
    this.depth -= 1;
    return value;
  }

  /** Comma-separated values up to the closing bracket; a trailing comma is Python's alone. */
  private items(open: string, close: string): Value[] {
    this.take(open);
    const items: Value[] = [];
    while (!this.take(close)) {
      if (items.length > 0 && !this.take(',')) this.fail(`expected , or ${close}`);
      if (items.length > 0 && this.dialect !== 'json' && this.take(close)) return items;
      items.push(this.value());
    }
    return items;
  }

  private brackets(): Value {
    this.take('(');
    if (this.take(')')) return { type: 'tuple', items: [] };
    const first = this.value();
    if (this.take(')')) return first;
    const items = [first];
    while (this.take(',')) {
      if (this.peek() === ')') break;
      items.push(this.value());
    }
    if (!this.take(')')) this.fail('expected )');
    return { type: 'tuple', items };
  }

  private jsonObject(): Value {
    this.take('{');
    const entries: [Value, Value][] = [];
    while (!this.take('}')) {
      if (entries.length > 0 && !this.take(',')) this.fail('expected , or }');
      if (this.peek() !== '"') this.fail('expected a key');
      this.entry(entries, { type: 'str', value: this.string(false) });
    }
    return { type: 'dict', entries };
  }

  /** A dict or a set. */
  private braces(): Value {
    this.take('{');
    if (this.take('}')) return { type: 'dict', entries: [] };
    const first = this.value();
    if (this.peek() === ':') {
      const entries: [Value, Value][] = [];
      this.entry(entries, first);
      while (this.take(',')) {
        if (this.peek() === '}') break;
        this.entry(entries, this.value());
      }
      if (!this.take('}')) this.fail('expected }');
      return { type: 'dict', entries };
    }
    const items = [first];
    while (this.take(',')) {
      if (this.peek() === '}') break;
      items.push(this.value());
    }
    if (!this.take('}')) this.fail('expected }');
    return { type: 'set', items: this.members(items) };
  }

  private entry(entries: [Value, Value][], key: Value): void {
    if (!isHashable(key)) this.fail('this cannot be a key');
    if (entries.length > 2000) this.fail('too many keys');
    if (entries.some(([other]) => sameKey(other, key))) this.fail('duplicate key');
    if (!this.take(':')) this.fail('expected :');
    entries.push([key, this.value()]);
  }

  private members(items: readonly Value[]): Value[] {
    if (!items.every(isHashable)) this.fail('this cannot be in a set');
    if (items.length > 2000) this.fail('too many items');
    const kept = items.filter((item, index) => !items.slice(0, index).some((other) => sameKey(other, item)));
    return kept.sort(compareValues);
  }

  private number(): Value {
    const start = this.at;
    if (this.dialect === 'json') {
      const text = this.match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y);
      if (text === undefined) this.fail('not a number');
      return /[.eE]/.test(text) ? this.float(text, start) : this.int(text, start);
    }
    let sign = '';
    for (;;) {
      if (this.take('-')) sign = sign === '-' ? '' : '-';
      else if (!this.take('+')) break;
    }
    this.space();
    const special = this.dialect === 'literal' ? this.match(/float\('(?:nan|inf|-inf)'\)/y) : undefined;
    if (special !== undefined) {
      const x = { nan: NaN, inf: Infinity, '-inf': -Infinity }[special.slice(7, -2)]!;
      return floatValue(sign === '-' ? -x : x);
    }
    const radix = this.match(/0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+/y);
    const float =
      radix ??
      this.match(
        /(?:(?:\d(?:_?\d)*)?\.\d(?:_?\d)*|\d(?:_?\d)*\.)(?:[eE][-+]?\d(?:_?\d)*)?|\d(?:_?\d)*[eE][-+]?\d(?:_?\d)*/y,
      );
    const text = float ?? this.match(/[1-9](?:_?\d)*|0(?:_?0)*/y);
    if (text === undefined || /[\w.]/.test(this.text[this.at] ?? '')) this.fail('not a number');
    const plain = text.replaceAll('_', '');
    if (radix !== undefined) {
      if (plain.length > mostDigits) this.fail('too many digits');
      return this.int(sign + BigInt(plain).toString(), start);
    }
    return float === undefined ? this.int(sign + plain, start) : this.float(sign + plain, start);
  }

  private int(text: string, start: number): Value {
    if (text.length > mostDigits) throw new Malformed('too many digits', start);
    return intValue(text.replace(/^-?0+$/, '0'));
  }

  private float(text: string, start: number): Value {
    const x = Number(text);
    if (!Number.isFinite(x) && this.dialect !== 'literal') throw new Malformed('not a finite number', start);
    return floatValue(x);
  }

  private word(): Value {
    const start = this.at;
    const word = this.match(/[A-Za-z_]\w*/y) ?? '';
    const next = this.text[this.at] ?? '';
    if (this.dialect === 'json') {
      if (word === 'true' || word === 'false') return { type: 'bool', value: word === 'true' };
      if (word === 'null') return { type: 'none' };
    } else {
      if (word === 'True' || word === 'False') return { type: 'bool', value: word === 'True' };
      if (word === 'None') return { type: 'none' };
      if (/^[rRuU]$/.test(word) && (next === '"' || next === "'"))
        return { type: 'str', value: this.string(/r/i.test(word)) };
      if ((word === 'set' || word === 'frozenset') && next === '(') return this.setCall(word);
      if (word === 'float' && next === '(' && this.dialect === 'literal') {
        this.at = start;
        return this.number();
      }
    }
    throw new Malformed(word ? `${word} is not a value` : 'expected a value', start);
  }

  /** `set()`, `frozenset()` and those of one display: values that have no literal of their own. */
  private setCall(type: 'set' | 'frozenset'): Value {
    this.take('(');
    if (this.take(')')) return { type, items: [] };
    const of = this.value();
    if (!this.take(')')) this.fail('expected )');
    if (of.type !== 'set' && of.type !== 'list' && of.type !== 'tuple') this.fail('expected a set');
    return { type, items: this.members(of.items) };
  }

  private string(raw: boolean): string {
    const quote = this.text[this.at]!;
    const long = this.dialect !== 'json' && this.text.startsWith(quote.repeat(3), this.at);
    const end = long ? quote.repeat(3) : quote;
    this.at += end.length;
    let out = '';
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined) this.fail('a string does not end');
      if (this.text.startsWith(end, this.at)) break;
      if (char === '\n' && !long) this.fail('a line ends inside a string');
      if (this.dialect === 'json' && char < ' ') this.fail('a control character inside a string');
      this.at += 1;
      if (char !== '\\') out += char;
      else if (raw) out += char + (this.text[this.at++] ?? this.fail('a string does not end'));
      else out += this.escaped();
    }
    this.at += end.length;
    return out;
  }

  private escaped(): string {
    const json = this.dialect === 'json';
    const char = this.text[this.at++] ?? this.fail('a string does not end');
    const simple: Record<string, string> = json
      ? { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
      : {
          "'": "'",
          '"': '"',
          '\\': '\\',
          '\n': '',
          a: '\x07',
          b: '\b',
          f: '\f',
          n: '\n',
          r: '\r',
          t: '\t',
          v: '\v',
        };
    const plain = Object.hasOwn(simple, char) ? simple[char] : undefined;
    if (plain !== undefined) return plain;
    if (char === 'u') return String.fromCharCode(this.hex(4));
    if (json) this.fail('unknown escape');
    if (char === 'x') return String.fromCharCode(this.hex(2));
    if (char === 'U') {
      const code = this.hex(8);
      if (code > 0x10ffff) this.fail('no such character');
      return String.fromCodePoint(code);
    }
    if (/[0-7]/.test(char)) {
      this.at -= 1;
      return String.fromCharCode(parseInt(this.match(/[0-7]{1,3}/y)!, 8));
    }
    if (char === 'N') this.fail('named characters are not read');
    return '\\' + char;
  }

  private hex(length: number): number {
    const digits = this.text.slice(this.at, this.at + length);
    if (digits.length < length || !/^[\da-fA-F]+$/.test(digits)) this.fail('a broken escape');
    this.at += length;
    return parseInt(digits, 16);
  }
}
