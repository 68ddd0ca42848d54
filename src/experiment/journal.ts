/**
 * The events of a run on their way to storage, as lines, in order. They are divided at
 * the newest saved state into those that belong to it and those that would be made again
 * from it. The journal stores nothing itself. Unlike the run log, it holds the times too.
 */
import type { TrainerEvent } from '../learning/events.ts';
import { eventLine, readRunLog, RunLogError } from './run-log.ts';

export interface JournalLine {
  readonly text: string;
  /** Of the sidecar, not of the log. */
  readonly isTiming: boolean;
}

export class Journal {
  /** Events (without times) that have been settled. */
  #settled: number;
  #open: JournalLine[] = [];

  /** @param events how many a resumed run has had already */
  constructor(events = 0) {
    this.#settled = events;
  }

  add(event: TrainerEvent): void {
    this.#open.push({ text: eventLine(event), isTiming: event.type === 'timing' });
  }

  /**
   * Takes out the lines up to a state that follows `events` events: those, and the times right after them.
   * @throws RangeError when the state is of another run
   */
  settle(events: number): readonly JournalLine[] {
    let missing = events - this.#settled;
    if (missing < 0) throw new RangeError(`${events} events after ${this.#settled} were settled`);
    let end = 0;
    for (; end < this.#open.length; end++) {
      if (!this.#open[end]!.isTiming && missing-- === 0) break;
    }
    if (missing > 0) throw new RangeError(`${missing} events of the state were never seen`);
    this.#settled = events;
    return this.#open.splice(0, end);
  }

  /** Lines after the newest state; a run that goes on from the state makes them again. */
  get open(): readonly JournalLine[] {
    return this.#open;
  }

  /** Forgets what came after the newest state. */
  rollBack(): void {
    this.#open = [];
  }
}

export const joinLines = (lines: readonly JournalLine[]): string =>
  lines.map(({ text }) => `${text}\n`).join('');

/**
 * A journal's text as events, times included. @throws RunLogError also for a torn
 * end, which checksums exclude
 */
export function readJournal(text: string): readonly TrainerEvent[] {
  if (text === '') return [];
  const { events, torn } = readRunLog(text);
  if (torn) throw new RunLogError(events.length + 1, 'it is cut off.');
  return events;
}

/** A journal's text as log and sidecar, in the form that `run --out` writes them. */
export function splitJournal(text: string): { readonly log: string; readonly timing: string } {
  const lines = text.split('\n').filter((line) => line !== '');
  // Every event is written with its type first.
  const isTiming = (line: string): boolean => line.startsWith('{"type":"timing"');
  const join = (some: readonly string[]): string => some.map((line) => `${line}\n`).join('');
  return { log: join(lines.filter((line) => !isTiming(line))), timing: join(lines.filter(isTiming)) };
}
