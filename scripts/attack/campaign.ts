/**
 * One campaign of composed attacks. Each attack is followed, in the same interpreters, by honest programs and
 * by a wrong one that would profit from what was left behind. It counts what went wrong. It knows neither
 * Node nor browser (arena.ts) and prints nothing.
 */
import { createRandom } from '../../src/base/random.ts';
import type { Arena } from './arena.ts';
import { compose, type Composition } from './compose.ts';
import { honestTasks, taskOf, type HonestTask } from './honest.ts';

/**
 * `false-pass`: a wrong program passed. `lost`: a right one did not. `wrong-trace`: an honest
 * program's trace is not that of an untouched interpreter. `abstained`: an attack has no
 * verdict, so costs nothing. `stall`: a job beyond its deadline, or the host's thread held.
 */
export type FindingKind = 'false-pass' | 'lost' | 'wrong-trace' | 'abstained' | 'stall';

export interface Finding {
  readonly kind: FindingKind;
  readonly seed: number;
  /** Of the composition after which it was seen. */
  readonly number: number;
  readonly parts: readonly string[];
  /** What was seen, one sentence. */
  readonly says: string;
  /** The attack. */
  readonly program: string;
  /** The program that came out wrong, where it is another one. */
  readonly victim?: string;
  /** Whether the attack alone, in fresh interpreters, does it again. */
  readonly repeats: boolean;
  /** Number of the first composition that these interpreters had met. */
  readonly since: number;
}

export interface Counts {
  compositions: number;
  /** Programs that were judged or traced. */
  runs: number;
  honest: number;
  traces: number;
}

/** Milliseconds beyond every limit of a job after which it counts as stalled. */
const STALLED = 120_000;
/** Milliseconds that the host's thread may be held. */
export const LONGEST_PAUSE = 5_000;

interface Probe {
  readonly says: string;
  readonly kind: FindingKind;
  readonly victim?: string;
}

export class Campaign {
  readonly counts: Counts = { compositions: 0, runs: 0, honest: 0, traces: 0 };
  private readonly truths = new Map<string, string>();
  private since: number | undefined;

  /**
   * @param arena where attacks run
   * @param pristine where no attack ever runs
   */
  constructor(
    private readonly arena: Arena,
    private readonly pristine: Arena,
    private readonly found: (finding: Finding) => void,
  ) {}

  /** One composition with all that follows it. */
  async round(seed: number, number: number): Promise<void> {
    const composition = compose(seed, number);
    const since = (this.since ??= number);
    const seen = await this.probes(composition);
    this.counts.compositions += 1;
    if (seen.length === 0) return;
    this.since = undefined;
    // What earlier attacks left behind must not be counted twice, nor blamed on the next.
    await this.arena.fresh();
    const again = await this.probes(composition);
    if (again.length > 0) await this.arena.fresh();
    for (const probe of seen) {
      const { parts, program } = composition;
      const repeats = again.some(({ kind }) => kind === probe.kind);
      this.found({ ...probe, seed, number, parts, program, repeats, since });
    }
  }

  private async probes({ seed, number, task, program, heir, check }: Composition): Promise<Probe[]> {
    const random = createRandom(seed).fork(`around ${number}`);
    const other = random.pick(honestTasks);
    const seen: Probe[] = [];
    const attack = async (text: string, what: string, by: string | undefined): Promise<void> => {
      const verdict = await this.verdict(task, text, 'attack', by);
      const victim = text === program ? {} : { victim: text };
      if (verdict === 'pass') seen.push({ kind: 'false-pass', says: `${what} passed`, ...victim });
      if (verdict === 'harness-error')
        seen.push({ kind: 'abstained', says: `${what} has no verdict`, ...victim });
      if (verdict === 'stall') seen.push({ kind: 'stall', says: `${what} did not end`, ...victim });
    };
    const honest = async (which: HonestTask, by: string | undefined): Promise<void> => {
      const victim = random.pick(which.programs);
      const verdict = await this.verdict(which, victim, 'honest', by);
      this.counts.honest += 1;
      if (verdict === 'pass') return;
      const kind = verdict === 'stall' ? 'stall' : 'lost';
      seen.push({ kind, says: `an honest program came out as ${verdict}`, victim });
    };
    await attack(program, 'the attack', check);
    await honest(task, undefined);
    await attack(heir, 'a wrong program after it', undefined);
    await honest(other, random.int(2) === 0 ? random.pick(other.checks) : undefined);
    if (random.int(3) === 0) await attack(program, 'the attack, a second time', undefined);
    const traced = random.pick(honestTasks);
    const wrong = await this.wrongTrace(traced, random.pick(traced.programs));
    if (wrong) seen.push(wrong);
    const pause = await this.arena.longestPause();
    if (pause > LONGEST_PAUSE)
      seen.push({ kind: 'stall', says: `the host's thread was held for ${(pause / 1000).toFixed(1)} s` });
    return seen;
  }

  private verdict(
    task: HonestTask,
    program: string,
    kind: 'attack' | 'honest',
    check: string | undefined,
  ): Promise<string> {
    this.counts.runs += 1;
    return inTime<string>(this.arena.judge(taskOf(task, check), program, kind), 'stall');
  }

  private async wrongTrace(task: HonestTask, program: string): Promise<Probe | undefined> {
    this.counts.traces += 1;
    this.counts.runs += 1;
    const args = task.examples[0]![0];
    const key = `${program}\n${args}`;
    const truth = this.truths.get(key) ?? (await this.pristine.trace(program, args));
    this.truths.set(key, truth);
    const traced = await inTime(this.arena.trace(program, args), 'stall').catch((error: unknown) =>
      String(error),
    );
    if (traced === truth) return undefined;
    if (traced === 'stall') return { kind: 'stall', says: 'a trace did not end', victim: program };
    return { kind: 'wrong-trace', says: differenceOf(truth, traced), victim: program };
  }
}

function differenceOf(truth: string, traced: string): string {
  let at = 0;
  while (at < truth.length && truth[at] === traced[at]) at += 1;
  const part = (text: string): string => text.slice(Math.max(0, at - 30), at + 60);
  return `a trace says ...${part(traced)}... where an untouched interpreter says ...${part(truth)}...`;
}

async function inTime<T>(work: Promise<T>, otherwise: T): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<T>((resolve) => (timer = setTimeout(() => resolve(otherwise), STALLED)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
