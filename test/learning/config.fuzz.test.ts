/**
 * Settings, saved runs and rewards, whatever is put in: a configuration or a ConfigError, a
 * state or a TrainerStateError, a number in [0, 1] or null. Seeds and runs: see test/fuzz.ts.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CONFIG_KEYS,
  CONFIG_VERSION,
  ConfigError,
  DEFAULTS,
  parseAssignment,
  parseAssignments,
  readConfig,
  type RewardForm,
} from '../../src/learning/config.ts';
import type { Verdict } from '../../src/learning/events.ts';
import { gradeAnswer } from '../../src/learning/grade.ts';
import { alignmentReward, codeReward, type GradedAnswer } from '../../src/learning/rewards.ts';
import { TrainerStateError, checkState } from '../../src/learning/state.ts';
import { alignmentFormats } from '../../src/tasks/alignment/index.ts';
import { answered, anyText, damagedText, deepList, disordered, computed, fuzz } from '../fuzz.ts';

describe('a configuration', () => {
  const keys = fc.oneof(fc.constantFrom<string>(...CONFIG_KEYS), anyText);
  const values = fc.oneof(
    anyText,
    fc.constantFrom('1', '-0', '0x1', '1e999', 'true', 'NaN', '', ' ', '=', 'failed'),
  );

  it('answers any key=value', () => {
    const given = fc.oneof(
      fc.tuple(keys, values).map((pair) => pair.join('=')),
      anyText,
    );
    fc.assert(
      fc.property(given, (assignment) => {
        const answer = answered(() => parseAssignment(assignment), ConfigError);
        // What is accepted is a configuration that a log gives back as it is.
        if (!('value' in answer)) return;
        const { key, value } = answer.value;
        expect(JSON.parse(JSON.stringify(value))).toBe(value);
        expect(CONFIG_KEYS).toContain(key);
      }),
      fuzz(10_000),
    );
  });

  it('answers the parameters of any address', () => {
    const addresses = damagedText(
      '?set=steps%3D3&set=seed%3D7&set=alignment.reward=paper&device=wasm',
      '?set=eval.k%3D9&set=eval.samples=8',
    );
    fc.assert(
      fc.property(addresses, (search) => {
        answered(() => parseAssignments(new URLSearchParams(search).getAll('set')), ConfigError);
      }),
      fuzz(10_000),
    );
  });

  it('answers any JSON', () => {
    fc.assert(
      fc.property(disordered(DEFAULTS, { seed: 3, steps: 1 }), (data) => {
        const answer = answered(() => readConfig(data), ConfigError);
        if ('value' in answer)
          expect(readConfig(JSON.parse(JSON.stringify(answer.value)))).toEqual(answer.value);
      }),
      fuzz(10_000),
    );
  });

  it('answers long and deep input at once, in one line', () => {
    const long = 'learning\n'.repeat(200_000);
    const start = computed();
    for (const text of [
      long,
      `${long}=1`,
      `seed=${long}`,
      `seed=${'1'.repeat(1_000_000)}`,
      `records.source=${long}`,
    ])
      expect(answered(() => parseAssignment(text), ConfigError)).toHaveProperty('error');
    for (const key of ['seed', 'eval.baseline', 'records.source', long])
      expect(
        answered(() => readConfig({ [key]: JSON.parse(deepList) as unknown }), ConfigError),
      ).toHaveProperty('error');
    expect(computed() - start).toBeLessThan(10_000);
  });
});

describe('a saved run', () => {
  const record = { id: 'r', taskId: 't', bornAt: 1, program: 'def f(x):\n    return x', entryPoint: 'f', args: '1', variables: [{ name: 'return', value: '1', line: 2, step: 0 }], answer: 'a', prompt: 'p' }; // prettier-ignore
  const question = { taskId: 't', prompt: 'p', expected: '1' };
  const state = {
    version: CONFIG_VERSION,
    config: DEFAULTS,
    step: 3,
    evaluatedAt: -1,
    taken: { code: 4, fill: 0 },
    tokens: 100,
    buffer: [{ record, key: 'k' }],
    evaluationSet: { alignment: [record], reasoning: [question], testOutput: [] },
    policy: {
      step: 3,
      steps: { alignment: 2 },
      tensors: { a: { dims: [2, 1], data: Float32Array.of(1, 2) } },
    },
    events: 7,
    pending: [{ type: 'run-finished', step: 3, reason: 'stopped' }],
  };

  it('is taken as it was', () => {
    expect(checkState(structuredClone(state))).toEqual(state);
    expect(checkState({ ...state, evaluationSet: null }).evaluationSet).toBeNull();
    const { steps: _, ...before } = state.policy;
    expect(checkState({ ...state, policy: before }).policy).toEqual(before);
  });

  it('in disorder is answered', () => {
    fc.assert(
      fc.property(disordered(state), (data) => {
        answered(() => checkState(data), TrainerStateError, ConfigError);
      }),
      fuzz(10_000),
    );
  });

  it.each([
    ['nothing', undefined],
    ['a list', []],
    ['another version, deep', { ...state, version: JSON.parse(deepList) as unknown }],
    ['a tensor larger than its data', { ...state, policy: { step: 1, tensors: { a: { dims: [2 ** 40], data: new Float32Array(1) } } } }],
    ['an optimizer of half a step', { ...state, policy: { ...state.policy, steps: { alignment: 0.5 } } }],
    ['a record without a program', { ...state, buffer: [{ record: { ...record, program: undefined }, key: 'k' }] }],
    ['an event that is none', { ...state, pending: [{ type: 'stepped' }] }],
  ])('that is %s is refused', (_what, data) => {
    expect(answered(() => checkState(data), TrainerStateError)).toHaveProperty('error');
  }); // prettier-ignore
});

describe('a reward', () => {
  const isReward = (reward: number | null): boolean => reward === null || (reward >= 0 && reward <= 1);
  const forms: readonly RewardForm[] = ['paper', 'reference', 'prefix', 'line'];

  it('of any verdict is 1, 0 or none', () => {
    const verdicts: readonly Verdict[] = ['pass', 'wrong', 'exception', 'syntax-error', 'no-program', 'step-limit', 'timeout', 'memory', 'output-limit', 'exit', 'tamper', 'harness-error']; // prettier-ignore
    expect(verdicts.map(codeReward)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, null]);
  });

  it('of any graded answer is a number in [0, 1] or none', () => {
    const variable = fc.record({
      name: fc.constant('x'),
      truth: fc.constant('1'),
      predicted: fc.constant(null),
      right: fc.boolean(),
    });
    const graded: fc.Arbitrary<GradedAnswer> = fc.record({
      malformed: fc.option(fc.constant('cut off')),
      variables: fc.array(variable),
      returned: fc.option(variable),
      lines: fc.option(
        fc.record({ right: fc.oneof(fc.nat(9), fc.double()), total: fc.oneof(fc.nat(9), fc.double()) }),
      ),
    });
    fc.assert(
      fc.property(graded, (answer) => {
        for (const form of forms) expect(alignmentReward(form, answer), form).toSatisfy(isReward);
      }),
      fuzz(5000),
    );
  });

  it('of any text of a model is a number in [0, 1] or none, and full only for what is right', () => {
    const variables = [{ name: 't', value: '[1, 2.5]', line: 2, step: 0 }, { name: 'return', value: "'ab'", line: 3, step: 1 }]; // prettier-ignore
    const answers = {
      trace: '<L1>t<0><ans>t<[><@0><1><@1><2><.5><]><;><ret><"><a><b><"><;>',
      json: '{"t": [1, 2.5], "return": "ab"}',
    };
    for (const name of ['trace', 'json'] as const) {
      const answer = answers[name];
      const grade = (text: string, mode: 'strict' | 'coderlplus') =>
        gradeAnswer({ variables, answer }, { text, finish: 'eos' }, alignmentFormats[name], mode);
      expect(alignmentReward('paper', grade(answer, 'strict'))).toBe(1);
      fc.assert(
        fc.property(fc.oneof(damagedText(answer), anyText), (text) => {
          for (const mode of ['strict', 'coderlplus'] as const) {
            const graded = grade(text, mode);
            for (const form of forms) expect(alignmentReward(form, graded), form).toSatisfy(isReward);
            if (graded.malformed !== null) expect(alignmentReward('paper', graded)).toBe(0);
          }
        }),
        fuzz(5000),
      );
    }
  });
});
