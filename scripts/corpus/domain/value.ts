/**
 * Python values as the reference evaluators of the domain compute them, and their Python literals. It does
 * not use the sandbox on purpose: what a task expects comes from here, and what a program gives comes from
 * the interpreter.
 */

/** A Python float; plain numbers are Python ints. */
export class Float {
  constructor(readonly value: number) {}
}

export type Py = number | Float | string | boolean | null | readonly Py[] | ReadonlyMap<Py, Py>;

/** Python's `//` and `%` for ints: the quotient rounds down, the remainder has the divisor's sign. */
export const floorDiv = (a: number, b: number): number => Math.floor(a / b) + 0;
export const mod = (a: number, b: number): number => a - b * Math.floor(a / b) + 0;

/** Python's repr() of the value; words hold plain letters only, so no escapes are needed beyond these two. */
export function repr(value: Py): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'number') return String(value === 0 ? 0 : value);
  if (typeof value === 'string') return `'${value.replace(/[\\']/g, '\\$&')}'`;
  if (value instanceof Float) return Number.isInteger(value.value) ? `${value.value}.0` : String(value.value);
  if (value instanceof Map) return `{${[...value].map(([k, v]) => `${repr(k)}: ${repr(v)}`).join(', ')}}`;
  return `[${(value as readonly Py[]).map(repr).join(', ')}]`;
}
