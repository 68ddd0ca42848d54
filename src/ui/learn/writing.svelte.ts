/**
 * A rollout being written again: which one, how far, and the clock that writes on. It
 * goes once through every different program and stops; whoever touches it takes over.
 */
import { branchesAt, splitsOf, treeOf, type TokenPiece } from './token-tree.ts';

/** Milliseconds a token stays the newest, and a finished program is looked at. */
const TOKEN_MS = 140;
const READ_MS = 1800;

export class WritingReplay {
  chosen = $state(0);
  /** Tokens written. */
  at = $state(0);
  playing = $state(false);

  readonly rollouts: readonly (readonly TokenPiece[])[];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Different programs still to be written by the clock. */
  #queue: number[] = [];
  /** Whether the reader has ever laid hands on it: from then on it begins nothing by itself. */
  #isTaken = false;

  constructor(rollouts: readonly (readonly TokenPiece[])[]) {
    this.rollouts = rollouts;
    this.#queue = treeOf(rollouts).leaves.map(({ rollouts: [first] }) => first ?? 0);
    this.chosen = this.#queue.shift() ?? 0;
  }

  readonly pieces = $derived.by(() => this.rollouts[this.chosen] ?? []);
  readonly isWhole = $derived(this.at >= this.pieces.length);
  readonly branches = $derived.by(() => branchesAt(this.rollouts, this.chosen, this.at));
  readonly forks = $derived.by(() => splitsOf(this.rollouts, this.chosen));
  readonly previousFork = $derived.by(() => this.forks.findLast((fork) => fork < this.at) ?? null);
  readonly nextFork = $derived.by(() => this.forks.find((fork) => fork > this.at) ?? null);

  /** It has come into sight: it begins by itself, unless the reader was there first. */
  begin(): void {
    if (!this.#isTaken) this.play();
  }

  play(): void {
    if (this.playing) return;
    this.playing = true;
    if (this.isWhole) this.at = 0;
    this.#tick();
  }

  pause(): void {
    this.playing = false;
    clearTimeout(this.#timer);
  }

  /** The reader takes over, wherever it stands: also by a key that leaves the place as it is. */
  take(): void {
    this.#isTaken = true;
    this.pause();
  }

  toggle(): void {
    this.#isTaken = true;
    if (this.playing) this.pause();
    else this.play();
  }

  /** The reader goes to a place. */
  go(at: number): void {
    this.take();
    this.at = Math.max(0, Math.min(at, this.pieces.length));
  }

  /** Another rollout, whole. */
  choose(rollout: number): void {
    this.take();
    this.chosen = rollout;
    this.at = this.pieces.length;
  }

  #tick(): void {
    this.#timer = setTimeout(
      () => {
        if (!this.isWhole) {
          this.at++;
        } else {
          const next = this.#queue.shift();
          if (next === undefined) return this.pause();
          this.chosen = next;
          // What is shared with the one before need not be watched again.
          this.at = Math.max(0, (this.forks.at(-1) ?? 1) - 1);
        }
        this.#tick();
      },
      this.isWhole ? READ_MS : TOKEN_MS,
    );
  }
}
