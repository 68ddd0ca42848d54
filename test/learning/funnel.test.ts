import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseInput, makeRecords, type Candidate, type FunnelSettings } from '../../src/learning/funnel.ts';
import { judge } from '../../src/learning/judge.ts';
import { codeReward } from '../../src/learning/rewards.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import { toLiteral } from '../../src/sandbox/literal.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import { jsonFormat, traceFormat } from '../../src/tasks/alignment/index.ts';
import { programs, sumTask } from './tasks.ts';

const settings: FunnelSettings = {
  source: 'failed',
  input: 'first-failing',
  exceptions: false,
  minSteps: 2,
  maxVariables: 0,
  maxValueChars: 200,
  maxValueElements: 30,
  deduplicate: true,
};

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1, spare: false });
});
afterAll(() => sandbox.dispose());

/** Finds the harness by its frames and makes every value it encodes look like 7. */
const patchesEncoder = [
  'import sys',
  'frame = sys._getframe()',
  'while "_full_encoder" not in frame.f_globals:',
  '    frame = frame.f_back',
  'say = {"budget": 0, "whole": lambda self, value: {"type": "int", "value": 7}}',
  'frame.f_globals["_full_encoder"] = lambda size: type("E", (), say)()',
];

type Known = keyof typeof programs;
async function candidates(names: readonly Known[]): Promise<Candidate[]> {
  const judged = names.map((name) => judge(sumTask, programs[name], { sandbox, extraction: 'continuation' }));
  return (await Promise.all(judged)).map((judgement) => ({
    ...judgement,
    task: sumTask,
    reward: codeReward(judgement.verdict),
  }));
}
const context = (
  format: typeof traceFormat,
  fits = (_prompt: string, answer: string) => answer.length < 400,
) => ({
  sandbox,
  format,
  fits,
  isKnown: () => false,
});
const counts = (funnel: readonly { gate: string; in: number; out: number }[]) =>
  Object.fromEntries(funnel.map(({ gate, in: reached, out }) => [gate, `${reached}>${out}`]));

describe('verdicts', () => {
  it('of known programs are what everyone can see', async () => {
    const names = Object.keys(programs) as Known[];
    const verdicts = Object.fromEntries(
      (await candidates(names)).map(({ verdict }, i) => [names[i], verdict]),
    );
    expect(verdicts).toEqual({
      pass: 'pass',
      wrong: 'wrong',
      duplicate: 'wrong',
      wrongProduct: 'wrong',
      crash: 'exception',
      loop: 'step-limit',
      silent: 'wrong',
      syntax: 'syntax-error',
      long: 'wrong',
      blank: 'no-program',
    });
  });

  it('name the first test that failed, with what was expected and what came', async () => {
    const [wrong, crash] = await candidates(['wrong', 'crash']);
    expect(wrong?.failed).toEqual({ args: '[2]', expected: '0', got: '2' });
    expect(wrong?.failing.map(({ args }) => args)).toEqual(['[2]', '[4, 2, 2, 3]']);
    expect(crash?.failed?.got).toMatch(/^IndexError: list index out of range/);
  });
});

