/**
 * The tasks that are decided by computing: what their generator says a body computes, against the sandbox's
 * tracer and CPython; that the examples of a prompt decide; that parts are apart.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  asItIs,
  bodyOf,
  candidatesOf,
  drawPosed,
  fits,
  hiddenInputs,
  keyOf,
  MISREADS,
  partOf,
  promptOf,
  reading,
  trajectoryOf,
  valueOf,
  writeAloud,
  type Part,
} from '../../scripts/corpus/computed.ts';
import { createRandom } from '../../src/base/random.ts';
import { toLiteral } from '../../src/sandbox/literal.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import { traceFormat } from '../../src/tasks/alignment/index.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1, spare: false });
});
afterAll(() => sandbox.dispose());

const posed = (count: number, part: Part = 'train') => {
  const random = createRandom(`computed ${part}`);
  return Array.from({ length: count }, () => drawPosed(random, part));
};

describe('what a body computes', () => {
  it('is what the tracer of the sandbox says, operation by operation', async () => {
    const random = createRandom('bodies');
    for (const { computed, shown } of posed(20)) {
      const { text, variable } = bodyOf(computed, random);
      const call = { entryPoint: 'f', args: String(shown[0]) };
      const traced = await sandbox.operations({ code: `def f(n):${text}`, call });
      const { definitions, value = null, trajectory } = traced;
      const answer = traceFormat.answer({
        variables: definitions,
        returned: value,
        trajectory: trajectory ?? '',
      });
      expect(trajectoryOf(computed, shown[0], variable, asItIs)).toBe(answer);
    }
  });

  it('passes the examples and the hidden inputs, whatever was calculated in the comment', async () => {
    const random = createRandom('solutions');
    for (const one of posed(20)) {
      let written = writeAloud(one, random, asItIs);
      while (!fits(one, written.chosen)) written = writeAloud(one, random, asItIs);
      const code = promptOf(one, 'aloud') + written.completion;
      const inputs = [...one.shown, ...hiddenInputs(one, random, 5)];
      const { calls } = await sandbox.run({
        code,
        calls: inputs.map((n) => ({ entryPoint: 'f', args: String(n) })),
      });
      expect(calls.map(({ value }) => value && toLiteral(value))).toEqual(
        inputs.map((n) => String(valueOf(one.computed, n))),
      );
    }
  });
});

describe('a prompt', () => {
  it('has examples that one pair of operators fits', () => {
    for (const one of posed(300)) {
      const fitting = candidatesOf(one.computed).filter((candidate) => fits(one, candidate));
      expect(fitting.map(keyOf)).toEqual([keyOf(one.computed)]);
    }
  });

  it('says the operators in the control alone', () => {
    const one = { computed: { first: '*', k: 3, second: '+', j: 2 }, shown: [4, 1] } as const;
    const examples = '# f(4) == 14\n# f(1) == 5\ndef f(n):';
    expect(promptOf(one, 'control')).toBe(`# n times 3, then plus 2\n${examples}`);
    expect(promptOf(one, 'silent')).toBe(`# n with 3, then with 2\n${examples}`);
    expect(promptOf(one, 'aloud')).toBe(`# n with 3, then with 2\n${examples}\n    #`);
  });
});

it('a function belongs to one part, and each part has some', () => {
  for (const part of ['train', 'development', 'report'] as const)
    for (const { computed } of posed(50, part)) expect(partOf(computed)).toBe(part);
});

it('who misreads chooses wrongly three times in four, who does not hardly ever', () => {
  const random = createRandom('authors');
  const rate = (mistaken: () => ReadonlySet<'+' | '-' | '*'>) => {
    const right = posed(2000).map((one) => fits(one, writeAloud(one, random, reading(mistaken())).chosen));
    return right.filter(Boolean).length / right.length;
  };
  expect(rate(() => new Set(MISREADS.filter(() => random.next() < 0.8)))).toBeLessThan(0.3);
  expect(rate(() => new Set())).toBeGreaterThan(0.85);
});
