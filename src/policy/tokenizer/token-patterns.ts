/**
 * Regular expressions in somebody else's tokenizer.json, checked before any of them runs: a
 * backtracking engine takes time exponential in the text for some (`(a+)+$`), and no clock could stop
 * it. What is accepted takes at most the square of the text's length, and then the text is bounded as
 * well. It compiles and runs nothing; which dialect the library makes of a pattern is the library's.
 */
import { oneLine } from '../../base/shown.ts';

/** Repeating more often than this counts as without end. */
const MANY = 16;
/**
 * Ways through a pattern that differ in the choices of `|`, `?` and `{n,m}`. Those in use have some dozens.
 */
const MOST_WAYS = 4096;
const LONGEST_PATTERN = 20_000;
/** Characters that a text may have where a pattern may take the square of its length: under a second. */
export const LONGEST_FOR_SQUARE = 32_768;
/** How many times longer replacements may make a text, all together. */
const MOST_GROWTH = 1000;

/** Words, runs of at most `digits` digits, punctuation, white space: the pattern Llama 3 and Qwen2 share. */
export const wordsAndDigits = (digits: string): string =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

/** In wide use, and linear: what one alternative runs over in vain, another takes whole. */
const KNOWN: ReadonlySet<string> = new Set([
  wordsAndDigits(''),
  wordsAndDigits('{1,3}'),
  `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+`,
]);

/**
 * Checks every pattern of a parsed tokenizer.json.
 * @returns the longest text that may be encoded, characters; Infinity where every pattern is linear
 * @throws TypeError that names the pattern which is refused, and why
 */
export function checkPatterns(tokenizer: Readonly<Record<string, unknown>>): number {
  let longest = Infinity;
  let growth = 1;
  for (const part of ['normalizer', 'pre_tokenizer', 'post_processor', 'decoder'])
    for (const found of objectsIn(tokenizer[part])) {
      const pattern = found['Regex'];
      if (typeof pattern === 'string' && !KNOWN.has(pattern) && degreeOf(pattern) > 0)
        longest = LONGEST_FOR_SQUARE;
      if (part === 'normalizer' && typeof found['content'] === 'string')
        growth *= Math.max(1, found['content'].length);
    }
  if (growth > MOST_GROWTH) throw new TypeError('its normalizer makes texts many times longer');
  return longest;
}

/** All objects in parsed JSON. */
function* objectsIn(data: unknown): Generator<Readonly<Record<string, unknown>>> {
  const open: unknown[] = [data];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (!Array.isArray(next)) yield next as Readonly<Record<string, unknown>>;
    for (const item of Object.values(next)) open.push(item);
  }
}

/**
 * 0 where a match takes time in the length of what it takes away, 1 where each place
 * of the text may be tried over the whole text.
 * @throws TypeError where it may be worse
 */
export function degreeOf(pattern: string): 0 | 1 {
  const refuse = (why: string): never => {
    throw new TypeError(`its pattern ${oneLine(pattern, 60)} is not used: ${why}`);
  };
  if (pattern.length > LONGEST_PATTERN) refuse('it is too long');
  const reader = new PatternReader(pattern, refuse);
  const { degree, ways } = reader.whole();
  if (ways > MOST_WAYS) refuse('it leaves too many choices');
  return degree <= 0 ? 0 : degree === 1 ? 1 : refuse('it may take time in a high power of the text’s length');
}

/** What a piece of a pattern may cost. */
interface Cost {
  /** Ways through it by its choices. */
  readonly ways: number;
  /** Repetitions without end on one way through it. */
  readonly open: number;
  /** It always takes the same number of characters, by one way. */
  readonly isFixed: boolean;
  /** It may take nothing, so nothing before it is tried again for its sake. */
  readonly mayBeEmpty: boolean;
}

const ONE: Cost = { ways: 1, open: 0, isFixed: true, mayBeEmpty: false };
const NOTHING: Cost = { ways: 1, open: 0, isFixed: true, mayBeEmpty: true };
/** A condition on what stands here: it takes nothing, and may fail. */
const CONDITION: Cost = { ways: 1, open: 0, isFixed: true, mayBeEmpty: false };

