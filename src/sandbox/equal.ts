/**
 * When two values count as the same, in the two grading modes of alignment (docs/method.md, "Grading") and by
 * Python's own `==`. It compares canonical values and nothing else. Every mode is symmetric, so it does not
 * matter which of the two is the truth. A value that is not wholly known (opaque, cut off, cyclic) equals
 * nothing.
 */
import { toLiteral } from './literal.ts';
import { pairUp } from './pair-up.ts';
import { compareKeys, floatNumber, isGradable, sortKey, type Value } from './value.ts';

/**
 * `strict`: exact type and value, floats within 1e-6 relative, sets and dicts unordered.
 * `coderlplus`: the rules of the reference implementation, so that numbers can be compared with it.
 */
export type GradingMode = 'strict' | 'coderlplus';

/** `python`: what the assertions of a benchmark mean, `==` of built-in values. */
export type Equality = GradingMode | 'python';

export function equalValues(a: Value, b: Value, mode: Equality): boolean {
  if (!isGradable(a) || !isGradable(b)) return false;
  return { strict, coderlplus: lenient, python: pythonEqual }[mode](a, b);
}

function strict(a: Value, b: Value): boolean {
  if (a.type === 'float' && b.type === 'float')
    return closeFloats(floatNumber(a.value), floatNumber(b.value));
  if (a.type === 'list' || a.type === 'tuple') {
    return (
      b.type === a.type &&
      a.items.length === b.items.length &&
      a.items.every((item, i) => strict(item, b.items[i]!))
    );
  }
  if (a.type === 'set' || a.type === 'frozenset')
    return b.type === a.type && sameMembers(a.items, b.items, strict);
  if (a.type === 'dict') return b.type === 'dict' && sameEntries(a, b, strict);
  if (a.type === 'none') return b.type === 'none';
  if (a.type === 'bool') return b.type === 'bool' && a.value === b.value;
  if (a.type === 'int') return b.type === 'int' && a.value === b.value;
  if (a.type === 'bytes') return b.type === 'bytes' && a.value === b.value;
  return a.type === 'str' && b.type === 'str' && a.value === b.value;
}

function closeFloats(x: number, y: number): boolean {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) && Number.isNaN(y);
  return x === y || Math.abs(x - y) <= 1e-6 * Math.min(Number.MAX_VALUE, Math.max(Math.abs(x), Math.abs(y)));
}

type DictValue = Extract<Value, { type: 'dict' }>;

/** In any order. */
function sameEntries(a: DictValue, b: DictValue, same: (x: Value, y: Value) => boolean): boolean {
  return pairUp(
    a.entries,
    b.entries,
    ([k, v], [l, w]) => same(k, l) && same(v, w),
    ([key]) => sortKey(key),
    compareKeys,
  );
}

/** In any order. */
function sameMembers(
  a: readonly Value[],
  b: readonly Value[],
  same: (x: Value, y: Value) => boolean,
): boolean {
  return pairUp(a, b, same, sortKey, compareKeys);
}

/**
 * Numbers by what they are worth, to the last digit; sets of either kind by their
 * members; nothing equals a NaN.
 */
function pythonEqual(a: Value, b: Value): boolean {
  const [x, y] = [exactNumber(a), exactNumber(b)];
  if (x !== undefined && y !== undefined) return x === y;
  if (isSet(a) && isSet(b)) return sameMembers(a.items, b.items, pythonEqual);
  if (isSequence(a) && a.type === b.type)
    return a.items.length === b.items.length && a.items.every((item, i) => pythonEqual(item, b.items[i]!));
  if (a.type === 'dict' && b.type === 'dict') return sameEntries(a, b, pythonEqual);
  return (
    (a.type === 'none' && b.type === 'none') ||
    (a.type === 'str' && b.type === 'str' && a.value === b.value) ||
    (a.type === 'bytes' && b.type === 'bytes' && a.value === b.value)
  );
}

/** Whole ones as bigint, so that `===` is exact between an int and a float. */
function exactNumber(value: Value): bigint | number | undefined {
  if (value.type === 'bool') return value.value ? 1n : 0n;
  if (value.type === 'int') return BigInt(value.value);
  if (value.type !== 'float') return undefined;
  const x = floatNumber(value.value);
  return Number.isInteger(x) ? BigInt(x) : x;
}

const truths = ['True', 'true', '1'];
const falsehoods = ['False', 'false', '0'];
const nothings = ['None', 'none', 'null'];

function lenient(a: Value, b: Value): boolean {
  if (a.type === 'int' && b.type === 'int') return a.value === b.value;
  const x = numberOf(a);
  const y = numberOf(b);
  if (x !== undefined && y !== undefined) return x === y || Math.abs(x - y) <= 1e-9;
  if ('items' in a && 'items' in b) {
    const { items } = b;
    // A set has no JSON form: a list with its members, in any order, stands for it.
    if (!isSequence(a) || !isSequence(b)) return sameMembers(a.items, items, lenient);
    return a.items.length === items.length && a.items.every((item, i) => lenient(item, items[i]!));
  }
  if (a.type === 'dict' && b.type === 'dict') return sameEntries(a, b, lenient);
  const s = word(a);
  const t = word(b);
  return s === t || [nothings, truths, falsehoods].some((words) => words.includes(s) && words.includes(t));
}

/** `str(x).strip()`. */
function word(value: Value): string {
  return (value.type === 'str' ? value.value : toLiteral(value)).trim();
}

function numberOf(value: Value): number | undefined {
  if (value.type === 'bool') return value.value ? 1 : 0;
  if (value.type === 'int') {
    const x = Number(value.value);
    // Beyond every double: no float is near it, infinity least of all.
    return Number.isFinite(x) ? x : undefined;
  }
  return value.type === 'float' ? floatNumber(value.value) : undefined;
}

type Items = Extract<Value, { items: unknown }>;

function isSequence(value: Value): value is Items & { readonly type: 'list' | 'tuple' } {
  return value.type === 'list' || value.type === 'tuple';
}

function isSet(value: Value): value is Items & { readonly type: 'set' | 'frozenset' } {
  return value.type === 'set' || value.type === 'frozenset';
}
