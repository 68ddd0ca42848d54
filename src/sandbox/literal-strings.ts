/**
 * Reads the strings of an answer: quotes, escapes, and what a JavaScript string cannot hold as Python does.
 */
import type { Cursor } from './literal-cursor.ts';

/**
 * A string from its opening quote to behind its closing one. @param raw backslashes
 * stand for themselves @throws Malformed
 */
export function readString(cursor: Cursor, raw: boolean): string {
  return read(cursor, raw, false);
}

/** Bytes, a character for each. @throws Malformed */
export function readBytes(cursor: Cursor, raw: boolean): string {
  const start = cursor.at;
  const out = read(cursor, raw, true);
  if (/[^\0-\x7f]/.test(cursor.text.slice(start, cursor.at)) || /[^\0-\xff]/.test(out))
    cursor.fail('bytes are written in ASCII');
  return out;
}

function read(cursor: Cursor, raw: boolean, isBytes: boolean): string {
  const quote = cursor.text[cursor.at]!;
  const long = cursor.dialect !== 'json' && cursor.text.startsWith(quote.repeat(3), cursor.at);
  const end = long ? quote.repeat(3) : quote;
  cursor.at += end.length;
  let out = '';
  for (;;) {
    const char = cursor.text[cursor.at];
    if (char === undefined) cursor.fail('a string does not end');
    if (cursor.text.startsWith(end, cursor.at)) break;
    if (char === '\n' && !long) cursor.fail('a line ends inside a string');
    if (cursor.dialect === 'json' && char < ' ') cursor.fail('a control character inside a string');
    cursor.at += 1;
    if (char !== '\\') out += char;
    else if (raw) out += char + (cursor.text[cursor.at++] ?? cursor.fail('a string does not end'));
    else {
      const piece = escaped(cursor, isBytes);
      // Two halves are one character in JSON; in Python they stay two, and no JavaScript string says so.
      if (
        cursor.dialect !== 'json' &&
        /^[\udc00-\udfff]/.test(piece) &&
        /[\ud800-\udbff]$/.test(out.slice(-1))
      )
        cursor.fail('two halves of a character');
      out += piece;
    }
  }
  cursor.at += end.length;
  return out;
}

/** What an escape stands for; the cursor is behind its backslash. */
function escaped(cursor: Cursor, isBytes: boolean): string {
  const json = cursor.dialect === 'json';
  const char = cursor.text[cursor.at++] ?? cursor.fail('a string does not end');
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
  if (isBytes && /[uUN]/.test(char)) return '\\' + char;
  if (char === 'u') return String.fromCharCode(hex(cursor, 4));
  if (json) cursor.fail('unknown escape');
  if (char === 'x') return String.fromCharCode(hex(cursor, 2));
  if (char === 'U') {
    const code = hex(cursor, 8);
    if (code > 0x10ffff) cursor.fail('no such character');
    return String.fromCodePoint(code);
  }
  if (/[0-7]/.test(char)) {
    cursor.at -= 1;
    return String.fromCharCode(parseInt(cursor.match(/[0-7]{1,3}/y)!, 8));
  }
  if (char === 'N') cursor.fail('named characters are not read');
  return '\\' + char;
}

function hex(cursor: Cursor, length: number): number {
  const digits = cursor.text.slice(cursor.at, cursor.at + length);
  if (digits.length < length || !/^[\da-fA-F]+$/.test(digits)) cursor.fail('a broken escape');
  cursor.at += length;
  return parseInt(digits, 16);
}
