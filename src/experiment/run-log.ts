/**
 * The run log: the trainer's events as JSON Lines, one event a line, and the way
 * back. What depends on the clock goes to a second text, so that two runs with one
 * seed give byte-identical logs. It does not know where lines are stored.
 */
import type { TrainerEvent } from '../learning/events.ts';
import { CONFIG_VERSION } from '../learning/config.ts';
import { checkEvent } from '../learning/event-shape.ts';
import { lineBreaks, textLines } from '../base/lines.ts';
import { oneLine } from '../base/shown.ts';

/** A run log that cannot be read. `line` is 1-based. */
export class RunLogError extends Error {
  override readonly name = 'RunLogError';
  readonly advice = 'Nothing was loaded. Check that the file is a run log of this program and is complete.';
  constructor(
    readonly line: number,
    detail: string,
  ) {
    super(oneLine(`Run log, line ${line}: ${detail}`));
  }
}

/**
 * Log-probabilities are kept to this many decimals: far finer than anything shown, and a third of the bytes.
 */
const LOG_PROB_DECIMALS = 5;

/**
 * One line without its newline. @throws RangeError when a number is not finite, which
 * JSON would silently turn into null
 */
export function eventLine(event: TrainerEvent): string {
  return JSON.stringify(event, (key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw new RangeError(`Event ${event.type} holds ${value} at "${key}".`);
    }
    if (key !== 'logProbs' || !Array.isArray(value)) return value;
    return value.map((p: number) => Number(p.toFixed(LOG_PROB_DECIMALS)));
  });
}

export interface RunLog {
  readonly events: readonly TrainerEvent[];
  /** The last line was cut off in the middle, as after a crash; it was left out. */
  readonly torn: boolean;
}

/**
 * Reads a whole log (or sidecar). A last line without its newline may be torn; any
 * other defect is an error. @throws RunLogError
 */
export function readRunLog(text: string): RunLog {
  const reading = readLines(text);
  for (;;) {
    const { done, value } = reading.next();
    if (done) return value;
  }
}

/**
 * Milliseconds of reading after which others have their turn: a page goes on drawing
 * while a log of megabytes is read.
 */
const TURN_MS = 10;

/** As `readRunLog`, a few lines at a time. @throws RunLogError */
export async function readRunLogInTurns(text: string): Promise<RunLog> {
  const reading = readLines(text);
  let turn = performance.now();
  for (;;) {
    const { done, value } = reading.next();
    if (done) return value;
    if (performance.now() - turn < TURN_MS) continue;
    await othersTurn();
    turn = performance.now();
  }
}

/** After whatever waits in the event loop; a timer would add milliseconds of its own. */
const othersTurn = (): Promise<void> =>
  new Promise((go) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      go();
    };
    port2.postMessage(null);
  });

/** Stops after each line; its result is the log. */
function* readLines(text: string): Generator<undefined, RunLog> {
  const end = text.lastIndexOf('\n') + 1;
  const events: TrainerEvent[] = [];
  for (const { line, text: event } of textLines(text.slice(0, end))) {
    events.push(readEvent(event, line));
    yield;
  }
  const tail = text.slice(end);
  if (tail.trim() === '') return { events, torn: false };
  try {
    return { events: [...events, readEvent(tail, lineBreaks(text) + 1)], torn: false };
  } catch (error) {
    if (events.length === 0) throw error;
    return { events, torn: true };
  }
}

function readEvent(line: string, number: number): TrainerEvent {
  let data: unknown;
  try {
    data = JSON.parse(line);
  } catch {
    throw new RunLogError(number, 'not JSON.');
  }
  // Nobody's field may be deeper either: what is read here is written again by exports.
  if (isDeeperThan(data, DEEPEST)) throw new RunLogError(number, 'nested deeper than any event.');
  const problem = checkEvent(data);
  if (problem !== null) throw new RunLogError(number, problem);
  return migrated(data as TrainerEvent, number);
}

/**
 * By version: what makes an event of it one of the next version. A change of meaning adds an entry here, and
 * a log of the version before to test/experiment/run-logs; docs/run-log.md says what each version means.
 */
const MIGRATIONS: Readonly<Record<number, (event: TrainerEvent) => TrainerEvent>> = {};

/** An event of an older log as one of today's. @throws RunLogError for a version that is not known here */
function migrated(event: TrainerEvent, line: number): TrainerEvent {
  if (event.type !== 'run-started') return event;
  let current = event;
  for (let version = event.version; version !== CONFIG_VERSION; version++) {
    const step = MIGRATIONS[version];
    if (step === undefined)
      throw new RunLogError(
        line,
        `the run was logged in version ${event.version}; this program reads ${[...Object.keys(MIGRATIONS), CONFIG_VERSION].join(', ')}.`,
      );
    current = { ...(step(current) as typeof event), version: version + 1 };
  }
  return current;
}

const DEEPEST = 32;

function isDeeperThan(data: unknown, depth: number): boolean {
  if (typeof data !== 'object' || data === null) return false;
  if (depth === 0) return true;
  // Most of a log are lists of numbers.
  const items: readonly unknown[] = Array.isArray(data) ? data : Object.values(data);
  return items.some((item) => typeof item === 'object' && isDeeperThan(item, depth - 1));
}
