/**
 * When two values count as the same, in the two grading modes of method.md. Pure comparison of canonical values; which of them is the truth
 * does not matter. What is not wholly known (opaque, cut off, cyclic) equals nothing.
 */
import { toLiteral } from './literal.ts';
import { floatNumber, isGradable, type Value } from './value.ts';

/**
 * `strict`: exact type and value, floats within 1e-6 relative, sets and dicts unordered.
 * `coderlplus`: the rules of the reference implementation, so that numbers can be compared with it.
 */
export type GradingMode = 'strict' | 'coderlplus';

export function equalValues(a: Value, b: Value, mode: GradingMode): boolean {
  if (!isGradable(a) || !isGradable(b)) return false;
  return mode === 'strict' ? strict(a, b) : lenient(a, b);
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
  if (a.type === 'dict') {
    return (
      b.type === 'dict' && sameMembers(a.entries, b.entries, ([k, v], [l, w]) => strict(k, l) && strict(v, w))
    );
  }
  if (a.type === 'none') return b.type === 'none';
  if (a.type === 'bool') return b.type === 'bool' && a.value === b.value;
  if (a.type === 'int') return b.type === 'int' && a.value === b.value;
  return a.type === 'str' && b.type === 'str' && a.value === b.value;
}

function closeFloats(x: number, y: number): boolean {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) && Number.isNaN(y);
  return x === y || Math.abs(x - y) <= 1e-6 * Math.min(Number.MAX_VALUE, Math.max(Math.abs(x), Math.abs(y)));
}

/** One to one in any order. Values in the same place are tried first, which makes equal orders linear. */
function sameMembers<T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean {
  if (a.length !== b.length) return false;
  const left = new Set(b.keys());
  return a.every((x, i) => {
    const found = left.has(i) && same(x, b[i]!) ? i : [...left].find((j) => same(x, b[j]!));
    return found !== undefined && left.delete(found);
  });
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
  if (a.type === 'dict' && b.type === 'dict') {
    return sameMembers(a.entries, b.entries, ([k, v], [l, w]) => lenient(k, l) && lenient(v, w));
  }
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
  if (value.type === 'int') return Number(value.value);
  return value.type === 'float' ? floatNumber(value.value) : undefined;
}

function isSequence(value: Value): boolean {
  return value.type === 'list' || value.type === 'tuple';
}
