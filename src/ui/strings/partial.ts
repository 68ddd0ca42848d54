/**
 * A catalogue that is under way: some texts in its own language, the others in English until they are
 * translated. Plain data in and out; which language is in use is not known here.
 */

import { isRecord } from '../../base/is-record.ts';
import type { en } from './en/index.ts';

export type Strings = typeof en;
/** A catalogue that may still lack texts; the page says those in English. */
export type PartialStrings = DeepPartial<Strings>;

/** Any part of a catalogue. Texts, functions that make one, and lists are whole or absent. */
export type DeepPartial<T> = T extends string | readonly unknown[] | ((...told: never[]) => unknown)
  ? T
  : { readonly [K in keyof T]?: DeepPartial<T[K]> };

type Section = Readonly<Record<string, unknown>>;

/** The whole catalogue: what `own` does not say is said in English. */
export function completed<T>(own: DeepPartial<T> | undefined, english: T): T {
  if (own === undefined) return english;
  if (!isRecord(english)) return own as T;
  const keys = Object.entries(english);
  return Object.fromEntries(
    keys.map(([key, text]) => [
      key,
      completed((own as Section)[key] as DeepPartial<unknown> | undefined, text),
    ]),
  ) as T;
}

/** Texts that `own` does not say, by their paths (`error.heading`). */
export function missing<T>(own: DeepPartial<T> | undefined, english: T, path = ''): readonly string[] {
  if (!isRecord(english)) return own === undefined ? [path] : [];
  return Object.entries(english).flatMap(([key, text]) =>
    missing(
      (own as Section | undefined)?.[key] as DeepPartial<unknown> | undefined,
      text,
      path === '' ? key : `${path}.${key}`,
    ),
  );
}

/** Which part of the texts is said in the own language, 0 to 1. */
export const share = <T>(own: DeepPartial<T>, english: T): number =>
  1 - missing(own, english).length / missing(undefined, english).length;
