/**
 * The buffer of alignment records: own programs with what they really compute, kept
 * for a few steps and drawn newest first. It does not decide what becomes a record
 * (funnel.ts) and holds plain data, so that a run can be saved and resumed with it.
 */
import type { Random } from '../base/random.ts';
import type { AlignmentRecord } from './events.ts';

export interface StoredRecord {
  readonly record: AlignmentRecord;
  /** Fingerprint of the normalised syntax tree with the input; equal keys are duplicates. */
  readonly key: string;
}

export interface DrawSettings {
  /** `recent`: only records born at the step before. */
  readonly strategy: 'newest' | 'recent';
  /** Records older than this many steps are not drawn. */
  readonly maxAge: number;
  /** Records of one task in one draw. */
  readonly capPerTask: number;
}

export class RecordBuffer {
  #stored: StoredRecord[];
  readonly #capacity: number;

  constructor(capacity: number, stored: readonly StoredRecord[] = []) {
    this.#capacity = capacity;
    this.#stored = [...stored];
  }

  get size(): number {
    return this.#stored.length;
  }

  has(key: string): boolean {
    return this.#stored.some((stored) => stored.key === key);
  }

  /** Appends; the oldest leave when the capacity is exceeded. */
  add(records: readonly StoredRecord[]): void {
    this.#stored.push(...records);
    if (this.#stored.length > this.#capacity) this.#stored = this.#stored.slice(-this.#capacity);
  }

  /** Lets go of records that no later step may draw. */
  expire(step: number, maxAge: number): void {
    this.#stored = this.#stored.filter(({ record }) => step - record.bornAt < maxAge);
  }

  /**
   * Up to `count` different records for a step: newest first, those of one birth in
   * random order, none older than the age bound, at most `capPerTask` of a task. The
   * buffer keeps them; only inside one draw is there no replacement.
   */
  draw(step: number, count: number, settings: DrawSettings, random: Random): AlignmentRecord[] {
    const bound = settings.strategy === 'recent' ? 1 : settings.maxAge;
    const candidates = this.#stored
      .map(({ record }) => record)
      .filter(({ bornAt }) => bornAt < step && step - bornAt <= bound);
    const births = [...new Set(candidates.map(({ bornAt }) => bornAt))].sort((a, b) => b - a);
    const perTask = new Map<string, number>();
    const drawn: AlignmentRecord[] = [];
    for (const birth of births) {
      // A stream per birth: what was born before does not change the order of what is new.
      const order = random.fork(`born ${birth}`).shuffle(candidates.filter(({ bornAt }) => bornAt === birth));
      for (const record of order) {
        if (drawn.length === count) return drawn;
        const taken = perTask.get(record.taskId) ?? 0;
        if (taken >= settings.capPerTask) continue;
        perTask.set(record.taskId, taken + 1);
        drawn.push(record);
      }
    }
    return drawn;
  }

  save(): readonly StoredRecord[] {
    return [...this.#stored];
  }
}
