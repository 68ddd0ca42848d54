/**
 * The plan as words: in the address, and in the browser for the next visit. A plan
 * that nobody has changed has none.
 */
import { experimentQuery, isExperimentWord, parseExperimentQuery } from '../../experiment/experiment-link.ts';
import { recall, remember } from '../browser/remember.ts';
import type { RoomWords } from '../session/rooms.svelte.ts';
import { toErrorData } from '../strings/failures.ts';
import { s } from '../strings/index.ts';
import type { ErrorData } from '../view/error-data.ts';
import type { LabPlan } from './plan.svelte.ts';

const PLAN_KEY = 'tracewise.lab.plan';

export class KeptPlan {
  readonly #plan: LabPlan;
  /** The plan that nobody has changed. */
  readonly #pristine: string;

  /** @param plan as the page begins with it */
  constructor(plan: LabPlan) {
    this.#plan = plan;
    this.#pristine = this.#text();
  }

  #text(): string {
    return experimentQuery(this.#plan.link);
  }

  /** Whether the plan is another one than the page begins with. */
  get isOwn(): boolean {
    return this.#text() !== this.#pristine;
  }

  readonly address: RoomWords = {
    isOwn: isExperimentWord,
    words: () => (this.isOwn ? this.#plan.link : []),
  };

  keep(): void {
    remember(PLAN_KEY, this.isOwn ? this.#text() : '');
  }

  /**
   * The plan becomes that of the address, else the one that was left here.
   * @returns what is wrong with the address, or null
   */
  takeUp(search: string): ErrorData | null {
    let error: ErrorData | null = null;
    for (const text of [search, recall(PLAN_KEY) ?? '']) {
      try {
        const found = parseExperimentQuery(text);
        if (found === null) continue;
        this.#plan.adopt(found);
        break;
      } catch (cause) {
        // What was left by an earlier version of the page is no news.
        if (text !== search) break;
        error = toErrorData(cause, { kept: s.lab.errors.linkKept, advice: s.error.linkAdvice });
      }
    }
    return error;
  }
}
