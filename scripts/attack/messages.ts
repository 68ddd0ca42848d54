/**
 * The messages between the process that runs a campaign and the one that watches it. This file has only
 * types.
 */
import type { Counts, Finding } from './campaign.ts';

/** Which compositions: from `first` on, until the count or the clock says enough. */
export interface Order {
  readonly seed: number;
  readonly first: number;
  readonly count: number;
  readonly minutes: number;
  readonly browser: boolean;
  readonly frame: boolean;
}

export type Message =
  | { readonly kind: 'round'; readonly number: number; readonly counts: Counts }
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'done'; readonly counts: Counts };
