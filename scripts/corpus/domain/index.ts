/**
 * The micro-Python domain: seeded problems, and for each its wordings, right bodies,
 * wrong bodies and inputs. Nothing here runs Python; labels from here (`right`) are
 * intentions until a program has been executed (see ../execute.ts).
 */
import type { Random } from '../../../src/base/random.ts';
import { drawBranch, drawBranchEach, drawEarlyStop, drawLongestRun } from './branches.ts';
import { drawInputs } from './inputs.ts';
import { mutate } from './mutate.ts';
import { nameBody } from './names.ts';
import { drawPipeline } from './pipeline.ts';
import { drawFaults, indent, splitOf, type Faults, type Problem, type Split } from './problem.ts';
import { drawRecipe } from './recipes.ts';

export { drawInputs, type Input } from './inputs.ts';
export { faultRate, singleFaults, splitOf, type Faults, type Problem, type Split } from './problem.ts';

/** Share of right bodies that get one random mutation. */
export const MUTATION_RATE = 0.15;

/** Lines of a body: longer ones would not fit a small model's context with their trace. */
const LONGEST_BODY = 9;

/** Draws a problem of any family, of one split if asked. */
export function drawProblem(random: Random, split?: Split): Problem {
  for (;;) {
    const u = random.next();
    const draw =
      u < 0.62
        ? drawPipeline
        : u < 0.68
          ? drawBranch
          : u < 0.76
            ? drawBranchEach
            : u < 0.82
              ? drawEarlyStop
              : u < 0.86
                ? drawLongestRun
                : drawRecipe;
    const problem = draw(random);
    if (split === undefined || splitOf(problem) === split) return problem;
  }
}

/** `# <description>\ndef f(<params>):`, in one of its wordings. */
export function promptOf(problem: Problem, random: Random): string {
  return `# ${problem.describe(random)}\ndef f(${problem.params.map((p) => p.name).join(', ')}):`;
}

/** The text after the prompt that shows these faults, or null where no style can. */
export function completionOf(problem: Problem, random: Random, faults: Faults): string | null {
  for (let tries = 0; tries < 12; tries++) {
    const lines = problem.body(random, faults);
    if (lines !== null && lines.length <= LONGEST_BODY)
      return `\n${indent(nameBody(lines, random)).join('\n')}`;
  }
  return null;
}

/** Up to `most` completions that differ in more than names, out of `draws` drawn. */
export function spellingsOf(
  problem: Problem,
  random: Random,
  faults: Faults,
  most: number,
  draws = most * 15,
): string[] {
  const spellings = new Map<string, string>();
  for (let i = 0; i < draws && spellings.size < most; i++) {
    const lines = problem.body(random, faults);
    const key = lines?.join('\n') ?? '';
    if (lines === null || lines.length > LONGEST_BODY || spellings.has(key)) continue;
    spellings.set(key, `\n${indent(nameBody(lines, random)).join('\n')}`);
  }
  return [...spellings.values()];
}

export interface Sample {
  /** The problem's key, constants included. */
  readonly task: string;
  readonly prompt: string;
  readonly completion: string;
  /** Meant to be right; execution has the last word. */
  readonly right: boolean;
  readonly concept: string;
  readonly faults: readonly string[];
  /** Short inputs: Python literals between the brackets of the call. */
  readonly args: readonly string[];
  readonly problem: Problem;
}

/**
 * One corpus program: a train problem, worded, with a right or wrong body drawn by
 * the concepts' rates, and short inputs. `prompt + completion` is the program.
 */
export function sampleProgram(random: Random, inputs = 4): Sample {
  for (;;) {
    const problem = drawProblem(random, 'train');
    const faults = drawFaults(problem, random);
    let completion = completionOf(problem, random, faults);
    if (completion === null) continue;
    let right = faults.size === 0;
    const names = [...faults].map(([concept, flaw]) => `${concept}: ${flaw}`);
    if (right && random.next() < MUTATION_RATE) {
      const mutated = mutate(completion, random);
      if (mutated !== null) {
        completion = mutated;
        right = false;
        names.push('mutation');
      }
    }
    const args = drawInputs(problem, random, inputs).map((input) => input.args);
    return {
      task: problem.key,
      prompt: promptOf(problem, random),
      completion,
      right,
      concept: problem.combination,
      faults: names,
      args,
      problem,
    };
  }
}
