/**
 * Values as Python literals, both ways: text for people and models, and the reading of text that a model
 * wrote, which never evaluates and never throws. The grammar that is read is in literal-parser.ts.
 */
import { Malformed, type Dialect } from './literal-cursor.ts';
import { Parser } from './literal-parser.ts';
import { floatNumber, type Value } from './value.ts';

/** Why a text is no answer, and at which character. */
export interface ParseFailure {
  readonly malformed: string;
  readonly at: number;
}

/** Longer answers are malformed: no honest one is. */
const longest = 64 * 1024;

/**
 * One answer of a model: JSON, else a Python literal. Duplicate keys, anything after
 * the answer and numbers that are not finite are malformed.
 */
export function parseAnswer(text: string): Value | ParseFailure {
  const json = parse(text, 'json');
  if (!('malformed' in json)) return json;
  const python = parse(text, 'python');
  if (!('malformed' in python)) return python;
  return json.at > python.at ? json : python;
}

/**
 * A Python literal from a trusted source; also `float('nan')`, `float('inf')` and
 * what `toLiteral` writes for them.
 */
export function parseLiteral(text: string): Value | ParseFailure {
  return parse(text, 'literal');
}

function parse(text: string, dialect: Dialect): Value | ParseFailure {
  if (text.length > longest) return { malformed: 'longer than any answer', at: longest };
  if (/\p{Surrogate}/u.test(text)) return { malformed: 'half a character', at: 0 };
  const parser = new Parser(text, dialect);
  try {
    return parser.whole();
  } catch (error) {
    if (error instanceof Malformed) return { malformed: error.reason, at: error.at };
    return { malformed: 'not a value', at: 0 };
  }
}

/**
 * Python literal of a value, as `repr` writes it; sets in natural order. Opaque and cut values are shown, not
 * parseable: `<name>`, `...`.
 */
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
    case 'bytes':
      return bytesLiteral(value.value) + (value.rest ? '...' : '');
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

/**
 * Shortest digits that read back as the same double, laid out by Python's rule:
 * exponent below -4 or from 16 on.
 */
function floatLiteral(x: number): string {
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

/** As `repr` writes bytes: what is printable in ASCII stands for itself. */
function bytesLiteral(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = `b${quote}`;
  for (const char of text) {
    if (char === quote) out += '\\' + char;
    else if (named[char] !== undefined) out += named[char];
    else if (char < ' ' || char > '~') out += escape(char.charCodeAt(0));
    else out += char;
  }
  return out + quote;
}

function escape(code: number): string {
  if (code < 0x100) return '\\x' + code.toString(16).padStart(2, '0');
  if (code < 0x10000) return '\\u' + code.toString(16).padStart(4, '0');
  return '\\U' + code.toString(16).padStart(8, '0');
}
