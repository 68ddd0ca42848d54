/**
 * The learner's side of the page's questions: turns on the policy, what updates were
 * made of, drafts checked by the real sandbox.
 */
import type { Message } from '../../src/policy/types.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import { presetConfig } from '../../src/experiment/presets.ts';
import type { AnswerContext } from '../../src/learner/answer-context.ts';
import { compare, inspect, predict } from '../../src/learner/answers.ts';
import { checkDraft } from '../../src/learner/check-draft.ts';
import { inTurns, WorkQueue, UpdatesSeen } from '../../src/learner/work-queue.ts';
import { WritingWatch } from '../../src/learner/writing.ts';
import type { Draft } from '../../src/learner/questions.ts';
import { characters, FakePolicy, updateResult } from '../learning/fake-policy.ts';
import { programs, sumTask } from '../learning/tasks.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1, spare: false });
});
afterAll(() => sandbox.dispose());

describe('turns', () => {
  test('work is done one after another, and a failure does not block the next', async () => {
    const turns = new WorkQueue();
    const done: string[] = [];
    const slow = turns.take(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      done.push('slow');
    });
    const failing = turns.take(() => Promise.reject(new Error('no')));
    const quick = turns.take(async () => void done.push('quick'));
    await expect(failing).rejects.toThrow('no');
    await Promise.all([slow, quick]);
    expect(done).toEqual(['slow', 'quick']);
  });

  test('the first update of a step is remembered, row by row, for a bounded number of steps', () => {
    const seen = new UpdatesSeen(2);
    const row = {
      prompt: [1],
      completion: [2, 3],
      advantages: Float32Array.of(1, -1),
      weights: Float32Array.of(1, 1),
    };
    const result = (logProb: number) => updateResult({ logProbs: [Float32Array.of(logProb, logProb)] });
    for (const step of [1, 2, 3]) {
      seen.step = step;
      seen.add([row], result(-step));
      seen.add([row], result(-9));
    }
    expect(seen.find(1, [1], [2, 3])).toBeNull();
    expect([...seen.find(3, [1], [2, 3])!.logProbs!]).toEqual([-3, -3]);
    expect([...seen.find(3, [1], [2, 3])!.advantages]).toEqual([1, -1]);
    expect(seen.find(3, [1], [2])).toBeNull();
    expect(seen.find(undefined, [1], [2, 3])).toBeNull();

    // The alignment's own update, of a policy that the code has moved: its credit
    // counts, its log-probabilities say nothing of the sampler.
    const answer = { ...row, prompt: [7], advantages: Float32Array.of(0, -2) };
    seen.add([answer], result(-5));
    seen.add([answer], result(-6));
    expect(seen.find(3, [7], [2, 3])).toEqual({ logProbs: null, advantages: Float32Array.of(0, -2) });
    expect([...seen.find(3, [1], [2, 3])!.logProbs!]).toEqual([-3, -3]);
  });
});

