/** Which group of the latest batch is being read. The choice survives a new batch as far as it fits; it holds no rollouts. */
import type { Group } from '../../learning/events.ts';

export class RolloutView {
  #wanted = $state(0);
  readonly #groups: () => readonly Group[];

  constructor(groups: () => readonly Group[]) {
    this.#groups = groups;
  }

  readonly index = $derived.by(() => Math.max(0, Math.min(this.#wanted, this.#groups().length - 1)));
  readonly group = $derived.by((): Group | null => this.#groups()[this.index] ?? null);

  choose(index: number): void {
    this.#wanted = Math.max(0, Math.min(index, this.#groups().length - 1));
  }

  move(by: number): void {
    this.choose(this.index + by);
  }
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
