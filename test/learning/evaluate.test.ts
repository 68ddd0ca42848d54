import { describe, expect, it } from 'vitest';
import { extractProgram } from '../../src/learning/judge.ts';
import { gradeAnswer, isExact, predictLines } from '../../src/learning/grade.ts';
import { passAtK } from '../../src/learning/pass-at-k.ts';
import { uniforms } from '../../src/learning/sample.ts';
import { takeInOrder } from '../../src/learning/task-order.ts';
import { jsonFormat, traceFormat } from '../../src/tasks/alignment/index.ts';
import { createRandom } from '../../src/base/random.ts';
import { characters } from './fake-policy.ts';

describe('pass@k', () => {
  it('is the chance that k of the n samples hold a right one, counted over all choices', () => {
    for (const [n, c, k] of [
      [5, 2, 1],
      [5, 2, 3],
      [8, 1, 4],
      [8, 7, 2],
      [6, 0, 3],
      [6, 6, 3],
    ] as const) {
      let [hits, all] = [0, 0];
      for (let mask = 0; mask < 2 ** n; mask++) {
        const chosen = [...mask.toString(2)].filter((bit) => bit === '1').length;
        if (chosen !== k) continue;
        all++;
        if ((mask & (2 ** c - 1)) !== 0) hits++;
      }
      expect(passAtK(n, c, k), `${n} ${c} ${k}`).toBeCloseTo(hits / all, 12);
    }
  });

  it('is not defined for more draws than samples', () => {
    expect(() => passAtK(4, 2, 5)).toThrow(RangeError);
  });
});

describe('a program in a completion', () => {
  const task = { prompt: 'def f(x):', entryPoint: 'f' };
  it('continues the prompt', () => {
    expect(extractProgram(task, '\n    return x', 'continuation')).toBe('def f(x):\n    return x');
    expect(extractProgram(task, ' \n', 'continuation')).toBeNull();
  });
  it('is the last closed fence that defines the function', () => {
    const answer =
      'Draft:\n```python\ndef f(x):\n    return 0\n```\nBetter:\n```python\ndef f(x):\n    return x\n```\nRun it:\n```\nf(1)\n```\n';
    expect(extractProgram(task, answer, 'fence')).toBe('def f(x):\n    return x\n');
    expect(extractProgram(task, '```python\ndef f(x):\n    return', 'fence')).toBeNull();
    expect(extractProgram(task, 'def f(x): return x', 'fence')).toBeNull();
  });
});

describe('a graded answer', () => {
  const variables = [
    { name: 't', value: '2', line: 2, step: 4 },
    { name: 'return', value: '2', line: 0, step: 5 },
  ];
  const answer = '<L1>t<0><L2>x<2><|><L2><end><ans>t<2><;><ret><2><;>';
  const grade = (text: string, finish: 'eos' | 'length' = 'eos') =>
    gradeAnswer({ variables, answer }, { text, finish }, traceFormat, 'strict');

  it('that is the truth is right in every way', () => {
    const graded = grade(answer);
    expect(graded.variables).toEqual([{ name: 't', truth: '2', predicted: '2', right: true }]);
    expect(graded.returned?.right).toBe(true);
    expect(graded.lines).toEqual({ right: 6, total: 6 });
    expect(isExact(graded)).toBe(true);
  });

  it('is right up to its first wrong line, whatever comes after', () => {
    const graded = grade(answer.replace('x<2>', 'x<3>'));
    expect(graded.lines).toEqual({ right: 1, total: 6 });
    expect(graded.returned?.right).toBe(true);
    expect(isExact(graded)).toBe(false);
  });

  it('that is cut off is not whole', () => {
    expect(grade(answer, 'length').lines).toEqual({ right: 5, total: 6 });
    const cut = grade('<L1>t<0><L2>x<2>', 'length');
    expect(cut.malformed).toMatch(/final values/);
    expect(cut.lines).toEqual({ right: 1, total: 6 });
  });

  it('in JSON has no lines', () => {
    const graded = gradeAnswer(
      { variables, answer: '' },
      { text: '{"t": 2, "return": 3}', finish: 'eos' },
      jsonFormat,
      'strict',
    );
    expect([graded.variables[0]?.right, graded.returned?.right, graded.lines]).toEqual([true, false, null]);
  });

  it('knows the line of each token, the end being one of its own', () => {
    const text = '<L1>t<0><L2>x';
    const tokens = [...characters.encode(text), 0];
    const rollout = { text, tokens, logProbs: [], finish: 'eos' as const, promptTokens: [] };
    const { right, lineOfToken } = predictLines(grade(text), rollout, traceFormat, characters.decode);
    expect(right).toBe(1);
    expect(lineOfToken).toEqual([...Array<number>(8).fill(0), ...Array<number>(5).fill(1), 2]);
  });
});

describe('chance', () => {
  it('of one rollout does not depend on how many there are or how long they may be', () => {
    const few = uniforms(2, 2, 5, createRandom(1));
    const many = uniforms(3, 4, 9, createRandom(1));
    expect([...few.slice(0, 5)]).toEqual([...many.slice(0, 5)]);
    // Second rollout of the second prompt.
    expect([...few.slice(15, 20)]).toEqual([...many.slice(45, 50)]);
    for (const u of many) expect(u >= 0 && u < 1).toBe(true);
  });

  it('puts every task once before any twice, from any position on', () => {
    const order = takeInOrder([1, 2, 3, 4, 5], 0, 15, createRandom(2));
    for (const round of [0, 5, 10])
      expect([...order.slice(round, round + 5)].sort()).toEqual([1, 2, 3, 4, 5]);
    expect(takeInOrder([1, 2, 3, 4, 5], 7, 4, createRandom(2))).toEqual(order.slice(7, 11));
  });
});
