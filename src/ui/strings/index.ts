/**
 * Every sentence and word of the page, in the language of the visitor: `s.section.key`. Each language has a folder of its own here. Which
 * one is read is decided by the reader that locale.svelte.ts puts in, so that what is drawn is drawn anew when it changes. Without one
 * (in Node) it is English.
 */
import { en } from './en/index.ts';
import { zh } from './zh/index.ts';

export type Strings = typeof en;

/** A language of the page. */
interface LanguageEntry {
  /** By its own name. */
  readonly name: string;
  /** As the `lang` attribute wants it. */
  readonly tag: string;
  readonly strings: Strings;
}

/** By the word that addresses use for it (`lang=zh`). Another language is another folder and one more entry. */
export const LANGUAGES = {
  en: { name: 'English', tag: 'en', strings: en },
  zh: { name: '简体中文', tag: 'zh-Hans', strings: zh },
} satisfies Readonly<Record<string, LanguageEntry>>;
export type Locale = keyof typeof LANGUAGES;

let locale: () => Locale = () => 'en';

/** Asked at every look-up from now on. */
export function readLocaleFrom(reader: () => Locale): void {
  locale = reader;
}

/** The language in use. */
export const localeNow = (): Locale => locale();

/** The catalogue in use. Looked up at the time of reading: keep no parts of it in constants. */
export const s: Strings = new Proxy(en, {
  get: (_, section) => Reflect.get(LANGUAGES[locale()].strings, section) as unknown,
});
