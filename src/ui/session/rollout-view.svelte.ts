/**
 * What is being read of a run's rollouts: which step, which group of it, which outcomes, under which overlay,
 * and the rollout that is open. Choices survive a new batch as far as they fit; it holds no rollouts of its
 * own but the open one.
 */
import type { AlignmentRollout, CodeRollout, Group } from '../../learning/events.ts';
import { outcomeMark, type OutcomeMark } from '../view/outcome.ts';
import type { Overlay } from '../view/overlay.ts';
import type { RunState, StepBatch } from './run-state.svelte.ts';

/** A rollout taken out of its batch to be read; it stays while the run goes on. */
export interface OpenRollout {
  readonly step: number;
  readonly group: Group;
  readonly index: number;
}

/** A token being read, and where it stands on the screen. */
export interface TokenInView {
  readonly step: number;
  readonly group: Group;
  readonly rollout: CodeRollout | AlignmentRollout;
  readonly index: number;
  readonly place: DOMRect;
}

type Source = Pick<RunState, 'batch' | 'steps' | 'batchAt'>;

export class RolloutView {
  /** The group that was chosen; null: the one of the step that teaches most. */
  #wanted: number | null = $state(null);
  /** The step to stay at; null follows the run. */
  #step: number | null = $state(null);
  /** Only these outcomes; null shows all. */
  filter: OutcomeMark | null = $state(null);
  overlay: Overlay = $state('none');
  open: OpenRollout | null = $state.raw(null);
  token: TokenInView | null = $state.raw(null);
  readonly #source: () => Source;

  /** `source`: the run being shown, live or recorded. */
  constructor(source: () => Source) {
    this.#source = source;
  }

  readonly batch = $derived.by((): StepBatch | null => {
    const run = this.#source();
    return this.#step === null ? run.batch : (run.batchAt(this.#step) ?? run.batch);
  });
  readonly groups = $derived(this.batch?.groups ?? []);
  /** The group that somebody has chosen; null: nobody has. */
  get chosen(): number | null {
    return this.#wanted;
  }

  readonly isFollowing = $derived(this.#step === null || this.batch?.step !== this.#step);
  readonly index = $derived.by(() =>
    this.#wanted === null
      ? tellingGroup(this.groups, this.batch?.step ?? 0)
      : Math.max(0, Math.min(this.#wanted, this.groups.length - 1)),
  );
  readonly group = $derived.by((): Group | null => this.groups[this.index] ?? null);
  /** Rollouts of the group that the filter lets through, with their places. */
  readonly shown = $derived.by((): readonly number[] => {
    const all = this.group?.rollouts.map((rollout, i) => ({ outcome: outcomeMark(rollout), i })) ?? [];
    return all.filter(({ outcome }) => this.filter === null || outcome === this.filter).map(({ i }) => i);
  });

  choose(index: number): void {
    this.#wanted = Math.max(0, Math.min(index, this.groups.length - 1));
  }

  move(by: number): void {
    this.choose(this.index + by);
  }

  /** Goes to a step that is still here and stays; the latest one is followed. */
  goTo(step: number): void {
    this.#step = step === this.#source().steps.at(-1) ? null : step;
  }

  follow(): void {
    this.#step = null;
  }

  read(index: number): void {
    const { batch, group } = this;
    if (batch && group?.rollouts[index]) this.open = { step: batch.step, group, index };
  }

  /** Goes to a neighbour of the open rollout. */
  turn(by: number): void {
    const { open } = this;
    if (open?.group.rollouts[open.index + by]) this.open = { ...open, index: open.index + by };
  }

  close(): void {
    this.token = null;
    this.open = null;
  }

  clear(): void {
    this.#step = null;
    this.filter = null;
    this.close();
    this.#wanted = null;
  }
}

/**
 * Place of the group to read when nobody has chosen one: the one that pushes most. Steps take
 * turns: programs in odd ones, answers in even ones, as far as there are groups that teach.
 */
export function tellingGroup(groups: readonly Group[], step: number): number {
  /**
   * One that pushes some rollouts up and others down comes before any that moves all alike, and
   * before either one in which that is seen: some of its rollouts are right and some are not.
   */
  const push = (group: Group): number => {
    const { rollouts } = group;
    const both =
      rollouts.some(({ advantage }) => advantage > 0) && rollouts.some(({ advantage }) => advantage < 0);
    const right = rightIn(group);
    const isMixed = both && right.includes(true) && right.includes(false);
    const mean = rollouts.reduce((sum, { advantage }) => sum + Math.abs(advantage), 0) / rollouts.length;
    return mean + (both ? 1000 : 0) + (isMixed ? 1000 : 0);
  };
  const turn = step % 2 === 1 ? 'code' : 'alignment';
  const best = (kind: Group['kind']): number => {
    let found = -1;
    groups.forEach((group, i) => {
      if (group.kind !== kind || push(group) === 0) return;
      if (found < 0 || push(group) > push(groups[found]!)) found = i;
    });
    return found;
  };
  const [first, second] = [best(turn), best(turn === 'code' ? 'alignment' : 'code')];
  return Math.max(0, first >= 0 ? first : second);
}

/** Right rollouts of a group: passed, or every variable right. */
export function rightIn(group: Group): readonly boolean[] {
  return group.kind === 'code'
    ? group.rollouts.map((rollout) => rollout.verdict === 'pass')
    : group.rollouts.map(
        (rollout) =>
          rollout.malformed === null &&
          rollout.variables.length > 0 &&
          rollout.variables.every((variable) => variable.right),
      );
}

/** True when no rollout has an advantage: the group moves nothing. */
export const isIdle = (group: Group): boolean => group.rollouts.every((rollout) => rollout.advantage === 0);

/** What the policy was given for this group. */
export const groupPrompt = (group: Group): string =>
  group.kind === 'code' ? group.prompt : group.record.prompt;

export const isCode = (rollout: CodeRollout | AlignmentRollout): rollout is CodeRollout =>
  'verdict' in rollout;
