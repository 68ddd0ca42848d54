/**
 * Values in the trajectory notation, both ways, on the host. It is the counterpart of
 * src/sandbox/python/operations_values.py. It reads text that a model wrote and never throws on it. It does
 * not parse programs or whole trajectories.
 */
import type { Value } from '../../sandbox/value.ts';
import { characterNames, largestInt, maxItems, smallestInt } from './vocabulary.ts';

/** Containers inside containers, and characters of a string, that the notation carries. */
const deepest = 2;
const longestText = 12;

const namesOfCharacters = new Map(Object.entries(characterNames).map(([token, c]) => [c, token]));

/** Special tokens and the text between them, in order; joined they are the text. */
export function tokensOf(text: string): string[] {
  return text.match(/<[^<>\s]+>|[^<]+|</g) ?? [];
}

export const isName = (token: string | undefined): token is string =>
  token !== undefined && /^[A-Za-z_]\w*$/.test(token);

/** Tokens of a value, or null when the notation does not have it. */
export function spellValue(value: Value, depth = 0): string[] | null {
  switch (value.type) {
    case 'none':
      return ['<None>'];
    case 'bool':
      return [value.value ? '<T>' : '<F>'];
    case 'int':
      return typeof value.value === 'number' && inRange(value.value) ? [`<${value.value}>`] : null;
    case 'float':
      return typeof value.value === 'number' ? spellFloat(value.value) : null;
    case 'str': {
      const letters = value.rest ? null : spellLetters(value.value);
      return letters === null ? null : ['<">', ...letters, '<">'];
    }
    case 'list':
    case 'tuple':
    case 'set': {
      if (value.rest || depth > deepest || value.items.length > maxItems) return null;
      const items = all(value.items.map((item) => spellValue(item, depth + 1)));
      if (items === null) return null;
      if (value.type === 'list') return ['<[>', ...items.flatMap((item, i) => [`<@${i}>`, ...item]), '<]>'];
      if (value.type === 'tuple') return ['<(>', ...items.flat(), '<)>'];
      return ['<{>', '<.>', ...items.sort(byLengthThenText).flat(), '<}>'];
    }
    case 'dict': {
      if (value.rest || value.of || depth > deepest || value.entries.length > maxItems) return null;
      const entries = all(
        value.entries.map(([key, item]) =>
          all([spellValue(key, depth + 1), ['<:>'], spellValue(item, depth + 1)]),
        ),
      );
      return entries === null ? null : ['<{>', ...entries.flat(2), '<}>'];
    }
    default:
      return null;
  }
}

const inRange = (n: number): boolean => n >= smallestInt && n <= largestInt;

/** Halves only: `<2><.5>` is 2.5, `<-2><.5>` is -2.5. There is no minus zero. */
function spellFloat(x: number): string[] | null {
  const whole = Math.trunc(x);
  if (!inRange(x) || !Number.isInteger(x * 2) || (whole === 0 && (x < 0 || Object.is(x, -0)))) return null;
  return [`<${whole}>`, x === whole ? '<.0>' : '<.5>'];
}

function spellLetters(text: string): string[] | null {
  if ([...text].length > longestText) return null;
  const letters = all(
    [...text].map((c) => {
      if (c >= 'a' && c <= 'z') return [`<${c}>`];
      if (c >= 'A' && c <= 'Z') return ['<^>', `<${c.toLowerCase()}>`];
      if (c >= '0' && c <= '9') return [`<'${c}>`];
      const name = namesOfCharacters.get(c);
      return name === undefined ? null : [name];
    }),
  );
  return letters?.flat() ?? null;
}

function all<T>(items: readonly (T | null)[]): T[] | null {
  return items.includes(null) ? null : (items as T[]);
}

function byLengthThenText(a: readonly string[], b: readonly string[]): number {
  if (a.length !== b.length) return a.length - b.length;
  const i = a.findIndex((token, at) => token !== b[at]);
  return i < 0 ? 0 : (a[i] as string) < (b[i] as string) ? -1 : 1;
}

export interface ReadValue {
  readonly value: Value;
  /** Index of the first token after the value. */
  readonly next: number;
}

