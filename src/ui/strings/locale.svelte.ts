/**
 * The visitor's language: what was chosen here before, else the first of the browser's languages that we
 * speak. It sets the document's `lang` and what `s` reads, and nothing else.
 */
import { getContext, setContext } from 'svelte';
import { LANGUAGES, loadLanguage, LOCALES, readLocaleFrom, type Locale } from './index.ts';
import { forget, recall, remember } from '../browser/remember.ts';

const KEY = 'tracewise.language';

const isLocale = (text: string | null): text is Locale => text !== null && Object.hasOwn(LANGUAGES, text);

/** The language after this one, in the order of the table; after the last one the first. */
export function nextLocale(current: Locale): Locale {
  return LOCALES[(LOCALES.indexOf(current) + 1) % LOCALES.length]!;
}

/**
 * The first language in the visitor's order that there is a whole catalogue for; English when there is none.
 * One that is under way is for those who choose it.
 */
export function chooseLocale(wanted: readonly string[]): Locale {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split('-')[0] ?? '';
    if (isLocale(language) && LANGUAGES[language].share === 1) return language;
  }
  return 'en';
}

export class Language {
  #current: Locale = $state('en');
  /** Words that have come so far: what is drawn is drawn anew. */
  #words = $state(0);

  /** `wish` comes from the address and is for this visit. */
  constructor(wish: string | null = null) {
    const kept = recall(KEY);
    this.#current = isLocale(wish) ? wish : isLocale(kept) ? kept : chooseLocale(navigator.languages);
    readLocaleFrom(
      () => {
        void this.#words; // read, so that who reads is told
        return this.#current;
      },
      () => this.#words++,
    );
    this.#show();
  }

  get current(): Locale {
    return this.#current;
  }

  /** The words of what is open come first. @throws what an import throws: then it stays as it was */
  async choose(locale: Locale): Promise<void> {
    await loadLanguage(locale);
    this.#current = locale;
    if (locale === chooseLocale(navigator.languages)) forget(KEY);
    else remember(KEY, locale);
    this.#show();
  }

  #show(): void {
    document.documentElement.lang = LANGUAGES[this.#current].tag;
  }
}

const CONTEXT = Symbol('language');
export const provideLanguage = (language: Language): Language => setContext(CONTEXT, language);
export const getLanguage = (): Language => getContext<Language>(CONTEXT);
