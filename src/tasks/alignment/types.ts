/**
 * What an alignment question and its answer are, whichever way they are written down. Types, and the
 * name of the return value; grading and running are elsewhere.
 */
import type { Value } from '../../sandbox/value.ts';

export interface AlignmentQuestion {
  readonly program: string;
  readonly entryPoint: string;
  /** Python literals between the brackets of the call. */
  readonly args: string;
}

/** The ground truth: what the program really does, and an answer should say. */
export interface AlignmentTruth {
  /** Last definitions, in order of first assignment. */
  readonly variables: readonly { readonly name: string; readonly value: Value }[];
  /** What the call returned; null when it ended with an exception. */
  readonly returned: Value | null;
  /** As the sandbox's `operations()` gives it; only formats with a trajectory look at it. */
  readonly trajectory?: string;
}

/** Name of the return value among the variables; no Python variable can have it. */
export const returnName = 'return';

export type ParsedAnswer =
  /** No answer, and why. */
  | { readonly malformed: string }
  | {
      /**
       * By variable, the return value under `returnName`. A value that cannot be read
       * is `opaque`, which equals nothing.
       */
      readonly values: ReadonlyMap<string, Value>;
      /** The predicted steps, one string per token of the notation; for formats with a trajectory. */
      readonly trajectory?: readonly string[];
    };

export interface AlignmentFormat {
  readonly name: string;
  /** Answers hold the trajectory, and a truth without one cannot be answered. */
  readonly needsTrajectory: boolean;
  /** The text that the policy continues; null when the format cannot express the program or its input. */
  prompt(question: AlignmentQuestion): string | null;
  /** The true answer; null when the format cannot express it. */
  answer(truth: AlignmentTruth): string | null;
  /** Reads what a model wrote. Never throws, never evaluates. */
  parse(text: string): ParsedAnswer;
  /** The text in parts that are right or wrong on their own; joined they are the text. Never throws. */
  lines(text: string): readonly string[];
}
