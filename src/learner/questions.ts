/**
 * What the page may ask the learner beside moving the run: how a token came about, what a program does, how
 * base and trained model differ, whether a task of the visitor's own holds. Only types. Only `add-task`
 * changes anything of the run. A question waits for its turn between two pieces of the run's work, and is
 * answered with data or with an error as data.
 */
import type { CensusReading } from '../instruments/census/census.ts';
import type { Labels } from '../instruments/census/labels.ts';
import type { CompassMeasurement } from '../instruments/compass/measure.ts';
import type { ProbeReading } from '../instruments/probe/probe.ts';
import type { Target } from '../instruments/probe/texts.ts';
import type { Verification } from '../instruments/verify/verify.ts';
import type { Prediction, Sampled } from '../learning/asked.ts';
import type { Config } from '../learning/config.ts';
import type { TraceResult } from '../sandbox/types.ts';
import type { Split, Task } from '../tasks/types.ts';
import type { CheckedRewards } from './check-rewards.ts';
import type { Failure } from './errors.ts';
import type { GoesOn, TakenAs, TakenFile, TakeOffers } from './take-away.ts';

/** A completion to be looked at: sampled ids, or a text that the tokenizer takes apart. */
export interface Inspected {
  readonly prompt: string;
  /** How it is put to the model where that is asked in chat: as a function to complete, or as it is. */
  readonly kind: 'code' | 'question';
  readonly completion: readonly number[] | string;
  /** The step whose batch it was part of, when it was part of one. */
  readonly step?: number;
}

export type { Prediction, Sampled };

export interface Alternative {
  readonly text: string;
  readonly logProb: number;
  /** Under the base model; null when it is not among the base's most probable ones. */
  readonly base: number | null;
}

/** One completion under the base model and the policy as it is now; arrays have one element per token. */
export interface Inspection {
  /** Texts of the tokens. */
  readonly pieces: readonly string[];
  readonly base: Float32Array;
  readonly now: Float32Array;
  /** Finished updates at the time of looking. */
  readonly at: number;
  /**
   * Log-probabilities before the update that the completion was part of; null when it was in none, or that is
   * long ago.
   */
  readonly trainer: Float32Array | null;
  /** Advantage of each token in that update. */
  readonly credit: Float32Array | null;
  /** Per token, most probable first; only when asked for. */
  readonly alternatives?: readonly (readonly Alternative[])[];
}

export interface TaskLine {
  readonly id: string;
  readonly description: string;
  readonly split: Split;
}

/** Pairs by index: rollouts of one prompt with equal uniforms. */
export interface Comparison {
  readonly base: readonly Sampled[];
  readonly now: readonly Sampled[];
  /** Finished updates. */
  readonly at: number;
}

export interface Predictions {
  readonly answer: string;
  readonly prompt: string;
  readonly base: readonly Prediction[];
  readonly now: readonly Prediction[];
}

/** A task as its writer has it so far. */
export interface Draft {
  readonly description: string;
  /** e.g. `def f(xs):` */
  readonly signature: string;
  /** Inputs, with the value expected for each; null where the reference is to say it. */
  readonly tests: readonly { readonly args: string; readonly expected: string | null }[];
  /** A function that is right, as its whole source; or null. */
  readonly reference: string | null;
}

export interface CheckedTest {
  readonly args: string;
  readonly expected: string | null;
  /** What the reference gives, or its error. */
  readonly got: string | null;
  readonly ok: boolean;
}

/**
 * A problem with a field; `message` is Python's or the tokenizer's own word and stands behind a sentence of
 * the page.
 */
export interface DraftProblem {
  readonly field: 'signature' | 'tests' | 'reference' | 'length';
  readonly kind: 'syntax' | 'runs' | 'name' | 'differs' | 'no-tests' | 'no-value' | 'too-long';
  readonly message: string;
}

export interface CheckedDraft {
  readonly tests: readonly CheckedTest[];
  readonly problems: readonly DraftProblem[];
  /** The task, when nothing is wrong. */
  readonly task: Task | null;
}

export type Question =
  | {
      readonly ask: 'inspect';
      readonly items: readonly Inspected[];
      readonly temperature: number;
      /** Most probable tokens at each place; only for few items. */
      readonly alternatives?: number;
    }
  /** Every executed line of one call. */
  | { readonly ask: 'trace'; readonly program: string; readonly entryPoint: string; readonly args: string }
  | { readonly ask: 'tasks' }
  /** Of a model whose tokenizer the site does not have. */
  | { readonly ask: 'vocabulary' }
  | {
      readonly ask: 'compare';
      readonly task: Task;
      readonly samples: number;
      readonly seed: number;
      readonly temperature: number;
    }
  | {
      readonly ask: 'predict';
      readonly program: string;
      readonly entryPoint: string;
      readonly args: string;
      readonly samples: number;
      readonly seed: number;
      readonly temperature: number;
    }
  /** Whether writing and executing pull the adapter the same way, at some training tasks. */
  | { readonly ask: 'compass'; readonly tasks: number; readonly seed: number }
  /** Whether knowing what programs do helps to choose among them, at some held-out tasks. */
  | { readonly ask: 'verify'; readonly tasks: number; readonly seed: number }
  /** What kind of mistake makes programs fail; the page brings the labels. */
  | { readonly ask: 'census'; readonly tasks: number; readonly seed: number; readonly labels: Labels }
  /** What hidden states know of what programs do, at some held-out tasks, beside the base's. */
  | { readonly ask: 'probe'; readonly tasks: number; readonly seed: number; readonly target: Target }
  /** What of the model can be taken away as files. */
  | { readonly ask: 'take-offers' }
  /** One of them, written; who asks is told how far it is and may want no more. */
  | { readonly ask: 'take'; readonly as: TakenAs }
  | { readonly ask: 'check-task'; readonly draft: Draft }
  /** What reward functions say of one program; the run does not take them by that. */
  | {
      readonly ask: 'check-rewards';
      readonly settings: Pick<Config, 'reward.functions' | 'reward.weights'>;
    }
  /** Joins the run at its next step, and every later run. */
  | { readonly ask: 'add-task'; readonly task: Task };

/**
 * Answers, by what was asked. `predict`: null when the alignment format cannot express the program or its
 * trace.
 */
export interface Replies {
  readonly inspect: readonly Inspection[];
  readonly trace: TraceResult;
  readonly tasks: readonly TaskLine[];
  /** Texts of the tokens by id. */
  readonly vocabulary: readonly string[];
  readonly compare: Comparison;
  readonly predict: Predictions | null;
  readonly compass: CompassMeasurement;
  readonly verify: Verification;
  readonly census: CensusReading;
  readonly probe: ProbeReading;
  readonly 'take-offers': TakeOffers;
  /** Null: no more of it was wanted. */
  readonly take: TakenFile | null;
  readonly 'check-task': CheckedDraft;
  readonly 'check-rewards': CheckedRewards;
  /** Whether it was added: not where its prompt leaves no room for an answer. */
  readonly 'add-task': boolean;
}

export type Answer<T> = { readonly value: T } | { readonly error: Failure };

/** @param goesOn told how far a long answer is */
export type Ask = <Q extends Question>(question: Q, goesOn?: GoesOn) => Promise<Answer<Replies[Q['ask']]>>;
