/**
 * Where failing programs leave right ones, against CPython under sys.settrace
 * (scripts/vectors/diverging.py), and what becomes of their advantage.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConfig } from '../../src/learning/config.ts';
import {
  divergence,
  findDivergences,
  placeInCompletion,
  stateChanges,
  tokensOnLines,
} from '../../src/learning/diverging-state.ts';
import type { CodeGroup, TrainerEvent } from '../../src/learning/events.ts';
import { judgeGroups } from '../../src/learning/code-rollouts.ts';
import { checkEvent } from '../../src/learning/event-shape.ts';
import { train } from '../../src/learning/trainer.ts';
import { presetConfig } from '../../src/experiment/presets.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import { characters, FakePolicy } from './fake-policy.ts';
import { programs, sumTask } from './tasks.ts';

interface Row {
  readonly failing: string;
  readonly right: string;
  readonly args: string;
  readonly shared: number;
  readonly lines: readonly number[] | null;
}
const rows = JSON.parse(
  readFileSync(new URL('vectors/diverging.json', import.meta.url), 'utf8'),
) as readonly Row[];

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1 });
});
afterAll(() => sandbox.dispose());

const states = async (code: string, args: string) =>
  stateChanges(await sandbox.trace({ code, call: { entryPoint: 'f', args }, mode: 'steps' }));

const config = createConfig({ 'code.credit': 'diverging-state' });
const rolloutOf = (text: string) => ({
  text,
  tokens: [...characters.encode(text), 0],
  logProbs: [],
  finish: 'eos' as const,
  promptTokens: characters.encode(sumTask.prompt),
});
const find = async (texts: readonly string[], task = sumTask) =>
  (
    await findDivergences(
      await judgeGroups([task], [texts.map(rolloutOf)], { sandbox, extraction: 'continuation' }),
      { sandbox, config, policy: { tokenizer: characters } },
    )
  )[0]!;
const said = (text: string, tokens: readonly number[]) => tokens.map((token) => text[token]).join('');

describe('the state that diverges', () => {
  it.each(rows.map((row, i) => [i, row] as const))('pair %i is where CPython has it', async (_, row) => {
    const found = divergence(await states(row.failing, row.args), [
      { states: await states(row.right, row.args), rollout: 2 },
    ]);
    expect(found?.lines ?? null).toEqual(row.lines);
    if (row.lines !== null) expect(found).toMatchObject({ shared: row.shared, against: 2 });
  });

  it('of several right programs is that of the one it goes together with longest', () => {
    const at = (...values: string[]) =>
      values.map((value, i) => ({
        changes: [{ variable: 0, name: 't', value: { type: 'int' as const, value } }],
        lines: [i + 2],
      }));
    const found = divergence(at('1', '2', '9'), [
      { states: at('5'), rollout: 0 },
      { states: at('1', '2', '3'), rollout: 1 },
      { states: at('1', '2', '4'), rollout: null },
    ]);
    expect(found).toEqual({
      lines: [4],
      shared: 2,
      did: [{ name: 't', value: '9' }],
      instead: [{ name: 't', value: '3' }],
      against: 1,
    });
  });

  it('is told of wrong programs, against the group and the solution, in the tokens of its lines', async () => {
    const [right, wrong, crash, syntax] = await find([
      programs.pass,
      programs.wrong,
      programs.crash,
      programs.syntax,
    ]);
    expect([right, syntax]).toEqual([null, null]);
    expect(wrong).toMatchObject({ args: '[2]', against: 0, did: [{ name: 't', value: '2' }] });
    expect(wrong!.instead).toEqual([{ name: 'return', value: '0' }]);
    expect(said(programs.wrong, wrong!.tokens)).toBe('        if x >= 2:\n            t += x\n');
    expect(crash).toMatchObject({ did: [{ name: 'exception', value: '' }] });
    expect(said(programs.crash, crash!.tokens)).toBe('    t = xs[9]\n');
    // No right one in the group: the solution is held against it; without one nothing is.
    expect((await find([programs.wrong]))[0]).toMatchObject({ against: null });
    const { solution: _, ...without } = sumTask;
    expect(await find([programs.wrong], without)).toEqual([null]);
  });

  it('is not told of a program that could have touched what traces it', async () => {
    const hostile = `\n    import sys${programs.wrong}`;
    expect(await find([programs.pass, hostile])).toEqual([null, null]);
  });
});

describe('places of lines in a completion', () => {
  it('follow the ways in which a program is found', () => {
    expect(placeInCompletion('def f():', 'def f():\n return 1', '\n return 1\nmore')).toBe(-8);
    expect(placeInCompletion('def f():', 'def f():\n return 1\n', 'So:\n```\ndef f():\n return 1\n```')).toBe(
      8,
    );
    expect(placeInCompletion('import re\n', 'import re\ndef f(): 1\n', '```\ndef f(): 1\n```')).toBe(-6);
    expect(placeInCompletion('x', 'y', 'z')).toBeNull();
  });

  it('give a token to the line that holds its last character', () => {
    // "a\n" "b" "c\nd" "" over the program "a\nbc\nd"
    expect(tokensOnLines([2, 3, 6, 6], 'a\nbc\nd', 0, [2])).toEqual([1]);
    expect(tokensOnLines([2, 3, 6, 6], 'a\nbc\nd', 0, [1, 3])).toEqual([0, 2]);
  });
});

describe('a run with credit by diverging state', () => {
  it('gives the advantage of a failing program to those tokens alone, and logs them', async () => {
    const policy = new FakePolicy(() => [programs.pass, programs.wrong]);
    const events: TrainerEvent[] = [];
    const overrides = {
      steps: 1,
      'code.prompts': 1,
      'code.maxNewTokens': 200,
      'eval.baseline': false,
    } as const;
    for await (const event of train({
      policy,
      sandbox,
      tasks: [sumTask],
      config: presetConfig('rlvr', overrides, { 'code.credit': 'diverging-state' }),
    }))
      events.push(event);
    for (const event of events) expect(checkEvent(event)).toBeNull();
    const group = events.find((event) => event.type === 'rollouts')!.groups[0] as CodeGroup;
    const failing = group.rollouts.findIndex(({ verdict }) => verdict === 'wrong');
    const { divergence: at, advantage, tokens } = group.rollouts[failing]!;
    expect(at!.tokens.length).toBeLessThan(tokens.length / 2);
    const row = policy.updates[0]!.rows.find(({ completion }) =>
      completion.every((token, i) => token === tokens[i]),
    )!;
    row.advantages.forEach((value, token) =>
      expect(value).toBeCloseTo(at!.tokens.includes(token) ? advantage : 0, 5),
    );
    const metrics = events.find((event) => event.type === 'step-finished')!.metrics;
    expect(metrics['code/diverging']).toBe(1);
  });
});
