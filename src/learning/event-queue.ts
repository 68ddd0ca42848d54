/**
 * The events of a run on their way to the consumer, and how many of them it has been handed.
 * A saved run's log is cut to that number. Events of finished work count at once. Events of a
 * step under way count when the step is done, because after a crash the step is done again.
 */
import type { TrainerEvent } from './events.ts';

export class EventQueue {
  #handed: number;
  #uncommitted = 0;
  readonly #pending: TrainerEvent[];

  /**
   * @param handed events handed out before, @param pending decided ones that were
   * not: of the run that is gone on with
   */
  constructor(handed = 0, pending: readonly TrainerEvent[] = []) {
    this.#handed = handed;
    this.#pending = [...pending];
  }

  /** Events handed out that belong to finished work. */
  get handed(): number {
    return this.#handed;
  }

  /** Decided, not yet handed out. */
  get pending(): TrainerEvent[] {
    return [...this.#pending];
  }

  decide(event: TrainerEvent): void {
    this.#pending.push(event);
  }

  /** Hands out decided events; each counts as handed out before the consumer sees it. */
  *handOut(): Generator<TrainerEvent, void, void> {
    this.#handed += this.#uncommitted;
    this.#uncommitted = 0;
    for (let event = this.#pending.shift(); event !== undefined; event = this.#pending.shift()) {
      if (event.type !== 'timing') this.#handed++;
      yield event;
    }
  }

  /** An event of a step under way: after a crash the step is done again, and so is this event. */
  *announce(event: TrainerEvent): Generator<TrainerEvent, void, void> {
    this.#uncommitted++;
    yield event;
  }
}
