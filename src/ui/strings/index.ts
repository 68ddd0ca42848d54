/**
 * Every sentence and word of the page, in the language of the visitor: `s.section.key`. A language is a file
 * or a folder here. Which one is read is decided by the reader that locale.svelte.ts puts in, so that what is
 * drawn is drawn anew when it changes. Without one (in Node) it is English.
 */
import { en } from './en/index.ts';
import { completed, share, type PartialStrings, type Strings } from './partial.ts';
import { zh } from './zh/index.ts';

export type { Strings };

/** A language of the page. */
interface LanguageEntry {
  /** By its own name. */
  readonly name: string;
  /** As the `lang` attribute wants it. */
  readonly tag: string;
  readonly strings: PartialStrings;
}

/** By the word that addresses use for it (`lang=zh`). Another language is one more entry. */
export const LANGUAGES = {
  en: { name: 'English', tag: 'en', strings: en },
  zh: { name: '简体中文', tag: 'zh-Hans', strings: zh },
} satisfies Readonly<Record<string, LanguageEntry>>;
export type Locale = keyof typeof LANGUAGES;

const catalogues = new Map<Locale, Strings>();

/** All texts of a language; those that it lacks in English. */
export function catalogueOf(locale: Locale): Strings {
  const known = catalogues.get(locale);
  if (known !== undefined) return known;
  const whole = completed<Strings>(LANGUAGES[locale].strings, en);
  catalogues.set(locale, whole);
  return whole;
}

/** Which part of the texts a language has, 0 to 1. */
export const shareOf = (locale: Locale): number => share<Strings>(LANGUAGES[locale].strings, en);

let locale: () => Locale = () => 'en';

/** Asked at every look-up from now on. */
export function readLocaleFrom(reader: () => Locale): void {
  locale = reader;
}

/** The language in use. */
export const localeNow = (): Locale => locale();

/** The catalogue in use. Looked up at the time of reading: keep no parts of it in constants. */
export const s: Strings = new Proxy(en, {
  get: (_, section) => Reflect.get(catalogueOf(locale()), section) as unknown,
});
