/**
 * Writes the shipped tasks, public/tasks/nano.json: train and held-out problems with
 * visible and hidden tests, chosen so that the hidden tests kill every misconception
 * that can be told from a right body. Deterministic. `npx tsx scripts/corpus/tasks.ts`.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createRandom, type Random } from '../../src/base/random.ts';
import {
  completionOf,
  drawInputs,
  drawProblem,
  promptOf,
  singleFaults,
  spellingsOf,
  type Input,
  type Problem,
  type Split,
} from './domain/index.ts';
import { mutate } from './domain/mutate.ts';
import { openExecutor, type Execute, type Program } from './execute.ts';
import { codeOf, isTelling, sameAnswer, testsOf } from './label.ts';

export const SEED = 20;
export const COUNTS: Readonly<Record<Split, number>> = { train: 2100, heldout: 320 };
const VISIBLE = 3;
const HIDDEN = { least: 5, most: 8 } as const;
/** Candidate inputs per task, and how many more where a misconception survives them. */
const POOL = 24;
const MORE = 200;
/** Constants vary a combination at most this often, so that the set stays broad. */
const PER_COMBINATION = 3;

/** A problem as it is shipped: worded once, with a right body. */
export interface Shipped {
  readonly problem: Problem;
  readonly split: Split;
  readonly prompt: string;
  readonly solution: string;
}

/** The problems of a split, the same for the same seed. Prompts are unique within it. */
export function shippedProblems(split: Split, count: number, seed = SEED): Shipped[] {
  const random = createRandom(seed).fork(`tasks/${split}`);
  const combinations = new Map<string, number>();
  const seen = new Set<string>();
  const chosen: Shipped[] = [];
  while (chosen.length < count) {
    const problem = drawProblem(random, split);
    const used = combinations.get(problem.combination) ?? 0;
    if (used >= PER_COMBINATION || seen.has(problem.key)) continue;
    const own = random.fork(problem.key);
    const prompt = promptOf(problem, own);
    const solution = completionOf(problem, own, new Map());
    if (seen.has(prompt) || solution === null || !isTelling(testsOf(problem))) continue;
    combinations.set(problem.combination, used + 1);
    seen.add(problem.key).add(prompt);
    chosen.push({ problem, split, prompt, solution });
  }
  return chosen;
}

/** A wrong program and where its error comes from. */
export interface Mutant {
  readonly origin: string;
  readonly code: string;
}

/**
 * Bodies that show each single misconception (up to `each` spellings that differ in
 * more than names) and `slips` random changes of the solution.
 */
export function mutantsOf(
  { problem, prompt, solution }: Shipped,
  random: Random,
  each = 2,
  slips = 3,
): Mutant[] {
  const mutants = new Map<string, Mutant>();
  const add = (origin: string, completion: string | null): void => {
    if (completion === null) return;
    const code = codeOf({ prompt, completion });
    if (!mutants.has(code)) mutants.set(code, { origin, code });
  };
  for (const faults of singleFaults(problem)) {
    const [concept, flaw] = [...faults][0] as [string, string];
    for (const completion of spellingsOf(problem, random, faults, each))
      add(`${concept}: ${flaw}`, completion);
  }
  for (let i = 0; i < slips; i++) add('mutation', mutate(solution, random));
  return [...mutants.values()];
}

export interface Tests {
  readonly visible: readonly Input[];
  readonly hidden: readonly Input[];
  /** Mutants that the hidden tests do not kill. */
  readonly survivors: readonly Mutant[];
  /** How many of them some candidate input would have killed, had there been room for it. */
  readonly noRoom: number;
}

/** Which mutants each input kills. A crash or an endless loop is a kill. */
function kills(inputs: readonly Input[], answers: readonly (readonly string[])[]): boolean[][] {
  return inputs.map((input, i) => answers.map((given) => !sameAnswer(given[i], input.expected)));
}

