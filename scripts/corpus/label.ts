/**
 * Labels programs of the corpus right or wrong by running them on their problem's tests. What a body was
 * meant to be is only compared with what it does.
 */
import { createRandom, type Random } from '../../src/base/random.ts';
import { drawInputs, sampleProgram, type Input, type Problem, type Sample } from './domain/index.ts';
import type { Execute } from './execute.ts';

/** Inputs that a label rests on. */
export const TESTS_PER_PROBLEM = 12;

/** The tests of a problem: drawn from its key alone, so that every script sees the same ones. */
export function testsOf(problem: Problem, count = TESTS_PER_PROBLEM): readonly Input[] {
  return drawInputs(problem, createRandom(`tests/${problem.key}`), count);
}

/** Whether tests can tell anything: enough of them, and answers that differ. */
export function isTelling(tests: readonly Input[]): boolean {
  return tests.length >= 5 && new Set(tests.map((t) => t.expected)).size >= 2;
}

export interface Labelled extends Sample {
  /** Measured: every test gave the expected value. */
  readonly passes: boolean;
}

export interface LabelCounts {
  /** Meant wrong, but no test tells it from right: kept, labelled right. */
  relabelled: number;
  /** Random mutations that crash or never end: dropped. */
  dropped: number;
  /** Problems whose answers never differ: not used. */
  degenerate: number;
}

/** A right body that fails its own tests is a defect of the generator, never data. */
export class GeneratorDefect extends Error {
  constructor(sample: Sample, at: Input, got: string) {
    super(
      `A body meant to be right is not. f(${at.args}) gave ${got}, the reference says ${at.expected}. ` +
        `Correct the reference or the body of ${sample.task}:\n${sample.prompt}${sample.completion}`,
    );
    this.name = 'GeneratorDefect';
  }
}

/**
 * Draws `count` labelled programs from the train split, executing them in batches of
 * `batch`. @param wrongKept share of the wrong ones that is kept
 */
export async function* labelledPrograms(
  random: Random,
  count: number,
  execute: Execute,
  counts: LabelCounts,
  { wrongKept = 1, batch = 2000 }: { readonly wrongKept?: number; readonly batch?: number } = {},
): AsyncGenerator<Labelled> {
  const tests = new Map<string, readonly Input[]>();
  const outcomes = new Map<string, readonly string[]>();
  let made = 0;
  while (made < count) {
    const samples: Sample[] = [];
    while (samples.length < batch) {
      const sample = sampleProgram(random, 0);
      let known = tests.get(sample.task);
      if (known === undefined) tests.set(sample.task, (known = testsOf(sample.problem)));
      if (isTelling(known)) samples.push(sample);
      else counts.degenerate++;
    }
    const programs = samples.map((s) => ({
      key: `${s.task}\n${codeOf(s)}`,
      code: codeOf(s),
      calls: (tests.get(s.task) ?? []).map((t) => t.args),
    }));
    const fresh = new Map(programs.filter((p) => !outcomes.has(p.key)).map((p) => [p.key, p]));
    const results = await execute([...fresh.values()]);
    [...fresh.keys()].forEach((key, i) => outcomes.set(key, results[i] ?? []));
    for (const [i, sample] of samples.entries()) {
      if (made === count) break;
      const got = outcomes.get(programs[i]!.key) ?? [];
      const expected = tests.get(sample.task) ?? [];
      const wrongAt = expected.findIndex((t, k) => !sameAnswer(got[k], t.expected));
      const passes = wrongAt < 0;
      if (sample.right && !passes)
        throw new GeneratorDefect(sample, expected[wrongAt] as Input, got[wrongAt] ?? 'nothing');
      if (
        got.some((g) => g === '!timeout' || g === '!step-limit' || g === '!syntax-error') ||
        (sample.faults.includes('mutation') && got.some((g) => g.startsWith('!')))
      ) {
        counts.dropped++;
        continue;
      }
      if (!passes && wrongKept < 1 && random.next() >= wrongKept) continue;
      if (!sample.right && passes) counts.relabelled++;
      made++;
      yield { ...sample, passes };
    }
  }
}

/** Whether two Python literals say the same: as text, but for the order of a dictionary's entries. */
export function sameAnswer(got: string | undefined, expected: string): boolean {
  if (got === expected) return true;
  if (got === undefined || !got.startsWith('{') || !expected.startsWith('{')) return false;
  return entriesOf(got).join() === entriesOf(expected).join();
}

function entriesOf(dictionary: string): string[] {
  const entries: string[] = [];
  let depth = 0;
  let from = 1;
  for (let i = 1; i < dictionary.length; i++) {
    const c = dictionary[i] as string;
    if ('[{('.includes(c)) depth++;
    if ((c === ',' && depth === 0) || i === dictionary.length - 1) {
      entries.push(dictionary.slice(from, i).trim());
      from = i + 1;
    }
    if (']})'.includes(c)) depth--;
  }
  return entries.sort();
}

/** The program without its comment line. */
export const codeOf = (sample: Pick<Sample, 'prompt' | 'completion'>): string =>
  sample.prompt.slice(sample.prompt.indexOf('\n') + 1) + sample.completion;
