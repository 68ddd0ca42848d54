/**
 * Canonical values: what a Python object becomes when it leaves the interpreter, and the only form in which
 * the host compares, shows or stores it. They are plain tagged JSON, made by exact type (python/encoder.py).
 * Arbitrary objects have no such form: whatever is not a built-in scalar or container is `opaque` and never
 * graded. decode-value.ts reads what a worker sends; here are their making, their order, and which are keys.
 */
export type Value =
  | { readonly type: 'none' }
  | { readonly type: 'bool'; readonly value: boolean }
  /** A number up to 2^53 - 1 in size, else the decimal digits. */
  | { readonly type: 'int'; readonly value: number | string }
  | { readonly type: 'float'; readonly value: number | 'nan' | 'inf' | '-inf' | '-0.0' }
  /** `rest`: characters cut off. */
  | { readonly type: 'str'; readonly value: string; readonly rest?: number }
  /** A character for each byte, U+0000 to U+00FF. `rest`: bytes cut off. */
  | { readonly type: 'bytes'; readonly value: string; readonly rest?: number }
  /**
   * `rest`: items cut off. `id`: same number, same object, within one result; present
   * where sharing is recorded.
   */
  | {
      readonly type: 'list' | 'tuple' | 'set' | 'frozenset';
      readonly items: readonly Value[];
      readonly rest?: number;
      readonly id?: number;
    }
  /**
   * In insertion order; compared unordered. `of`: exact standard class that is a
   * dict, where it is not `dict`.
   */
  | {
      readonly type: 'dict';
      readonly entries: readonly (readonly [Value, Value])[];
      readonly rest?: number;
      readonly id?: number;
      readonly of?: DictClass;
    }
  /** A container that holds itself: the enclosing container with this id. */
  | { readonly type: 'ref'; readonly id: number }
  /** Anything else, by its class name, or a value too large or too deep to carry. */
  | { readonly type: 'opaque'; readonly name: string };

export type DictClass = 'defaultdict' | 'Counter' | 'OrderedDict';

/** An int from its decimal digits, in the one canonical form. */
export function intValue(text: string): Value {
  const small = Number(text);
  if (Number.isSafeInteger(small)) return { type: 'int', value: small === 0 ? 0 : small };
  return { type: 'int', value: text };
}

/** A float in the one canonical form: what JSON cannot carry is tagged. */
export function floatValue(value: number): Value {
  if (Number.isNaN(value)) return { type: 'float', value: 'nan' };
  if (value === Infinity) return { type: 'float', value: 'inf' };
  if (value === -Infinity) return { type: 'float', value: '-inf' };
  return { type: 'float', value: Object.is(value, -0) ? '-0.0' : value };
}

/** The number behind a float value. */
export function floatNumber(value: number | 'nan' | 'inf' | '-inf' | '-0.0'): number {
  if (typeof value === 'number') return value;
  return { nan: NaN, inf: Infinity, '-inf': -Infinity, '-0.0': -0 }[value];
}

/**
 * Whether a value is wholly known, so that another can be compared with it: nothing
 * opaque, cut off or cyclic inside.
 */
export function isGradable(value: Value): boolean {
  switch (value.type) {
    case 'opaque':
    case 'ref':
      return false;
    case 'str':
    case 'bytes':
      return value.rest === undefined;
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
      return value.rest === undefined && value.items.every(isGradable);
    case 'dict':
      return (
        value.rest === undefined && value.entries.every(([key, item]) => isGradable(key) && isGradable(item))
      );
    default:
      return true;
  }
}

/**
 * Where a value stands among others, worked out once: a sort asks for it again and
 * again, and huge ints are slow to read.
 */
export interface SortKey {
  readonly rank: number;
  /** Of numbers; exact. */
  readonly size: number | bigint;
  /** Of strings, and of what has no other order. */
  readonly text: string;
  readonly items: readonly SortKey[];
}

/**
 * The natural order of a set's members: numbers by size, strings by code point, the rest by type and form.
 */
export function sortKey(value: Value): SortKey {
  return {
    rank: rank(value),
    size: numeric(value),
    text: value.type === 'str' || value.type === 'bytes' ? value.value : '',
    items: 'items' in value ? value.items.map(sortKey) : [],
  };
}

export function compareKeys(a: SortKey, b: SortKey): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.text !== b.text) return compareTexts(a.text, b.text);
  for (let i = 0; i < a.items.length && i < b.items.length; i++) {
    const difference = compareKeys(a.items[i]!, b.items[i]!);
    if (difference !== 0) return difference;
  }
  if (a.items.length !== b.items.length) return a.items.length - b.items.length;
  if (a.size < b.size) return -1;
  if (a.size > b.size) return 1;
  // NaN after all numbers: an order that is none would leave a sorted set in the order it came in.
  return Number(Number.isNaN(a.size)) - Number(Number.isNaN(b.size));
}

export function compareValues(a: Value, b: Value): number {
  return compareKeys(sortKey(a), sortKey(b));
}

/** The members of a set, in their natural order. */
export function sortValues(values: readonly Value[]): Value[] {
  return values
    .map((value) => ({ value, key: sortKey(value) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ value }) => value);
}

const ranks: Partial<Record<Value['type'], number>> = {
  none: 0,
  bool: 1,
  int: 2,
  float: 2,
  str: 3,
  bytes: 4,
  tuple: 5,
  frozenset: 6,
};

function rank(value: Value): number {
  return ranks[value.type] ?? 7;
}

/** By code points: the halves of surrogate pairs stand above all other units. */
function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  if (at === length) return a.length - b.length;
  // Where second halves differ, what differs is the pair.
  if (at > 0 && a.codePointAt(at - 1)! > 0xffff && b.codePointAt(at - 1)! > 0xffff) at--;
  return a.codePointAt(at)! - b.codePointAt(at)!;
}

/** Exact for ints of any size, which stay bigints. */
function numeric(value: Value): number | bigint {
  if (value.type === 'int') return typeof value.value === 'string' ? BigInt(value.value) : value.value;
  if (value.type === 'float') return floatNumber(value.value);
  return value.type === 'bool' && value.value ? 1 : 0;
}

/** Whether Python takes it as a key or a set's member. */
export function isHashable(value: Value): boolean {
  if (value.type === 'tuple' || value.type === 'frozenset') return value.items.every(isHashable);
  return value.type !== 'list' && value.type !== 'set' && value.type !== 'dict';
}

/**
 * A text that two hashable values share if and only if Python's `==` holds between them, so that they are one
 * key: 1, 1.0 and True are. Null for what equals nothing, such as NaN.
 */
export function keyOf(value: Value): string | null {
  switch (value.type) {
    case 'none':
      return 'N';
    case 'bool':
    case 'int':
    case 'float': {
      const x = numeric(value);
      if (Number.isNaN(x)) return null;
      // A whole float is the int of its size.
      return `n${Number.isInteger(x) ? BigInt(x) : x}`;
    }
    case 'str':
      return JSON.stringify(value.value);
    case 'bytes':
      return `b${JSON.stringify(value.value)}`;
    case 'tuple':
    case 'frozenset': {
      const keys = value.items.map(keyOf);
      if (keys.includes(null)) return null;
      return value.type === 'tuple' ? `(${keys.join()})` : `{${keys.sort().join()}}`;
    }
    default:
      return null;
  }
}
