/**
 * Reads a call such as `f([1, 2], 'a)b')` into the function's name and the text between its brackets.
 * The arguments themselves are read by the sandbox; here only the brackets and quotes are followed.
 */
import type { CallSpec } from '../sandbox/types.ts';

const CALL = /^\s*([\p{ID_Start}_][\p{ID_Continue}]*)\s*\(/u;
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Index just behind the string that starts at `at`, or -1 when it does not end. */
function skipString(text: string, at: number): number {
  const quote = text[at]!;
  const delimiter = text.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote;
  for (let i = at + delimiter.length; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text.startsWith(delimiter, i)) return i + delimiter.length;
    else if (text[i] === '\n' && delimiter.length === 1) return -1;
  }
  return -1;
}

/** Index of the bracket that closes the one at `open`, or -1. */
function closingBracket(text: string, open: number): number {
  const expected: string[] = [];
  for (let i = open; i < text.length; i++) {
    const character = text[i]!;
    if (character === "'" || character === '"') {
      i = skipString(text, i) - 1;
      if (i < 0) return -1;
    } else if (character in CLOSING) {
      expected.push(CLOSING[character]!);
    } else if (character === ')' || character === ']' || character === '}') {
      if (expected.pop() !== character) return -1;
      if (expected.length === 0) return i;
    }
  }
  return -1;
}

/** The call, or a sentence saying what is wrong with it. */
export function parseCall(text: string): CallSpec | string {
  const start = CALL.exec(text);
  if (start === null) return `a call looks like f([1, 2]), got ${JSON.stringify(text)}`;
  const open = start[0].length - 1;
  const close = closingBracket(text, open);
  if (close < 0) return `brackets or quotes do not close in ${JSON.stringify(text)}`;
  const rest = text.slice(close + 1).trim();
  if (rest !== '') return `one call and nothing after it, got ${JSON.stringify(rest)} behind it`;
  return { entryPoint: start[1]!, args: text.slice(open + 1, close).trim() };
}
