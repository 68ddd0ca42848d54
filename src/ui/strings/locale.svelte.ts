/**
 * The visitor's language: what was chosen here before, else the first of the browser's languages that we speak. It sets the document's
 * `lang` and what `s` reads, and nothing else.
 */
import { getContext, setContext } from 'svelte';
import { CATALOGUES, readLocaleFrom, type Locale } from './index.ts';
import { forget, recall, remember } from '../view/remember.ts';

const KEY = 'tracewise.language';
/** As the `lang` attribute wants it. */
const TAGS: Readonly<Record<Locale, string>> = { en: 'en', zh: 'zh-Hans' };
/** Each language by its own name. */
export const LANGUAGES: readonly {
  readonly locale: Locale;
  readonly name: string;
}[] = [
  { locale: 'en', name: 'English' },
  { locale: 'zh', name: '简体中文' },
];

const isLocale = (text: string | null): text is Locale => text !== null && Object.hasOwn(CATALOGUES, text);

/** The first language in the visitor's order that there is a catalogue for; English when there is none. */
export function chooseLocale(wanted: readonly string[]): Locale {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split('-')[0] ?? '';
    if (isLocale(language)) return language;
  }
  return 'en';
}

export class Language {
  #current: Locale = $state('en');

  /** `wish` comes from the address and is for this visit. */
  constructor(wish: string | null = null) {
    const kept = recall(KEY);
    this.#current = isLocale(wish) ? wish : isLocale(kept) ? kept : chooseLocale(navigator.languages);
    readLocaleFrom(() => this.#current);
    this.#show();
  }

  get current(): Locale {
    return this.#current;
  }

  choose(locale: Locale): void {
    this.#current = locale;
    if (locale === chooseLocale(navigator.languages)) forget(KEY);
    else remember(KEY, locale);
    this.#show();
  }

  #show(): void {
    document.documentElement.lang = TAGS[this.#current];
  }
}

const CONTEXT = Symbol('language');
export const provideLanguage = (language: Language): Language => setContext(CONTEXT, language);
export const getLanguage = (): Language => getContext<Language>(CONTEXT);
