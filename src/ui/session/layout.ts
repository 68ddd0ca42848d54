/**
 * What of the page a link leaves out: `hide=knobs,transport` for a lesson, `embed` for a frame in another
 * page, `lecture` for a class. Fixed for a visit; the rooms ask it, it hides nothing itself.
 */
import { getContext, setContext } from 'svelte';

/** Panels that a link may hide. */
const PANELS = ['header', 'task', 'knobs', 'rollouts', 'learning', 'transport', 'chapters', 'runs'] as const;
export type Panel = (typeof PANELS)[number];

const isPanel = (text: string): text is Panel => (PANELS as readonly string[]).includes(text);

export class Layout {
  /** Shown inside another page: no header, less air. */
  readonly embed: boolean;
  /** Learn as a lecture: large, one thing at a time, no header. */
  readonly isLecture: boolean;
  readonly #hidden: ReadonlySet<Panel>;

  constructor(hidden: readonly Panel[] = [], embed = false, isLecture = false) {
    this.#hidden = new Set(hidden);
    this.embed = embed;
    this.isLecture = isLecture;
  }

  shows(panel: Panel): boolean {
    if (panel === 'header' && (this.embed || this.isLecture)) return false;
    return !this.#hidden.has(panel);
  }

  /** From the words of an address; unknown panels are left out. */
  static read(search: string): Layout {
    const words = new URLSearchParams(search);
    const hidden = words.getAll('hide').flatMap((text) => text.split(','));
    return new Layout(
      hidden.map((text) => text.trim()).filter(isPanel),
      isOn(words.get('embed')),
      isOn(words.get('lecture')),
    );
  }
}

const isOn = (word: string | null): boolean => word !== null && word !== '0' && word !== 'false';

const CONTEXT = Symbol('layout');
export const provideLayout = (layout: Layout): Layout => setContext(CONTEXT, layout);
export const getLayout = (): Layout => getContext<Layout>(CONTEXT);
