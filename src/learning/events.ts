/**
 * Everything that happens in a run, as plain JSON data. The trainer yields events,
 * the run log is the list of them, and charts, rollout views, exports and replay read
 * nothing else. Events are a function of configuration, seed and device. Wall clock
 * is not, and so it has an event of its own, `timing`, which logs keep apart.
 */
import type { Config } from './config.ts';
import type { LoggedModel } from './logged-model.ts';
import type { Outcome } from '../sandbox/types.ts';
import type { Task } from '../tasks/types.ts';

/** Metrics carry TRL's names (metrics.ts); values are finite numbers. */
export type Metrics = Readonly<Record<string, number>>;

/** How a program did on the tests of its task: the values that came back were graded, or none came. */
export type Verdict = 'pass' | 'wrong' | 'no-program' | Exclude<Outcome, 'ok'>;

/** The first test that a program failed: Python literals as text. */
export interface FailedTest {
  readonly args: string;
  readonly expected: string;
  /** The value it gave, or the error line. */
  readonly got: string;
}

/** Where a failing program leaves a right one of its task (diverging-state.ts). */
export interface Divergence {
  /** The input on which both ran: Python literals. */
  readonly args: string;
  /** Of the failing program, run since the last state that both have; 1-based, ascending. */
  readonly lines: readonly number[];
  /** The completion's tokens on those lines, which alone have the advantage; ascending. */
  readonly tokens: readonly number[];
  /** Changes of state that both have before it. */
  readonly shared: number;
  /** What the failing program did next, and the right one instead; empty: it had ended. */
  readonly did: readonly { readonly name: string; readonly value: string }[];
  readonly instead: readonly { readonly name: string; readonly value: string }[];
  /** The right program: a rollout of the group, or null, the task's solution. */
  readonly against: number | null;
}

export interface CodeRollout {
  readonly completion: string;
  readonly tokens: readonly number[];
  readonly logProbs: readonly number[];
  readonly finish: 'eos' | 'length';
  readonly verdict: Verdict;
  readonly failed?: FailedTest;
  /** Null where no reward applies (harness error). */
  readonly reward: number | null;
  readonly rewards: Readonly<Record<string, number | null>>;
  readonly advantage: number;
  /** Where its advantage is; absent: on every token. */
  readonly divergence?: Divergence;
}

export interface PredictedVariable {
  readonly name: string;
  readonly truth: string;
  readonly predicted: string | null;
  readonly right: boolean;
}

export interface AlignmentRollout {
  readonly completion: string;
  readonly tokens: readonly number[];
  readonly logProbs: readonly number[];
  readonly finish: 'eos' | 'length';
  readonly malformed: string | null;
  readonly variables: readonly PredictedVariable[];
  readonly reward: number | null;
  readonly rewards: Readonly<Record<string, number | null>>;
  readonly advantage: number;
}

export interface AlignmentRecord {
  readonly id: string;
  readonly taskId: string;
  /** Step whose rollout it came from. */
  readonly bornAt: number;
  readonly program: string;
  readonly entryPoint: string;
  readonly args: string;
  readonly variables: readonly {
    readonly name: string;
    readonly value: string;
    readonly line: number;
    readonly step: number;
  }[];
  /** True answer in the text form of the run's alignment format, for viewers. */
  readonly answer: string;
  /** The prompt the policy continues. */
  readonly prompt: string;
}

export interface CodeGroup {
  readonly kind: 'code';
  readonly taskId: string;
  readonly prompt: string;
  readonly rollouts: readonly CodeRollout[];
}

export interface AlignmentGroup {
  readonly kind: 'alignment';
  readonly record: AlignmentRecord;
  readonly rollouts: readonly AlignmentRollout[];
}

export type Group = CodeGroup | AlignmentGroup;

/** Right and asked by task id: what a share is made of. */
export type Counts = Readonly<Record<string, readonly [right: number, total: number]>>;

export type TrainerEvent =
  | {
      readonly type: 'run-started';
      readonly version: number;
      readonly config: Config;
      readonly model: LoggedModel;
      readonly tasks: { readonly train: number; readonly heldout: number };
    }
  | {
      readonly type: 'step-started';
      readonly step: number;
      readonly prompts: { readonly code: number; readonly alignment: number };
    }
  /** Rollouts judged and their advantages computed. */
  | { readonly type: 'rollouts'; readonly step: number; readonly groups: readonly Group[] }
  /**
   * Gates in order with how many rollouts reached and passed each; records born now
   * are drawn from the next step on.
   */
  | {
      readonly type: 'records';
      readonly step: number;
      readonly funnel: readonly { readonly gate: string; readonly in: number; readonly out: number }[];
      readonly added: number;
      readonly buffered: number;
    }
  | { readonly type: 'step-finished'; readonly step: number; readonly metrics: Metrics }
  | {
      readonly type: 'evaluation';
      readonly step: number;
      readonly metrics: Metrics;
      readonly intervals: Readonly<Record<string, readonly [number, number]>>;
      /** By metric; absent in logs from before there were any. */
      readonly counts?: Readonly<Record<string, Counts>>;
    }
  | {
      readonly type: 'changed';
      readonly step: number;
      readonly key: string;
      readonly from: unknown;
      readonly to: unknown;
    }
  /** A task of the visitor's own joined the run: one more code prompt in every step from the next one on. */
  | { readonly type: 'task-added'; readonly step: number; readonly task: Task }
  | { readonly type: 'warning'; readonly step: number; readonly message: string; readonly advice: string }
  | { readonly type: 'run-finished'; readonly step: number; readonly reason: 'steps-done' | 'stopped' }
  /** Seconds, not reproducible. */
  | { readonly type: 'timing'; readonly step: number; readonly seconds: Readonly<Record<string, number>> };
