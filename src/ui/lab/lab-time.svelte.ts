/**
 * How long runs will take: as measured in this visit, else as in an earlier one with the
 * same model, else as on the machine of the recordings. The arithmetic is in pace.ts.
 */
import type { ListedRecording } from '../../experiment/recorded.ts';
import { recall, remember } from '../browser/remember.ts';
import {
  estimate,
  paceOfRecordings,
  readPace,
  type MeasuredPace,
  type PaceEstimate,
  type RunLeft,
} from './pace.ts';
import type { Queue } from './queue.svelte.ts';

const PACE_KEY = 'tracewise.lab.pace';

export class LabTime {
  readonly #queue: Queue;
  /** What is known without a run in this visit; null: nothing. */
  #known: (Omit<MeasuredPace, 'model'> & { readonly source: 'earlier' | 'recording' }) | null =
    $state.raw(null);

  constructor(queue: Queue) {
    this.#queue = queue;
  }

  /** From what was measured in this visit; null before its first step, and where no run is left. */
  left(runs: readonly RunLeft[]): PaceEstimate | null {
    void this.#queue.measured;
    return runs.length === 0 ? null : this.#queue.pace.left(runs);
  }

  /** From the best that is known; null: nothing is. */
  expected(runs: readonly RunLeft[]): PaceEstimate | null {
    const known = this.#known;
    return this.left(runs) ?? (known === null ? null : estimate(runs, known, known.source));
  }

  /** Keeps what was measured for later visits. */
  keep(): void {
    const { measured } = this.#queue.pace;
    if (measured !== null) remember(PACE_KEY, JSON.stringify(measured));
  }

  /** Looks for what is known from before. Recordings were made with the site's own model alone. */
  async lookBack(from: {
    readonly model: string;
    readonly isBuiltIn: boolean;
    readonly recordings: () => Promise<readonly ListedRecording[]>;
  }): Promise<void> {
    const kept = readPace(recall(PACE_KEY));
    if (kept !== null && kept.model === from.model) {
      this.#known = { ...kept, source: 'earlier' };
      return;
    }
    const listed = await from.recordings().catch(() => []);
    const pace = from.isBuiltIn ? paceOfRecordings(listed) : null;
    if (pace !== null) this.#known ??= { ...pace, source: 'recording' };
  }
}
