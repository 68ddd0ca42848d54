/**
 * The languages of the page, and where the parts of each catalogue are. A part comes with what shows it, in
 * the language that is read and no other. Which one that is, is not known here.
 */
import type { PartialStrings } from './partial.ts';

/**
 * What is fetched in one piece: `base` for any room, the others with the room of their name, `settings` with
 * Play and the Lab, `tasks` with Play, `glossary` once a term of it stands somewhere.
 */
export type Part = 'base' | 'glossary' | 'lab' | 'learn' | 'lecture' | 'settings' | 'tasks' | 'teach';

type Parts = Readonly<Record<Part, () => Promise<PartialStrings>>>;

/** A language of the page. */
interface LanguageEntry {
  /** By its own name. */
  readonly name: string;
  /** As the `lang` attribute wants it. */
  readonly tag: string;
  /** Which share of the texts it has, 0 to 1; what it lacks is said in English. A test counts. */
  readonly share: number;
  readonly parts: Parts;
}

/** For a catalogue that is one file: each part is the whole of it. */
export const oneFile = (load: () => Promise<PartialStrings>): Parts => ({
  base: load,
  glossary: load,
  lab: load,
  learn: load,
  lecture: load,
  settings: load,
  tasks: load,
  teach: load,
});

/** By the word that addresses use for it (`lang=zh`). Another language is one more entry. */
export const LANGUAGES = {
  en: {
    name: 'English',
    tag: 'en',
    share: 1,
    parts: {
      base: () => import('./en/base.ts').then(({ base }) => base),
      glossary: () => import('./en/glossary.ts'),
      lab: () => import('./en/lab.ts'),
      learn: () => import('./en/learn-words.ts'),
      lecture: () => import('./en/lecture.ts'),
      settings: () => import('./en/setting-words.ts'),
      tasks: () => import('./en/tasks.ts'),
      teach: () => import('./en/teach.ts'),
    },
  },
  zh: {
    name: '简体中文',
    tag: 'zh-Hans',
    share: 1,
    parts: {
      base: () => import('./zh/base.ts').then(({ base }) => base),
      glossary: () => import('./zh/glossary.ts'),
      lab: () => import('./zh/lab.ts'),
      learn: () => import('./zh/learn-words.ts'),
      lecture: () => import('./zh/lecture.ts'),
      settings: () => import('./zh/setting-words.ts'),
      tasks: () => import('./zh/tasks.ts'),
      teach: () => import('./zh/teach.ts'),
    },
  },
} satisfies Readonly<Record<string, LanguageEntry>>;
export type Locale = keyof typeof LANGUAGES;
export const LOCALES = Object.keys(LANGUAGES) as readonly Locale[];