/**
 * Chooses hidden tests that together kill all mutants that any input kills: greedily, shorter inputs first.
 */
export function chooseTests(
  inputs: readonly Input[],
  killed: readonly (readonly boolean[])[],
  mutants: readonly Mutant[],
): Tests {
  const left = new Set(mutants.keys());
  const hidden: Input[] = [];
  const order = [...inputs.keys()].sort(
    (a, b) => (inputs[a] as Input).args.length - (inputs[b] as Input).args.length || a - b,
  );
  const answers = new Set<string>();
  const gain = (i: number): number => [...left].filter((m) => killed[i]?.[m]).length;
  while (hidden.length < HIDDEN.most) {
    const open = order.filter((i) => !hidden.includes(inputs[i] as Input));
    const best = open.reduce<number | undefined>(
      (kept, i) => (kept === undefined || gain(i) > gain(kept) ? i : kept),
      undefined,
    );
    if (best === undefined) break;
    let next = best;
    if (gain(best) === 0) {
      if (hidden.length >= HIDDEN.least) break;
      // Everything is killed: fill up with an answer not seen yet, so that constants cannot pass.
      next = open.find((i) => !answers.has((inputs[i] as Input).expected)) ?? best;
    }
    const input = inputs[next] as Input;
    hidden.push(input);
    answers.add(input.expected);
    for (const m of [...left]) if (killed[next]?.[m]) left.delete(m);
  }
  const rest = inputs.filter((input) => !hidden.includes(input));
  const shown: Input[] = [];
  for (const fresh of [true, false]) {
    for (const input of rest) {
      if (
        shown.length === VISIBLE ||
        shown.includes(input) ||
        (fresh && shown.some((s) => s.expected === input.expected))
      )
        continue;
      shown.push(input);
    }
  }
  return {
    visible: shown,
    hidden,
    survivors: [...left].map((m) => mutants[m] as Mutant),
    noRoom: [...left].filter((m) => killed.some((row) => row[m])).length,
  };
}

/** A task under construction: candidate inputs, and which of them kill which mutants. */
interface Bench {
  readonly task: Shipped;
  readonly mutants: readonly Mutant[];
  inputs: readonly Input[];
  /** [input][mutant] */
  killed: readonly (readonly boolean[])[];
}

/** Tests for many tasks, executed together. Throws where a solution fails its own tests. */
export async function testTasks(tasks: readonly Shipped[], execute: Execute): Promise<Tests[]> {
  const benches = tasks.map((task): Bench => ({
    task,
    mutants: mutantsOf(task, createRandom(`mutants/${task.problem.key}`)),
    inputs: [],
    killed: [],
  }));
  await extend(
    benches,
    execute,
    benches.map(({ task }) => candidates(task, POOL)),
  );
  // What no candidate kills gets many more inputs, and those that kill it join the candidates.
  const hunted = benches.map(({ task, mutants, killed }) => {
    const alive = mutants.filter((_, m) => !killed.some((row) => row[m]));
    return { alive, inputs: alive.length > 0 ? hunters(task) : [] };
  });
  const answers = await execute(
    hunted.flatMap(({ alive, inputs }) =>
      alive.map(({ code }): Program => ({ code, calls: inputs.map((i) => i.args) })),
    ),
  );
  let next = 0;
  const killers = hunted.map(({ alive, inputs }) => {
    const found = alive.map(() => {
      const given = answers[next++] as readonly string[];
      return inputs
        .filter((input, i) => !sameAnswer(given[i], input.expected))
        .sort((a, b) => a.args.length - b.args.length)[0];
    });
    return [...new Set(found.filter((input) => input !== undefined))];
  });
  await extend(benches, execute, killers);
  return benches.map(({ inputs, killed, mutants }) => chooseTests(inputs, killed, mutants));
}

const candidates = (task: Shipped, count: number): Input[] =>
  drawInputs(task.problem, createRandom(`tests/${task.problem.key}`), count);

