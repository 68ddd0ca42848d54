/**
 * The census by rule: programs whose mistake is known are called by its name, and the
 * shipped labels are those of bodies that show the misconception.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { behaviourKey, canonicalText, testAnswers } from '../../src/instruments/census/behaviour.ts';
import { readCensus, takeCensus, type CensusProgram } from '../../src/instruments/census/census.ts';
import { LABELS_FILE, readLabels } from '../../src/instruments/census/labels.ts';
import { misreadingsOf } from '../../src/instruments/census/misreadings.ts';
import type { JudgedGroup } from '../../src/learning/code-rollouts.ts';
import { judge } from '../../src/learning/judge.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import { parseTaskSet } from '../../src/tasks/files.ts';
import { programs, sumTask } from '../learning/tasks.ts';
import { codeOf } from '../../scripts/corpus/label.ts';
import { mutantsOf, shippedProblems } from '../../scripts/corpus/tasks.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1 });
});
afterAll(() => sandbox.dispose());

const body = (...lines: string[]) => lines.map((line) => `\n    ${line}`).join('');
/** Right for a reader who takes a start at zero for one at one: it takes one off in the end. */
const slip = body('t = 0', 'for x in xs:', '    if x > 2:', '        t = t + x', 'return t - 1');
const misread = body('t = 0', 'for x in xs:', '    if x >= 2:', '        t = t + x', 'return t');

async function census(texts: readonly string[], finish: 'eos' | 'length' = 'eos') {
  const rollouts = await Promise.all(
    texts.map(async (text) => {
      const judged = await judge(sumTask, text, { sandbox, extraction: 'body' });
      const reward = judged.verdict === 'pass' ? 1 : 0;
      return { text, tokens: [], logProbs: [], promptTokens: [], finish, reward, ...judged };
    }),
  );
  const groups: JudgedGroup[] = [{ task: sumTask, rollouts }];
  const program = `${sumTask.prompt}${misread}\n`;
  const key = behaviourKey((await testAnswers(program, sumTask, sandbox))!);
  const labels = { [sumTask.id]: { [key]: ['filter above: at least'] } };
  return { labels, found: await takeCensus(groups, { sandbox, labels }) };
}

describe('a failed program', () => {
  it('is called by what explains it', async () => {
    const { found } = await census([
      programs.pass,
      misread,
      slip,
      programs.crash,
      programs.syntax,
      programs.loop,
      programs.wrongProduct,
    ]);
    expect(found.map(({ kind }) => kind)).toEqual([
      null,
      'misread description',
      'execution slip',
      'exception',
      'syntax',
      'budget',
      'unexplained',
    ]);
    expect(found[1]!.misconceptions).toEqual(['filter above: at least']);
    expect(found[2]!.slips).toEqual(['starting at zero as at one']);
    expect(found[2]!.invites).toBe(true);
  });

  it('that was cut off lacked budget, whatever it would have been', async () => {
    const { found } = await census([misread], 'length');
    expect(found[0]!.kind).toBe('budget');
  });

  it('is read in every way that its lines invite, and lines stay where they are', () => {
    const ways = misreadingsOf(`def f(xs):${body('t = 0', 'for x in xs:', '    t += x', 'return t')}`);
    expect(ways.map(({ names }) => names)).toEqual([
      ['starting at zero as at one'],
      ['added as assigned'],
      ['starting at zero as at one', 'added as assigned'],
    ]);
    for (const { code } of ways) expect(code.split('\n')).toHaveLength(5);
    expect(ways[2]!.code).toContain('t = 1\n    for x in xs:\n        t = x');
  });
});

describe('the reading', () => {
  const program = (taskId: string, kind: CensusProgram['kind'], invites = false): CensusProgram => ({
    taskId,
    program: 'p',
    kind,
    misconceptions: kind === 'misread description' ? ['a: b', 'c: d'] : [],
    slips: [],
    invites,
  });

  it('counts kinds among the failed, and pass rates with and without lines that are misread', () => {
    const all = [
      program('t1', null, true),
      program('t1', 'misread description', true),
      program('t2', 'misread description'),
      program('t2', 'syntax'),
      program('t3', null),
    ];
    const reading = readCensus(all, { t1: {}, t2: {} }, createRandom(1));
    expect(reading).toMatchObject({ tasks: 3, programs: 5, failed: 3, unlabelled: 1 });
    const misreads = reading.kinds.find(({ kind }) => kind === 'misread description')!;
    expect(misreads.share).toBeCloseTo(2 / 3, 10);
    expect(misreads.interval[0]).toBeLessThanOrEqual(2 / 3);
    expect(reading.misconceptions).toEqual([
      { name: 'a: b', count: 1 },
      { name: 'c: d', count: 1 },
    ]);
    expect(reading.forms.with).toEqual({ programs: 2, passed: 1 / 2 });
    expect(reading.forms.difference).toBeCloseTo(1 / 2 - 1 / 3, 10);
  });
});

describe('labels', () => {
  const place = new URL(`../../public/${LABELS_FILE}`, import.meta.url);
  const labels = readLabels(readFileSync(place, 'utf8'), LABELS_FILE);
  const file = new URL('../../public/tasks/nano.json', import.meta.url);
  const tasks = new Map(
    parseTaskSet(readFileSync(file, 'utf8'), 'nano.json').tasks.map((task) => [task.id, task]),
  );

  it('are of shipped tasks, every held-out one among them', () => {
    expect(Object.keys(labels).filter((id) => !tasks.has(id))).toEqual([]);
    const heldout = [...tasks.values()].filter(({ split }) => split === 'heldout');
    expect(heldout.filter(({ id }) => labels[id] === undefined)).toEqual([]);
  });

  it('name what other bodies of a misconception do, run in the sandbox of programs', async () => {
    const named: boolean[] = [];
    for (const shipped of shippedProblems('heldout', 12)) {
      const task = tasks.get(shipped.problem.key)!;
      for (const { origin, code } of mutantsOf(shipped, createRandom('other spellings'), 1, 0)) {
        const answers = await testAnswers(code, task, sandbox);
        const found = labels[task.id]![behaviourKey(answers!)] ?? [];
        const isRight =
          behaviourKey(answers!) ===
          behaviourKey([...task.visible, ...task.hidden].map(({ expected }) => canonicalText(expected)));
        if (!isRight) named.push(found.some((name) => name.includes(origin)));
      }
      const solution = codeOf({ prompt: shipped.prompt, completion: shipped.solution });
      const right = await testAnswers(solution, task, sandbox);
      expect(labels[task.id]![behaviourKey(right!)]).toBeUndefined();
    }
    expect(named.length).toBeGreaterThan(30);
    // A few spellings do something of their own.
    expect(named.filter(Boolean).length / named.length).toBeGreaterThan(0.9);
  });

  it('that are no labels are refused with their place', () => {
    expect(() => readLabels('{', 'x.json')).toThrow('x.json is not JSON');
    expect(() => readLabels('{"tasks":{"a":{"zz":[]}}}', 'x.json')).toThrow('labels of a');
  });
});