class PatternReader {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly refuse: (why: string) => never,
  ) {}

  whole(): { readonly degree: number; readonly ways: number } {
    let degree = 0;
    let ways = 0;
    do {
      const items = this.sequence();
      const open = items.reduce((sum, item) => sum + item.open, 0);
      const last = items.findLastIndex((item) => item.open > 0);
      // Behind the last repetition nothing can fail: it is never tried again.
      const isLast =
        last >= 0 && items[last]!.open === 1 && items.slice(last + 1).every((item) => item.mayBeEmpty);
      degree = Math.max(degree, open - (isLast ? 1 : 0));
      ways += items.reduce((product, item) => Math.min(product * item.ways, 1e9), 1);
    } while (this.take('|'));
    if (this.at < this.text.length) this.refuse('its brackets do not match');
    return { degree, ways };
  }

  private take(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  private sequence(): readonly Cost[] {
    const items: Cost[] = [];
    while (this.at < this.text.length && !'|)'.includes(this.text[this.at]!)) {
      // What is left of white space must be none or be followed by some: at most one step back.
      if (this.take('\\s+(?!\\S)')) items.push({ ...ONE, open: 0 });
      else items.push(this.repeated(this.atom()));
    }
    return items;
  }

  private group(): Cost {
    if (++this.depth > 20) this.refuse('it is nested too deep');
    let ways = 0;
    let open = 0;
    let isFixed = true;
    let mayBeEmpty = false;
    let count = 0;
    do {
      const items = this.sequence();
      ways += items.reduce((product, item) => Math.min(product * item.ways, 1e9), 1);
      open = Math.max(
        open,
        items.reduce((sum, item) => sum + item.open, 0),
      );
      isFixed &&= items.every((item) => item.isFixed);
      mayBeEmpty ||= items.every((item) => item.mayBeEmpty);
      count++;
    } while (this.take('|'));
    if (!this.take(')')) this.refuse('its brackets do not match');
    this.depth--;
    return { ways, open, isFixed: isFixed && count === 1, mayBeEmpty };
  }

  private atom(): Cost {
    if (this.take('(')) {
      const isCondition = /^\?<?[=!]/.test(this.text.slice(this.at, this.at + 3));
      // Flags for the rest: (?i)
      const flags = /^\?[a-z-]*\)/i.exec(this.text.slice(this.at, this.at + 12));
      if (flags) {
        this.at += flags[0].length;
        return NOTHING;
      }
      const head = /^\?(?:<?[=!]|[a-z-]*:|>|P?<\w+>)/i.exec(this.text.slice(this.at, this.at + 60));
      if (head) this.at += head[0].length;
      else if (this.text[this.at] === '?') this.refuse('it has a group of an unknown kind');
      const inner = this.group();
      return isCondition ? { ...CONDITION, open: inner.open, ways: inner.ways } : inner;
    }
    if (this.take('[')) return this.charClass();
    if (this.take('\\')) return this.escape();
    const char = this.text[this.at++]!;
    if (char === '^' || char === '$') return CONDITION;
    if ('*+?'.includes(char)) this.refuse('it repeats nothing');
    return ONE;
  }

  private charClass(): Cost {
    this.take('^');
    this.take(']');
    for (let depth = 1; depth > 0; this.at++) {
      const char = this.text[this.at];
      if (char === undefined) this.refuse('its brackets do not match');
      if (char === '\\') this.at++;
      else if (char === '[') depth++;
      else if (char === ']') depth--;
    }
    return ONE;
  }

  private escape(): Cost {
    const rest = this.text.slice(this.at, this.at + 60);
    if (/^(?:[1-9]|k<|g<|R)/.test(rest)) this.refuse('it refers back to what it matched');
    const long = /^(?:[pP]\{[^}]*\}|u\{[^}]*\}|x\{[^}]*\}|u[\da-fA-F]{4}|x[\da-fA-F]{2})/.exec(rest);
    this.at += long ? long[0].length : 1;
    return /^[bBAzZG]/.test(rest) && !long ? CONDITION : ONE;
  }

  private repeated(of: Cost): Cost {
    let cost = of;
    for (;;) {
      const match = /^(?:([*+?])|\{(\d*)(,?)(\d*)\})[?+]?/.exec(this.text.slice(this.at, this.at + 24));
      if (match === null || match[0] === '{}' || match[0].startsWith('{,}')) return cost;
      this.at += match[0].length;
      const [, sign, from = '', comma, to = ''] = match;
      const least = sign === undefined ? Number(from) : sign === '+' ? 1 : 0;
      const most =
        sign === '?'
          ? 1
          : sign !== undefined || (comma === ',' && to === '')
            ? Infinity
            : comma === ','
              ? Number(to)
              : least;
      cost = this.times(cost, least, most);
    }
  }

  private times(of: Cost, least: number, most: number): Cost {
    const mayBeEmpty = least === 0 || of.mayBeEmpty;
    if (most > MANY) {
      if (!of.isFixed || of.open > 0 || of.ways > 1)
        this.refuse('it repeats without end what may itself be matched in several ways');
      return { ways: 1, open: 1, isFixed: false, mayBeEmpty };
    }
    const isFixed = of.isFixed && least === most;
    // Once more or not, each time in any of its ways.
    const ways = isFixed ? of.ways : Math.min((of.ways + 1) ** most, 1e9);
    return { ways, open: of.open * most, isFixed, mayBeEmpty };
  }
}
