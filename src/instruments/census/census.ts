/**
 * The failure census: what kind of mistake made a program fail, by rule. A program that answers all
 * tests as a known misconception about its description does has misread the description. One that would
 * pass if it were executed as the model misreads programs is right in the model's head: an execution
 * slip. What neither rule explains is said to be unexplained. It runs programs and samples none.
 */
import type { Random } from '../../base/random.ts';
import type { JudgedGroup, JudgedRollout } from '../../learning/code-rollouts.ts';
import { average, type Interval } from '../../learning/intervals.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import type { Task } from '../../tasks/types.ts';
import { bootstrap } from '../resample.ts';
import { testAnswers, behaviourKey, expectedAnswers } from './behaviour.ts';
import type { Labels } from './labels.ts';
import { invitedBy, misreadingsOf } from './misreadings.ts';

/**
 * In the order in which they are asked for: the first that applies is the kind. `both` is a program that a
 * misconception explains and an execution slip as well.
 */
export const FAILURE_KINDS = [
  'syntax',
  'budget',
  'both',
  'misread description',
  'execution slip',
  'exception',
  'unexplained',
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** One program and what became of it. */
export interface CensusProgram {
  readonly taskId: string;
  readonly program: string | null;
  /** Null: it passes. */
  readonly kind: FailureKind | null;
  /** Misconceptions that do what it does. */
  readonly misconceptions: readonly string[];
  /** Misreadings under which it would pass. */
  readonly slips: readonly string[];
  /** It has a line that the model was taught to misread. */
  readonly invites: boolean;
}

export interface CensusOptions {
  readonly sandbox: Sandbox;
  readonly labels: Labels;
  readonly signal?: AbortSignal | undefined;
}

const LIMITS: ReadonlySet<string> = new Set(['step-limit', 'timeout', 'memory', 'output-limit']);

/** Rollouts without a verdict are left out; equal programs of a task are run once. */
export async function takeCensus(
  groups: readonly JudgedGroup[],
  options: CensusOptions,
): Promise<CensusProgram[]> {
  const all = groups.map(async ({ task, rollouts }) => {
    const known = new Map<string, Promise<CensusProgram>>();
    const judged = rollouts.filter(({ reward }) => reward !== null);
    return Promise.all(
      judged.map((rollout) => {
        const key = `${rollout.finish} ${rollout.text}`;
        const asked = known.get(key) ?? lookAt(task, rollout, options);
        known.set(key, asked);
        return asked;
      }),
    );
  });
  return (await Promise.all(all)).flat();
}

async function lookAt(
  task: Task,
  { program, verdict, finish, reward }: JudgedRollout,
  { sandbox, labels, signal }: CensusOptions,
): Promise<CensusProgram> {
  const plain = {
    taskId: task.id,
    program,
    misconceptions: [],
    slips: [],
    invites: program !== null && invitedBy(program).length > 0,
  };
  if (reward === 1) return { ...plain, kind: null };
  if (finish === 'length' || LIMITS.has(verdict)) return { ...plain, kind: 'budget' };
  if (program === null || verdict === 'syntax-error') return { ...plain, kind: 'syntax' };
  const answers = await testAnswers(program, task, sandbox, signal);
  const misconceptions = answers === null ? [] : (labels[task.id]?.[behaviourKey(answers)] ?? []);
  const slips = await slipsOf(program, task, sandbox, signal);
  const kind: FailureKind =
    misconceptions.length > 0
      ? slips.length > 0
        ? 'both'
        : 'misread description'
      : slips.length > 0
        ? 'execution slip'
        : verdict === 'exception'
          ? 'exception'
          : 'unexplained';
  return { ...plain, kind, misconceptions, slips };
}

/** The misreadings, fewest first, under which the program passes all tests. */
async function slipsOf(
  program: string,
  task: Task,
  sandbox: Sandbox,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const expected = behaviourKey(expectedAnswers(task));
  const ways = [...misreadingsOf(program)].sort((a, b) => a.names.length - b.names.length);
  const keys = await Promise.all(
    ways.map(async ({ code }) => {
      const answers = await testAnswers(code, task, sandbox, signal);
      return answers === null ? null : behaviourKey(answers);
    }),
  );
  return ways[keys.indexOf(expected)]?.names ?? [];
}

export interface KindCount {
  readonly kind: FailureKind;
  readonly count: number;
  /** Of the failed programs. */
  readonly share: number;
  /** 95 %, bootstrap over tasks. */
  readonly interval: Interval;
}

export interface CensusReading {
  readonly tasks: number;
  readonly programs: number;
  readonly failed: number;
  readonly kinds: readonly KindCount[];
  /** Misconceptions that explain most failures, alternatives sharing a failure equally. */
  readonly misconceptions: readonly { readonly name: string; readonly count: number }[];
  /** Pass rates of programs with and without a line that the model was taught to misread. */
  readonly forms: {
    readonly with: { readonly programs: number; readonly passed: number };
    readonly without: { readonly programs: number; readonly passed: number };
    /** With minus without, over tasks. */
    readonly difference: number;
    readonly interval: Interval;
  };
  /** Tasks without labels: none of their failures can be called a misread description. */
  readonly unlabelled: number;
}

/** Misconceptions that are listed. */
const LISTED = 12;

export function readCensus(
  programs: readonly CensusProgram[],
  labels: Labels,
  random: Random,
): CensusReading {
  const ids = [...new Set(programs.map(({ taskId }) => taskId))];
  const byTask = ids.map((id) => programs.filter(({ taskId }) => taskId === id));
  const failed = programs.filter(({ kind }) => kind !== null);
  /** Ratio of two counts, each a sum over tasks. */
  const ratio = (of: (program: CensusProgram) => boolean, among: (program: CensusProgram) => boolean) => {
    const counts = byTask.map((own) => {
      const counted = own.filter(among);
      return [counted.filter(of).length, counted.length] as const;
    });
    return (weights: Float64Array): number => {
      let [hit, total] = [0, 0];
      counts.forEach(([h, n], t) => {
        hit += weights[t]! * h;
        total += weights[t]! * n;
      });
      return total === 0 ? Number.NaN : hit / total;
    };
  };
  const isFailed = ({ kind }: CensusProgram) => kind !== null;
  const passes = ({ kind }: CensusProgram) => kind === null;
  const kinds = FAILURE_KINDS.map((kind): KindCount => {
    const share = ratio((program) => program.kind === kind, isFailed);
    const { mean, interval } = bootstrap(ids.length, share, random.fork(kind));
    const count = failed.filter((program) => program.kind === kind).length;
    return { kind, count, share: failed.length === 0 ? 0 : mean, interval };
  });
  const counts = new Map<string, number>();
  for (const { misconceptions } of failed)
    for (const name of misconceptions) counts.set(name, (counts.get(name) ?? 0) + 1 / misconceptions.length);
  const group = (invites: boolean) => {
    const own = programs.filter((program) => program.invites === invites);
    return { programs: own.length, passed: average(own.map((program) => (passes(program) ? 1 : 0))) };
  };
  const rates = [true, false].map((invites) => ratio(passes, (program) => program.invites === invites));
  const { mean, interval } = bootstrap(
    ids.length,
    (weights) => rates[0]!(weights) - rates[1]!(weights),
    random.fork('forms'),
  );
  return {
    tasks: ids.length,
    programs: programs.length,
    failed: failed.length,
    kinds,
    misconceptions: [...counts]
      .sort((a, b) => b[1] - a[1])
      .slice(0, LISTED)
      .map(([name, count]) => ({ name, count })),
    forms: { with: group(true), without: group(false), difference: mean, interval },
    unlabelled: ids.filter((id) => labels[id] === undefined).length,
  };
}