/**
 * Reads one value from `tokens[at]` on; null when there is none. Positions before
 * letters and elements must count from 0.
 */
export function readValue(tokens: readonly string[], at: number, depth = 0): ReadValue | null {
  const token = tokens[at];
  if (token === undefined || depth > deepest + 1) return null;
  if (token === '<T>' || token === '<F>')
    return { value: { type: 'bool', value: token === '<T>' }, next: at + 1 };
  if (token === '<None>') return { value: { type: 'none' }, next: at + 1 };
  if (token === '<">') return readText(tokens, at + 1);
  if (token === '<[>') return readItems(tokens, at + 1, '<]>', depth);
  if (token === '<(>') return readItems(tokens, at + 1, '<)>', depth);
  if (token === '<{>') {
    return tokens[at + 1] === '<.>'
      ? readItems(tokens, at + 2, '<}>', depth)
      : readDict(tokens, at + 1, depth);
  }
  const whole = /^<(0|-?[1-9]\d{0,2})>$/.exec(token)?.[1];
  if (whole === undefined || !inRange(Number(whole))) return null;
  const n = Number(whole);
  const fraction = tokens[at + 1];
  if (fraction !== '<.0>' && fraction !== '<.5>') return { value: { type: 'int', value: n }, next: at + 1 };
  const half = fraction === '<.5>' ? 0.5 : 0;
  return { value: { type: 'float', value: n < 0 ? n - half : n + half }, next: at + 2 };
}

function readText(tokens: readonly string[], from: number): ReadValue | null {
  let text = '';
  let letters = 0;
  const numbered = tokens[from] === '<@0>';
  for (let at = from; at < tokens.length; at++) {
    if (tokens[at] === '<">') return { value: { type: 'str', value: text }, next: at + 1 };
    if (numbered && tokens[at++] !== `<@${letters}>`) return null;
    const raised = tokens[at] === '<^>';
    if (raised) at++;
    const c = readCharacter(tokens[at]);
    if (c === null || (raised && !(c >= 'a' && c <= 'z')) || ++letters > longestText) return null;
    text += raised ? c.toUpperCase() : c;
  }
  return null;
}

function readCharacter(token: string | undefined): string | null {
  if (token === undefined) return null;
  return (
    /^<'?([a-z]|(?<=')\d)>$/.exec(token)?.[1] ??
    (Object.hasOwn(characterNames, token) ? (characterNames[token] ?? null) : null)
  );
}

function readItems(
  tokens: readonly string[],
  from: number,
  close: '<]>' | '<)>' | '<}>',
  depth: number,
): ReadValue | null {
  const items: Value[] = [];
  let at = from;
  while (tokens[at] !== close) {
    if (close === '<]>' && tokens[at++] !== `<@${items.length}>`) return null;
    const item = readValue(tokens, at, depth + 1);
    if (item === null || items.length === maxItems) return null;
    items.push(item.value);
    at = item.next;
  }
  const type = close === '<]>' ? 'list' : close === '<)>' ? 'tuple' : 'set';
  return { value: { type, items }, next: at + 1 };
}

function readDict(tokens: readonly string[], from: number, depth: number): ReadValue | null {
  const entries: [Value, Value][] = [];
  let at = from;
  while (tokens[at] !== '<}>') {
    const key = readValue(tokens, at, depth + 1);
    if (key === null || tokens[key.next] !== '<:>' || entries.length === maxItems) return null;
    const item = readValue(tokens, key.next + 1, depth + 1);
    if (item === null) return null;
    entries.push([key.value, item.value]);
    at = item.next;
  }
  return { value: { type: 'dict', entries }, next: at + 1 };
}

/**
 * Reads `tokens[at]` as a name (or `<ret>`) that is given the value after it; null
 * when it is only mentioned, as in `xs<-1><@2>`, the element at -1.
 */
export function readDefinition(tokens: readonly string[], at: number): ReadValue | null {
  const token = tokens[at];
  if (token !== '<ret>' && !isName(token)) return null;
  const value = readValue(tokens, at + 1);
  return value === null || tokens[value.next]?.startsWith('<@') ? null : value;
}