/**
 * Inputs for what survives the candidates: half drawn like them, half with few
 * different values, where coincidences abound.
 */
function hunters(task: Shipped): Input[] {
  const random = createRandom(`hunters/${task.problem.key}`);
  const [usual, few] = [
    drawInputs(task.problem, random.fork('usual'), MORE),
    drawInputs(task.problem, random.fork('few'), MORE, true),
  ];
  const known = new Set(candidates(task, POOL).map((input) => input.args));
  return [
    ...new Map(
      [...usual, ...few].filter(({ args }) => !known.has(args)).map((input) => [input.args, input]),
    ).values(),
  ];
}

/** Runs solutions and mutants on more inputs and adds them to the benches. */
async function extend(
  benches: readonly Bench[],
  execute: Execute,
  added: readonly (readonly Input[])[],
): Promise<void> {
  const programs = benches.flatMap(({ task, mutants }, b): Program[] => {
    const calls = (added[b] ?? []).map((input) => input.args);
    if (calls.length === 0) return [];
    return [codeOf({ prompt: task.prompt, completion: task.solution }), ...mutants.map((m) => m.code)].map(
      (code) => ({ code, calls }),
    );
  });
  const answers = await execute(programs);
  let next = 0;
  benches.forEach((bench, b) => {
    const inputs = added[b] ?? [];
    if (inputs.length === 0) return;
    const solution = answers[next++] as readonly string[];
    const failed = inputs.findIndex((input, i) => !sameAnswer(solution[i], input.expected));
    const at = inputs[failed];
    if (at)
      throw new Error(
        `The solution of ${bench.task.problem.key} gives ${String(solution[failed])} on ${at.args}, expected ${at.expected}.`,
      );
    bench.inputs = [...bench.inputs, ...inputs];
    bench.killed = [...bench.killed, ...kills(inputs, answers.slice(next, next + bench.mutants.length))];
    next += bench.mutants.length;
  });
}

const row = ({ problem, split, prompt, solution }: Shipped, tests: Tests): string => {
  const pairs = (inputs: readonly Input[]): string[][] =>
    inputs.map(({ args, expected }) => [args, expected]);
  return JSON.stringify({
    id: problem.key,
    prompt,
    visible: pairs(tests.visible),
    hidden: pairs(tests.hidden),
    split,
    tags: [problem.family, ...problem.concepts.map((c) => c.name).filter((name) => name !== 'return')],
    solution: `${solution}\n`,
  });
};

if (process.argv[1]?.endsWith('corpus/tasks.ts')) {
  const { values } = parseArgs({ options: { out: { type: 'string', default: 'public/tasks/nano.json' } } });
  const executor = await openExecutor();
  const rows: string[] = [];
  const survivors: string[] = [];
  let noRoom = 0;
  try {
    for (const split of ['train', 'heldout'] as const) {
      const tasks = shippedProblems(split, COUNTS[split]);
      for (let i = 0; i < tasks.length; i += 200) {
        const part = tasks.slice(i, i + 200);
        const tests = await testTasks(part, executor.execute);
        part.forEach((task, k) => {
          const own = tests[k] as Tests;
          rows.push(row(task, own));
          noRoom += own.noRoom;
          for (const mutant of own.survivors) survivors.push(`${task.problem.key}\t${mutant.origin}`);
        });
        process.stderr.write(
          `${split} ${Math.min(i + 200, tasks.length)}, ${survivors.length} survivors, ${noRoom} for want of room\n`,
        );
      }
    }
  } finally {
    await executor.close();
  }
  mkdirSync('.cache/corpus', { recursive: true });
  writeFileSync('.cache/corpus/survivors.tsv', survivors.join('\n') + '\n');
  mkdirSync('public/tasks', { recursive: true });
  writeFileSync(`${values.out}.part`, `{"name":"nano","version":1,"tasks":[\n${rows.join(',\n')}\n]}\n`);
  renameSync(`${values.out}.part`, values.out);
}
