/**
 * Every sentence and word of the page, in the language of the visitor: `s.section.key`. Catalogues lie in strings/en and strings/zh; which
 * one is read is decided by the reader that strings/locale.svelte.ts puts in, so that what is drawn is drawn anew when it changes.
 * Without it (in a worker, in Node) it is English.
 */
import { en } from './en/index.ts';
import { zh } from './zh/index.ts';

export type Strings = typeof en;

export const CATALOGUES = { en, zh } satisfies Record<string, Strings>;
export type Locale = keyof typeof CATALOGUES;

let locale: () => Locale = () => 'en';

/** Asked at every look-up from now on. */
export function readLocaleFrom(reader: () => Locale): void {
  locale = reader;
}

/** The language in use. */
export const localeNow = (): Locale => locale();

/** The catalogue in use. Looked up at the time of reading: keep no parts of it in constants. */
export const s: Strings = new Proxy(en, {
  get: (_, section) => Reflect.get(CATALOGUES[locale()], section) as unknown,
});
