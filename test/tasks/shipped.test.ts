/**
 * The shipped tasks: whole, split without overlap, made by the generator as it is,
 * and strong: every misconception about their concepts fails a hidden test, unless no
 * input at all can tell it from a right body.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completionOf, drawInputs } from '../../scripts/corpus/domain/index.ts';
import { openExecutor, type Executor, type Program } from '../../scripts/corpus/execute.ts';
import { codeOf, sameAnswer } from '../../scripts/corpus/label.ts';
import { COUNTS, mutantsOf, shippedProblems, type Mutant, type Shipped } from '../../scripts/corpus/tasks.ts';
import { loadBuiltIn, tasksOf } from '../../src/tasks/built-in.ts';
import { createRandom } from '../../src/base/random.ts';
import type { Task, TaskSet } from '../../src/tasks/types.ts';

const file = new URL('../../public/tasks/nano.json', import.meta.url);
const combination = (s: Shipped): string => s.problem.combination;

let set: TaskSet;
const shipped = new Map<string, Shipped>();
beforeAll(async () => {
  set = await loadBuiltIn(
    async (path) => new Uint8Array(readFileSync(new URL(`../../public/${path}`, import.meta.url))),
  );
  for (const split of ['train', 'heldout'] as const)
    for (const s of shippedProblems(split, COUNTS[split])) shipped.set(s.problem.key, s);
});

describe('public/tasks/nano.json', () => {
  it('holds at least 2,000 train and 300 held-out tasks in less than 1.5 MB', () => {
    expect(tasksOf(set, 'train').length).toBeGreaterThanOrEqual(2000);
    expect(tasksOf(set, 'heldout').length).toBeGreaterThanOrEqual(300);
    const bytes = readFileSync(file);
    expect(bytes.length).toBeLessThan(1.5e6);
    expect(gzipSync(bytes).length).toBeLessThan(300e3);
  });

  it('is what the generator makes of its seed', () => {
    expect(set.tasks.map((t) => [t.id, t.prompt, t.split, t.solution])).toEqual(
      [...shipped.values()].map((s) => [s.problem.key, s.prompt, s.split, `${s.solution}\n`]),
    );
  });

  it('keeps the splits apart by combination and by wording', () => {
    const [train, heldout] = (['train', 'heldout'] as const).map((split) =>
      [...shipped.values()].filter((s) => s.split === split),
    ) as [Shipped[], Shipped[]];
    const combinations = new Set(train.map(combination));
    const prompts = new Set(train.map((s) => s.prompt));
    for (const s of heldout) {
      expect(combinations.has(combination(s))).toBe(false);
      expect(prompts.has(s.prompt)).toBe(false);
    }
    expect(new Set(set.tasks.map((t) => t.prompt)).size).toBe(set.tasks.length);
  });

  it('gives each task three visible and five to eight hidden tests, all different, with the answers of the reference', () => {
    for (const task of set.tasks) {
      expect(task.visible).toHaveLength(3);
      expect(task.hidden.length).toBeGreaterThanOrEqual(5);
      expect(task.hidden.length).toBeLessThanOrEqual(8);
      const all = [...task.visible, ...task.hidden];
      expect(new Set(all.map((e) => e.args)).size).toBe(all.length);
      expect(new Set(task.hidden.map((e) => e.expected)).size).toBeGreaterThan(1);
    }
  });
});

describe('mutation test', () => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await openExecutor(1);
  });
  afterAll(() => executor.close());

  /** Every 8th task of both splits. */
  const audited = (): { task: Task; own: Shipped; mutants: Mutant[] }[] =>
    set.tasks
      .filter((_, i) => i % 8 === 3)
      .map((task) => {
        const own = shipped.get(task.id) as Shipped;
        return { task, own, mutants: mutantsOf(own, createRandom(`audit/${task.id}`), 1, 0) };
      });

  it('passes the solution and two other right spellings of 300 tasks', async () => {
    const programs: { task: Task; program: Program }[] = audited().flatMap(({ task, own }) => {
      const random = createRandom(`right/${task.id}`);
      const others = [0, 1].map(() => completionOf(own.problem, random, new Map()) ?? own.solution);
      const calls = [...task.visible, ...task.hidden].map((e) => e.args);
      return [task.solution ?? '', ...others].map((completion) => ({
        task,
        program: { code: codeOf({ prompt: task.prompt, completion }), calls },
      }));
    });
    expect(programs.length).toBeGreaterThanOrEqual(900);
    const answers = await executor.execute(programs.map((p) => p.program));
    programs.forEach(({ task, program }, i) => {
      const expected = [...task.visible, ...task.hidden];
      const wrong = expected.findIndex((e, k) => !sameAnswer(answers[i]![k], e.expected));
      expect([program.code, wrong < 0 ? null : [expected[wrong], answers[i]![wrong]]]).toEqual([
        program.code,
        null,
      ]);
    });
  });

  it('kills every misconception of 300 tasks with hidden tests alone, but for those that no input can tell', async () => {
    const jobs = audited().flatMap(({ task, own, mutants }) =>
      mutants.map((mutant) => ({ task, own, mutant })),
    );
    expect(new Set(jobs.map((j) => j.task.id)).size).toBeGreaterThanOrEqual(300);
    const answers = await executor.execute(
      jobs.map(({ task, mutant }) => ({ code: mutant.code, calls: task.hidden.map((e) => e.args) })),
    );
    const survivors = jobs.filter(({ task }, i) =>
      task.hidden.every((e, k) => sameAnswer(answers[i]![k], e.expected)),
    );
    // Survivors must be equivalent: fresh inputs, not those the tests were chosen
    // from, find no difference either.
    const fresh = survivors.map(({ own }) =>
      drawInputs(own.problem, createRandom(`fresh/${own.problem.key}`), 60),
    );
    const again = await executor.execute(
      survivors.map(({ mutant }, i) => ({ code: mutant.code, calls: fresh[i]!.map((input) => input.args) })),
    );
    const told = survivors.flatMap(({ mutant, task }, i) => {
      const at = fresh[i]!.findIndex((input, k) => !sameAnswer(again[i]![k], input.expected));
      return at < 0
        ? []
        : [{ task: task.id, origin: mutant.origin, args: fresh[i]![at]!.args, code: mutant.code }];
    });
    expect(told).toEqual([]);
    expect(survivors.length / jobs.length).toBeLessThan(0.08);
  });

  it('would notice weak tests: the first visible test alone lets misconceptions through', async () => {
    const jobs = audited()
      .slice(0, 60)
      .flatMap(({ task, mutants }) => mutants.map((mutant) => ({ task, mutant })));
    const answers = await executor.execute(
      jobs.map(({ task, mutant }) => ({ code: mutant.code, calls: [task.visible[0]!.args] })),
    );
    const survivors = jobs.filter(({ task }, i) => sameAnswer(answers[i]![0], task.visible[0]!.expected));
    expect(survivors.length / jobs.length).toBeGreaterThan(0.15);
  });
});
