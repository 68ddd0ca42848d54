/**
 * A moment of a recorded run as words of the address, so that a link leads to it:
 * `run=ID&step=20&group=3&view=compare`. Pure: it touches neither the page nor its history.
 */
import { withWord } from '../session/address.ts';

export const VIEWS = ['rollouts', 'compare', 'instruments', 'own'] as const;
export type View = (typeof VIEWS)[number];

export interface LinkedMoment {
  /** Finished steps; null: not said. */
  readonly step: number | null;
  /** Place of the group that is read, from 0; null: the one that teaches most. */
  readonly group: number | null;
  readonly view: View;
}

const isView = (text: string | null): text is View => (VIEWS as readonly (string | null)[]).includes(text);

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) : null;
}

/** What makes no sense is as if it were not said. */
export function readMoment(search: string): LinkedMoment {
  const words = new URLSearchParams(search);
  const group = wholeNumber(words.get('group'));
  const view = words.get('view');
  return {
    step: wholeNumber(words.get('step')),
    group: group === null || group === 0 ? null : group - 1,
    view: isView(view) ? view : 'rollouts',
  };
}

/** @param run the recording's id; null: no recorded run of the site is shown, and no moment of one is said */
export function withMoment(href: string, run: string | null, { step, group, view }: LinkedMoment): string {
  const isShown = run !== null;
  const words: Readonly<Record<string, string | null>> = {
    run,
    step: isShown && step !== null ? String(step) : null,
    group: isShown && group !== null ? String(group + 1) : null,
    view: view === 'rollouts' ? null : view,
  };
  return Object.entries(words).reduce((address, [name, value]) => withWord(address, name, value), href);
}
