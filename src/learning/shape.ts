/**
 * Checks of data from a file, composed of small ones. Each says what a value should
 * be, or gives null where the value is that. They look at the fields that readers
 * rely on and let others stand. They do not check what values mean.
 */
import { isRecord } from '../base/is-record.ts';
import { oneLine } from '../base/shown.ts';

export type Check = (value: unknown) => string | null;
export type Fields = Readonly<Record<string, Check>>;

export const fails = (what: string): string => `should be ${what}`;
export const textCheck: Check = (v) => (typeof v === 'string' ? null : fails('a text'));
export const numberCheck: Check = (v) =>
  typeof v === 'number' && Number.isFinite(v) ? null : fails('a number');
export const wholeCheck: Check = (v) =>
  Number.isSafeInteger(v) && (v as number) >= 0 ? null : fails('a whole number');

export const object =
  (fields: Fields): Check =>
  (v) => {
    if (!isRecord(v)) return fails('an object');
    for (const [key, check] of Object.entries(fields)) {
      const problem = check(Object.hasOwn(v, key) ? v[key] : undefined);
      if (problem !== null) return `${oneLine(key, 40)}: ${problem}`;
    }
    return null;
  };
export const listOf =
  (check: Check): Check =>
  (v) => {
    if (!Array.isArray(v)) return fails('a list');
    for (const [i, item] of v.entries()) {
      const problem = check(item);
      if (problem !== null) return `[${i}] ${problem}`;
    }
    return null;
  };
export const mapOf =
  (check: Check): Check =>
  (v) => {
    if (!isRecord(v)) return fails('an object');
    for (const [key, item] of Object.entries(v)) {
      const problem = check(item);
      if (problem !== null) return `${oneLine(key, 40)}: ${problem}`;
    }
    return null;
  };
/** Passes what the check passes, and what is not there. */
export const optional =
  (check: Check): Check =>
  (v) =>
    v === undefined ? null : check(v);
/** A number, a text or a truth value: what a setting may be. */
export const scalar: Check = (v) =>
  typeof v === 'string' || typeof v === 'boolean' || numberCheck(v) === null
    ? null
    : fails('a number, a text or true or false');
export const nullOr =
  (check: Check): Check =>
  (v) =>
    v === null ? null : check(v);
export const oneOf =
  (...choices: readonly string[]): Check =>
  (v) =>
    typeof v === 'string' && choices.includes(v) ? null : fails(`one of ${choices.join(', ')}`);
