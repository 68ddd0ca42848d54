/**
 * Every sentence and word of the page, in the language of the visitor: `s.section.key`. The texts come in
 * parts (languages.ts): `wantWords` before something is shown, `hasWords` where it may be shown without them.
 * Which language is read is decided by the reader that locale.svelte.ts puts in, so that what is drawn is
 * drawn anew when it changes, or when words arrive. Without one (in tests) it is English.
 */
import { LANGUAGES, type Locale, type Part } from './languages.ts';
import { completed, type PartialStrings, type Strings } from './partial.ts';

export { LANGUAGES, LOCALES, type Locale, type Part } from './languages.ts';
export type { Strings };

interface Catalogue {
  /** Sections that are here. */
  readonly texts: Partial<Strings>;
  readonly parts: Map<Part, Promise<void>>;
  readonly here: Set<Part>;
}
const catalogues = new Map<Locale, Catalogue>();
/** Parts that something on the page shows: a language that is switched to brings them along. */
const wanted = new Set<Part>(['base']);

let locale: () => Locale = () => 'en';
let arrived: () => void = () => undefined;

/** `read` is asked at every look-up from now on, `onWords` is told when words have come. */
export function readLocaleFrom(read: () => Locale, onWords: () => void = () => undefined): void {
  [locale, arrived] = [read, onWords];
}

/** The language in use. */
export const localeNow = (): Locale => locale();

function catalogue(of: Locale): Catalogue {
  const known = catalogues.get(of) ?? { texts: {}, parts: new Map(), here: new Set() };
  catalogues.set(of, known);
  return known;
}

async function fetchPart(of: Locale, part: Part): Promise<void> {
  const { texts, here } = catalogue(of);
  const { parts, share } = LANGUAGES[of];
  // What a language lacks is said in English.
  const [own, english] = await Promise.all([parts[part](), share < 1 ? LANGUAGES.en.parts[part]() : null]);
  Object.assign(texts, english === null ? own : completed<PartialStrings>(own, english));
  here.add(part);
  arrived();
}

/** Asked for once; what did not come is asked for again next time. */
function loadPart(of: Locale, part: Part): Promise<void> {
  const { parts } = catalogue(of);
  const known = parts.get(part);
  if (known !== undefined) return known;
  const coming = fetchPart(of, part);
  parts.set(part, coming);
  coming.catch(() => parts.delete(part));
  return coming;
}

/** All that the page shows now, in a language. @throws what an import throws */
export async function loadLanguage(of: Locale): Promise<void> {
  const lacking = (): readonly Part[] => [...wanted].filter((part) => !catalogue(of).here.has(part));
  // Meanwhile more may be wanted.
  while (lacking().length > 0) await Promise.all(lacking().map((part) => loadPart(of, part)));
}

/**
 * What is about to be shown, in the language in use and in any that comes after.
 * @throws what an import throws
 */
export async function wantWords(...parts: readonly Part[]): Promise<void> {
  for (const part of parts) wanted.add(part);
  await Promise.all(['base' as const, ...parts].map((part) => loadPart(locale(), part)));
}

/** Whether a part is here in the language in use. */
export const hasWords = (part: Part): boolean => catalogue(locale()).here.has(part);

/** The texts of a language: whole once all its parts have come. */
export const catalogueOf = (of: Locale): Strings => catalogue(of).texts as Strings;

/** The catalogue in use. Looked up at the time of reading: keep no parts of it in constants. */
export const s = new Proxy({} as Strings, {
  get(_, section) {
    const text: unknown = Reflect.get(catalogueOf(locale()), section);
    if (text === undefined && typeof section === 'string')
      // For developers: it is shown by nothing.
      throw new Error(`No words of "${section}" are here: wantWords comes before they are shown.`);
    return text;
  },
});