describe('answers', () => {
  const source = (): AnswerContext => {
    const policy = new FakePolicy((prompt) =>
      prompt.includes('<trace>')
        ? ['<L1>t<0><ans>t<0><;><ret><0><;>', 'nonsense']
        : Object.values(programs).filter((p) => p !== programs.loop),
    );
    return {
      policy,
      sandbox,
      trusted: sandbox,
      tasks: [sumTask],
      turns: new WorkQueue(),
      updates: new UpdatesSeen(),
      config: presetConfig('coderl-plus'),
      step: 4,
    };
  };

  test('an inspected completion carries the trainer’s numbers of its own step', async () => {
    const asked = source();
    const policy = inTurns(asked.policy, { ...asked, writing: new WritingWatch(() => undefined) });
    asked.updates.step = 4;
    const [prompt, completion] = [characters.encode('p'), characters.encode('ab')];
    const row = { prompt, completion, advantages: Float32Array.of(2, 2), weights: Float32Array.of(1, 1) };
    await policy.update([row], {} as never);
    const items = [
      { prompt: 'p', kind: 'code' as const, completion, step: 4 },
      { prompt: 'p', kind: 'question' as const, completion: 'ab' },
    ];
    const [own, text] = await inspect({ ask: 'inspect', items, temperature: 1 }, asked);
    expect(own).toMatchObject({ pieces: ['a', 'b'], at: 4 });
    expect([...own!.credit!]).toEqual([2, 2]);
    expect(own!.trainer).toHaveLength(2);
    expect([text!.pieces, text!.credit, text!.trainer]).toEqual([['a', 'b'], null, null]);
  });

  test('a model with a chat template is asked in it, whatever the page asks', async () => {
    const asked = source();
    const tokenizer = { ...characters, chat: ([m]: readonly Message[]) => `<${m!.content}>` };
    const policy = Object.assign(asked.policy as FakePolicy, { tokenizer });
    const config = { ...asked.config, 'prompt.style': 'chat' as const, 'code.extraction': 'fence' as const };
    await compare(
      { ask: 'compare', task: sumTask, samples: 2, seed: 3, temperature: 1 },
      { ...asked, config },
    );
    const put = policy.requests.map(({ prompts }) => characters.decode(prompts[0]!));
    expect(put).toEqual([0, 1].map(() => expect.stringMatching(/^<Complete this Python function/)));
  });

  test('both models get the same uniforms, and nothing learned means nothing differs', async () => {
    const asked = source();
    const question = { ask: 'compare', task: sumTask, samples: 6, seed: 3, temperature: 1 } as const;
    const { base, now, at } = await compare(question, asked);
    expect(base).toHaveLength(6);
    expect(now).toEqual(base);
    expect(at).toBe(4);
    expect(base.some(({ verdict }) => verdict === 'pass')).toBe(true);
    const [first, second] = (asked.policy as FakePolicy).requests;
    expect([first!.adapter, second!.adapter]).toEqual(['base', 'current']);
    expect([...first!.uniforms]).toEqual([...second!.uniforms]);
    expect((await compare({ ...question, seed: 4 }, source())).base).not.toEqual(base);
  });

  test('predictions are graded against what the interpreter saw; what cannot be asked is null', async () => {
    const program = 'def f(xs):\n    t = 0\n    for x in xs:\n        t += x\n    return t\n';
    const question = {
      ask: 'predict',
      program,
      entryPoint: 'f',
      args: '[2]',
      samples: 4,
      seed: 1,
      temperature: 1,
    } as const;
    const found = await predict(question, source());
    expect(found!.answer).toContain('<ans>');
    expect(found!.base).toHaveLength(4);
    const names = found!.base[0]!.variables.map(({ name }) => name);
    expect(names).toContain('return');
    for (const { variables } of found!.base) expect(variables.every(({ right }) => !right)).toBe(true);
    expect(await predict({ ...question, program: 'def f(xs):\n    return xs[9]\n' }, source())).toBeNull();
  });
});

describe('a draft', () => {
  const draft: Draft = {
    description: 'sum of xs',
    signature: 'def f(xs):',
    tests: [
      { args: '[1, 2]', expected: '3' },
      { args: '[]', expected: '0' },
    ],
    reference: null,
  };
  const check = (changes: Partial<Draft> = {}, fits = true) =>
    checkDraft({ ...draft, ...changes }, { sandbox, fits: () => fits });
  const kinds = async (changes: Partial<Draft>, fits = true) =>
    (await check(changes, fits)).problems.map(({ field, kind }) => `${field} ${kind}`);

  test('that is fine is a task', async () => {
    const { task, problems } = await check();
    expect(problems).toEqual([]);
    expect(task).toMatchObject({ prompt: '# sum of xs\ndef f(xs):', entryPoint: 'f', split: 'train' });
    expect(task!.visible).toEqual(draft.tests);
  });

  test('a reference says what is expected, and is held to tests that say so themselves', async () => {
    const reference = 'def f(xs):\n    return sum(xs)\n';
    const { task } = await check({ reference, tests: [{ args: '[4, 5]', expected: null }] });
    expect(task!.visible).toEqual([{ args: '[4, 5]', expected: '9' }]);
    expect(await kinds({ reference, tests: [{ args: '[4]', expected: '5' }] })).toEqual(['tests differs']);
  });

  test('each mistake is said at its field', async () => {
    expect(await kinds({ signature: 'def f(xs' })).toContain('signature syntax');
    expect(await kinds({ tests: [] })).toEqual(['tests no-tests']);
    expect(await kinds({ tests: [{ args: '[1', expected: '2' }] })).toEqual(['tests syntax']);
    expect(await kinds({ tests: [{ args: '[1]', expected: null }] })).toEqual(['tests no-value']);
    expect(await kinds({ reference: 'def g(xs):\n    return 1\n' })).toEqual(['reference name']);
    expect(await kinds({ reference: 'def f(xs):\n    return xs[9]\n' })).toContain('reference runs');
    expect(await kinds({ reference: 'def f(xs):\n    return (\n' })).toContain('reference syntax');
    expect(await kinds({}, false)).toEqual(['length too-long']);
    expect((await check({ tests: [] })).task).toBeNull();
  });
});