describe('acceptance vector 1: a batch with known programs gives exactly the expected funnel counts', () => {
  const batch = [
    'pass',
    'wrong',
    'crash',
    'loop',
    'silent',
    'syntax',
    'duplicate',
    'long',
    'blank',
    'wrongProduct',
  ] as const;

  it('in the JSON format', async () => {
    const { funnel, records } = await makeRecords(await candidates(batch), 3, settings, context(jsonFormat));
    expect(counts(funnel)).toEqual({
      program: '10>9', // not the blank one
      parses: '9>8', // not the syntax error
      source: '8>7', // not the one that passed
      runs: '7>5', // not crash and loop
      plain: '5>5',
      gradable: '5>4', // not the silent one; `long` keeps its loop variable
      unique: '4>3', // not the second spelling of `wrong`
      fits: '3>3',
    });
    expect(records.map(({ record }) => record.id)).toEqual(['3.1', '3.2', '3.3']);
    const [wrong, long] = records.map(({ record }) => record);
    expect(wrong?.args).toBe('[2]');
    expect(wrong?.variables.map(({ name, value }) => `${name}=${value}`)).toEqual(['t=2', 'x=2', 'return=2']);
    expect(long?.variables.map(({ name }) => name)).toEqual(['i']);
  });

  it('in the trace format, where the long one has no trajectory', async () => {
    const { funnel, records } = await makeRecords(await candidates(batch), 3, settings, context(traceFormat));
    expect(counts(funnel)).toEqual({
      program: '10>9',
      parses: '9>8',
      source: '8>7',
      runs: '7>5',
      plain: '5>5',
      gradable: '5>3',
      unique: '3>2',
      fits: '2>2',
    });
    expect(records[0]?.record.answer).toMatch(/<ans>t<2><;>x<2><;><ret><2><;>$/);
    expect(records[0]?.record.prompt).toMatch(/<trace>$/);
  });

  it.each([
    ['replaces the encoder', patchesEncoder],
    ['switches tracing off', ['import sys', 'sys.settrace(None)']],
    ['looks at what watches it', ['import sys', 'u = sys.monitoring.get_tool(3)']],
    ['names a class', ['u = ().__class__']],
  ])(
    'a program that %s teaches nothing',
    async (_what, lines) => {
      const completion = [
        '',
        ...lines,
        't = 0',
        'for x in xs:',
        '    if x >= 2:',
        '        t += x',
        'return t',
      ].join('\n    ');
      const judgement = await judge(sumTask, completion, { sandbox, extraction: 'continuation' });
      const candidate = { ...judgement, task: sumTask, reward: codeReward(judgement.verdict) };
      const { funnel, records } = await makeRecords([candidate], 1, settings, context(jsonFormat));
      expect(counts(funnel)).toMatchObject({ runs: '1>1', plain: '1>0', gradable: '0>0' });
      expect(records).toEqual([]);
    },
    240_000,
  );

  it('too long for the context is the last gate', async () => {
    const { funnel } = await makeRecords(
      await candidates(['wrong']),
      1,
      settings,
      context(jsonFormat, () => false),
    );
    expect(counts(funnel)['fits']).toBe('1>0');
  });

  it('each switch opens or closes its gate', async () => {
    const all = await candidates(batch);
    const out = async (changes: Partial<FunnelSettings>) =>
      counts((await makeRecords(all, 1, { ...settings, ...changes }, context(jsonFormat))).funnel);
    expect((await out({ source: 'passed' }))['source']).toBe('8>1');
    expect((await out({ source: 'all' }))['source']).toBe('8>8');
    expect((await out({ exceptions: true }))['runs']).toBe('7>6');
    expect((await out({ minSteps: 100 }))['gradable']).toBe('5>1');
    expect((await out({ deduplicate: false }))['unique']).toBe('4>4');
  });

  it('what is in the buffer already is a duplicate', async () => {
    const [wrong] = await candidates(['wrong']);
    const first = await makeRecords([wrong as Candidate], 1, settings, context(jsonFormat));
    const known = new Set(first.records.map(({ key }) => key));
    const again = await candidates(['duplicate']);
    const second = await makeRecords(again, 2, settings, {
      ...context(jsonFormat),
      isKnown: (key) => known.has(key),
    });
    expect(counts(second.funnel)['unique']).toBe('1>0');
  });

  it('asks for the last variables first assigned when there are too many', async () => {
    const { records } = await makeRecords(
      await candidates(['wrong']),
      1,
      { ...settings, maxVariables: 1 },
      context(jsonFormat),
    );
    expect(records[0]?.record.variables.map(({ name }) => name)).toEqual(['x', 'return']);
  });
});

describe('the input of a record', () => {
  const task = sumTask;
  const failing = [
    { args: '[4, 2, 2, 3]', outcome: 'ok' },
    { args: '[2]', outcome: 'exception' },
    { args: '[1, 3]', outcome: 'ok' },
  ] as const;

  it('is the first failing test, or the shortest that gave a value', () => {
    expect(chooseInput({ task, failing }, 'first-failing')).toBe('[4, 2, 2, 3]');
    expect(chooseInput({ task, failing }, 'shortest-failing')).toBe('[1, 3]');
    expect(chooseInput({ task, failing }, 'first')).toBe('[1, 3, 5]');
  });

  it('is empty only when there is no other', () => {
    const empty = { args: '[]', outcome: 'ok' } as const;
    expect(chooseInput({ task, failing: [empty, ...failing] }, 'shortest-failing')).toBe('[1, 3]');
    expect(chooseInput({ task, failing: [empty] }, 'shortest-failing')).toBe('[]');
  });

  it('of a program that failed nothing is one of its tests', () => {
    expect(chooseInput({ task, failing: [] }, 'first-failing')).toBe('[1, 3, 5]');
    expect(chooseInput({ task, failing: [] }, 'shortest-failing')).toBe('[2]');
    expect(chooseInput({ task: { ...task, visible: [], hidden: [] }, failing: [] }, 'first')).toBeNull();
  });
});

describe('acceptance vector 8: judge and labeller agree', () => {
  it('what a program is judged by is the return value in its trace', async () => {
    for (const name of ['pass', 'wrong', 'wrongProduct', 'long', 'silent'] as const) {
      const code = sumTask.prompt + programs[name];
      for (const { args } of [...sumTask.visible, ...sumTask.hidden]) {
        const call = { entryPoint: 'f', args };
        const ran = (await sandbox.run({ code, calls: [call] })).calls[0];
        const traced = await sandbox.trace({ code, call, mode: 'final' });
        expect(ran?.outcome).toBe('ok');
        expect(traced.value && toLiteral(traced.value)).toBe(ran?.value && toLiteral(ran.value));
      }
    }
  });

  it('a program judged passing has the expected value in its record', async () => {
    const all = { ...settings, source: 'passed', input: 'first' } as const;
    for (const format of [jsonFormat, traceFormat]) {
      const { records } = await makeRecords(await candidates(['pass']), 1, all, context(format));
      const { args, variables } = records[0]?.record ?? { args: '', variables: [] };
      const expected = sumTask.visible.find((example) => example.args === args)?.expected;
      expect(variables.find(({ name }) => name === 'return')?.value).toBe(expected);
    }
  });
});
