/**
 * Runs a campaign in a process of its own and watches it. A process that dies, or says nothing for too long,
 * is a finding, and another one goes on.
 */
import { fork } from 'node:child_process';
import type { Counts, Finding } from './campaign.ts';
import { compose } from './compose.ts';
import type { Message, Order } from './messages.ts';

/**
 * Milliseconds without a word after which the process counts as stalled: longer than any round that does end.
 */
const SILENT = 900_000;

/** Compositions between two lines that say how far it is. */
const EVERY = 50;

export interface Outcome {
  readonly counts: Counts;
  readonly findings: readonly Finding[];
}

/**
 * @param found told of each finding as it comes
 * @throws Error when the process ends before its first composition
 */
export async function watched(order: Order, found: (finding: Finding) => void): Promise<Outcome> {
  const ends = Date.now() + order.minutes * 60_000;
  const counts: Counts = { compositions: 0, runs: 0, honest: 0, traces: 0 };
  const findings: Finding[] = [];
  const take = (finding: Finding): void => {
    findings.push(finding);
    found(finding);
  };
  let { first } = order;
  for (;;) {
    const count = order.first + order.count - first;
    const minutes = (ends - Date.now()) / 60_000;
    if (count <= 0 || minutes <= 0) return { counts, findings };
    const part = await onePart({ ...order, first, count, minutes }, take);
    for (const key of Object.keys(counts) as (keyof Counts)[]) counts[key] += part.counts[key];
    if (part.died === undefined) return { counts, findings };
    if (part.at === undefined) throw new Error(`the campaign did not start: its process ${part.died}`);
    const { parts, program } = compose(order.seed, part.at);
    const says = `the process of the sandbox ${part.died}`;
    take({
      kind: 'stall',
      seed: order.seed,
      number: part.at,
      parts,
      says,
      program,
      repeats: false,
      since: first,
    });
    first = part.at + 1;
  }
}

interface Part {
  readonly counts: Counts;
  /** Composition that was begun last. */
  readonly at?: number;
  /** How the process ended, when it was not by itself. */
  readonly died?: string;
}

function onePart(order: Order, found: (finding: Finding) => void): Promise<Part> {
  const child = fork(new URL('./child.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
  let counts: Counts = { compositions: 0, runs: 0, honest: 0, traces: 0 };
  let at: number | undefined;
  let isDone = false;
  let killed = false;
  let silence: ReturnType<typeof setTimeout> | undefined;
  const heard = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => {
      killed = true;
      child.kill('SIGKILL');
    }, SILENT);
  };
  heard();
  child.on('message', (message: Message) => {
    heard();
    if (message.kind === 'finding') return found(message.finding);
    ({ counts } = message);
    if (message.kind === 'done') isDone = true;
    else {
      at = message.number;
      if (at % EVERY === 0) console.error(`composition ${at}`);
    }
  });
  child.send(order);
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      clearTimeout(silence);
      const died = killed ? 'said nothing and was ended' : `ended with ${signal ?? `code ${code}`}`;
      resolve({ counts, ...(at === undefined ? {} : { at }), ...(isDone ? {} : { died }) });
    });
  });
}
