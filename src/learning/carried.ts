/**
 * What a run carries from step to step beside the policy and the buffer, and saves:
 * running means, the entropy bonus as it has adapted, value heads, how tasks went.
 * Plain data; whoever makes it says what it means.
 */
import type { Adapted } from './adaptive.ts';
import type { PassRates } from './curriculum.ts';
import type { ValueHeads } from './gae.ts';

export interface Carried {
  /** Mean rewards by kind, the baseline of `reinforce`. */
  readonly means: Readonly<Record<string, number>>;
  /** Null: nothing has adapted. */
  readonly adapted: Adapted | null;
  /** By kind; empty: no critic has learned. */
  readonly heads: ValueHeads;
  /** By task; empty where the order of tasks does not ask for it. */
  readonly rates: PassRates;
}

/** As a saved run holds it: what there is nothing of is left out. */
export interface SavedCarried {
  /** Absent in runs saved before there were any. */
  readonly means?: Carried['means'];
  readonly adapted?: Adapted;
  readonly heads?: ValueHeads;
  readonly rates?: PassRates;
}

export const takeUpCarried = (state: SavedCarried | undefined): Carried => ({
  means: state?.means ?? {},
  adapted: state?.adapted ?? null,
  heads: state?.heads ?? {},
  rates: state?.rates ?? {},
});

export const saveCarried = ({ means, adapted, heads, rates }: Carried): SavedCarried => ({
  means,
  ...(adapted && { adapted }),
  ...(Object.keys(heads).length > 0 && { heads }),
  ...(Object.keys(rates).length > 0 && { rates }),
});
