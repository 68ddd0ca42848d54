/**
 * The batches of past steps, so that one can scrub back through a run: held in a compact form within a bound
 * on memory, read one at a time. Plain data in and out; it draws nothing and knows no metrics.
 */
import type { AlignmentRollout, CodeRollout, Group } from '../../learning/events.ts';

export interface StepBatch {
  readonly step: number;
  readonly groups: readonly Group[];
}

/**
 * Ids and log-probabilities are most of a rollout: as arrays of numbers they take eight bytes an element and
 * more.
 */
type Packed<R> = Omit<R, 'tokens' | 'logProbs'> & {
  readonly tokens: Int32Array;
  readonly logProbs: Float32Array;
};
type PackedGroup<G extends Group = Group> = G extends Group
  ? Omit<G, 'rollouts'> & { readonly rollouts: readonly Packed<G['rollouts'][number]>[] }
  : never;

/** A batch as it is held. */
export interface HeldBatch {
  readonly step: number;
  readonly groups: readonly PackedGroup[];
  /** Estimated bytes. */
  readonly bytes: number;
}

/** Log-probabilities are float32 where they come from, so nothing is lost. */
function pack<R extends CodeRollout | AlignmentRollout>(rollout: R): Packed<R> {
  return {
    ...rollout,
    tokens: Int32Array.from(rollout.tokens),
    logProbs: Float32Array.from(rollout.logProbs),
  };
}

function unpack(group: PackedGroup): Group {
  const rollouts = group.rollouts.map((rollout) => ({
    ...rollout,
    tokens: [...rollout.tokens],
    logProbs: [...rollout.logProbs],
  }));
  return { ...group, rollouts } as Group;
}

/** Objects and short texts of one rollout, apart from its arrays and its completion. */
const OVERHEAD = 400;

function bytesOf(groups: readonly Group[]): number {
  let bytes = 0;
  for (const group of groups) {
    bytes += group.kind === 'code' ? group.prompt.length : 3 * group.record.prompt.length;
    for (const { completion, tokens } of group.rollouts)
      bytes += OVERHEAD + completion.length + 8 * tokens.length;
  }
  return bytes;
}

const HISTORY_BYTES = 48e6;

export class History {
  #held: readonly HeldBatch[] = [];
  #bytes = 0;
  #read: StepBatch | null = null;

  constructor(private readonly limit = HISTORY_BYTES) {}

  /** Steps that are still here, in order. */
  get steps(): readonly number[] {
    return this.#held.map(({ step }) => step);
  }

  get bytes(): number {
    return this.#bytes;
  }

  clear(): void {
    this.#held = [];
    this.#bytes = 0;
    this.#read = null;
  }

  /** Steps come in order; one that comes again takes the place of what was there from it on. */
  add({ step, groups }: StepBatch): void {
    this.#filter((held) => held.step < step);
    const packed = groups.map(
      (group) => ({ ...group, rollouts: (group.rollouts as CodeRollout[]).map(pack) }) as PackedGroup,
    );
    const bytes = bytesOf(groups);
    this.#held = [...this.#held, { step, groups: packed, bytes }];
    this.#bytes += bytes;
    this.#read = null;
    while (this.#bytes > this.limit && this.#held.length > 2) this.#dropEverySecond();
  }

  /** The batch of a step; null when it is not (or no longer) here. */
  at(step: number): StepBatch | null {
    if (this.#read?.step === step) return this.#read;
    const held = this.#held.find((other) => other.step === step);
    if (!held) return null;
    this.#read = { step, groups: held.groups.map(unpack) };
    return this.#read;
  }

  /** All that is here, immutable; `restore` brings it back. */
  get held(): readonly HeldBatch[] {
    return this.#held;
  }

  restore(held: readonly HeldBatch[]): void {
    this.#held = held;
    this.#read = null;
    this.#bytes = this.#held.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /**
   * Lets go of every second step of the older half: the story stays whole, coarser the further back. The
   * first step always stays.
   */
  #dropEverySecond(): void {
    const half = Math.max(2, Math.floor(this.#held.length / 2));
    const older = new Set(this.#held.slice(0, half).map(({ step }) => step));
    let at = 0;
    this.#filter((held) => !older.has(held.step) || at++ % 2 === 0);
  }

  #filter(test: (held: HeldBatch) => boolean): void {
    this.restore(this.#held.filter(test));
  }
}
