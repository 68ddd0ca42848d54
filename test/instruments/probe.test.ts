/**
 * Linear probes against NumPy (scripts/vectors/probe.py), and what a probe finds in
 * features that were made to hold a target, or not.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { accumulatorStates, QUARTERS, readAccumulator } from '../../src/instruments/probe/accumulator.ts';
import { logistic, ridge, type Matrix } from '../../src/instruments/probe/linear.ts';
import {
  bestCell,
  PROBED,
  readProbe,
  type ProbeReading,
  type States,
} from '../../src/instruments/probe/probe.ts';
import { auc, compareWith, foldsOf, outOfFold, rSquared } from '../../src/instruments/probe/score.ts';
import { bagOfTokens, indexAt, PLACES, statesOf } from '../../src/instruments/probe/states.ts';
import { probeTexts, type ProbeText } from '../../src/instruments/probe/texts.ts';
import { accumulatorOf, squeezed } from '../../src/instruments/probe/values-so-far.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Value } from '../../src/sandbox/value.ts';
import { alignmentFormats } from '../../src/tasks/alignment/index.ts';
import { untrained } from '../../src/policy/model/untrained.ts';
import { nodeWasm } from '../../src/tensor/runtime/node.ts';
import { createRuntime } from '../../src/tensor/runtime/runtime.ts';
import { characters } from '../learning/fake-policy.ts';
import { programs, sumTask } from '../learning/tasks.ts';
import { gap, tinyPolicy } from '../policy/harness.ts';
import { randomWeights, TINY } from '../policy/tiny-model.ts';

interface Fitted {
  readonly penalty: number;
  readonly weights: number[];
  readonly intercept: number;
}
interface Case {
  readonly x: number[][];
  readonly y: number[];
  readonly label: number[];
  readonly score: number[];
  readonly ridge: Fitted[];
  readonly logistic: Fitted;
  readonly auc: number;
  readonly rSquared: number;
}
const { cases } = JSON.parse(readFileSync(new URL('./vectors/probe.json', import.meta.url), 'utf8')) as {
  readonly cases: Case[];
};
const matrix = (rows: readonly (readonly number[])[]): Matrix => ({
  n: rows.length,
  d: rows[0]!.length,
  values: Float64Array.from(rows.flat()),
});

describe.each(cases.map((one) => [`${one.x.length} rows of ${one.x[0]!.length}`, one] as const))(
  '%s',
  (_, one) => {
    const x = matrix(one.x);

    it('have the ridge solution of NumPy, with more rows than features or fewer', () => {
      const found = ridge(
        x,
        one.y,
        one.ridge.map(({ penalty }) => penalty),
      );
      one.ridge.forEach(({ weights, intercept }, i) => {
        expect(gap([found[i]!.weights], [weights])).toBeLessThan(1e-8);
        expect(found[i]!.intercept).toBeCloseTo(intercept, 8);
      });
    });

    it('have the logistic solution of NumPy', () => {
      const { weights, intercept } = logistic(x, one.label, one.logistic.penalty);
      expect(gap([weights], [one.logistic.weights])).toBeLessThan(1e-4);
      expect(intercept).toBeCloseTo(one.logistic.intercept, 4);
    });

    it('have the AUC and R^2 of their definitions, and the same for rows counted twice', () => {
      expect(auc(one.score, one.label)).toBeCloseTo(one.auc, 10);
      expect(rSquared(one.score, one.y)).toBeCloseTo(one.rSquared, 10);
      const twice = <T>(values: readonly T[]) => [...values, ...values.slice(0, 5)];
      const weights = one.y.map((_, i) => (i < 5 ? 2 : 1));
      expect(auc(one.score, one.label, weights)).toBeCloseTo(auc(twice(one.score), twice(one.label)), 10);
      expect(rSquared(one.score, one.y, weights)).toBeCloseTo(rSquared(twice(one.score), twice(one.y)), 10);
    });
  },
);

describe('out of fold', () => {
  const random = createRandom(5);
  const groups = Array.from({ length: 150 }, (_, i) => `task ${Math.floor(i / 3)}`);
  const folds = foldsOf(groups, random.fork('folds'));
  const noise = matrix(groups.map(() => Array.from({ length: 8 }, () => random.next() - 0.5)));

  it('rows of one task are in one fold, and folds are about as large', () => {
    for (const group of new Set(groups))
      expect(new Set(folds.filter((_, i) => groups[i] === group)).size).toBe(1);
    const sizes = [0, 1, 2, 3, 4].map((fold) => folds.filter((own) => own === fold).length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(3);
  });

  it('a target that is in the features is found, and none that is not', () => {
    const linear = groups.map((_, i) => 3 * noise.values[i * 8]! - noise.values[i * 8 + 1]! + 7);
    expect(rSquared(outOfFold(noise, { kind: 'number', targets: linear }, folds), linear)).toBeGreaterThan(
      0.9,
    );
    const label = linear.map((value) => (value > 7 ? 1 : 0));
    expect(auc(outOfFold(noise, { kind: 'class', targets: label }, folds), label)).toBeGreaterThan(0.95);
    const other = groups.map(() => random.next());
    expect(rSquared(outOfFold(noise, { kind: 'number', targets: other }, folds), other)).toBeLessThan(0.1);
  });

  it('what belongs to tasks and says nothing about others is not found', () => {
    // A feature that names the task, and a target that is the task's own number:
    // within tasks it would be found.
    const byTask = new Map([...new Set(groups)].map((group) => [group, random.next()]));
    const targets = groups.map((group) => byTask.get(group)!);
    const names = [...byTask.keys()];
    const oneHot = matrix(groups.map((group) => names.map((name) => (name === group ? 1 : 0))));
    expect(rSquared(outOfFold(oneHot, { kind: 'number', targets }, folds), targets)).toBeLessThan(0.05);
  });

  it('features that say nothing have an AUC of one half, though folds have shares of their own', () => {
    // Each probe says the share of ones outside its fold, which leans away from that inside.
    const label = groups.map((_, i) => (folds[i]! < 2 || i % 3 === 0 ? 1 : 0));
    const nothing = outOfFold(matrix(groups.map(() => [1])), { kind: 'class', targets: label }, folds);
    expect(auc(nothing, label)).toBeLessThan(0.45);
    expect(auc(nothing, label, undefined, folds)).toBe(0.5);
  });

  it('an AUC within folds is that of their pairs, counted by enumeration', () => {
    const of = groups.map(() => Math.round(4 * random.next()));
    const label = groups.map(() => (random.next() < 0.4 ? 1 : 0));
    const weights = groups.map(() => Math.floor(3 * random.next()));
    let [won, pairs] = [0, 0];
    groups.forEach((_, a) =>
      groups.forEach((__, b) => {
        if (label[a] !== 1 || label[b] !== 0 || folds[a] !== folds[b]) return;
        const weight = weights[a]! * weights[b]!;
        pairs += weight;
        won += of[a]! > of[b]! ? weight : of[a] === of[b] ? weight / 2 : 0;
      }),
    );
    expect(auc(of, label, weights, folds)).toBeCloseTo(won / pairs, 12);
  });

  it('a control that is as good leaves no selectivity, a poor one all of it', () => {
    const targets = groups.map((_, i) => noise.values[i * 8]!);
    const zero = targets.map(() => 0);
    const { score, selectivity } = compareWith(
      targets,
      [targets, zero],
      { kind: 'number', targets, groups, folds },
      random.fork('bootstrap'),
    );
    expect(score).toBe(1);
    expect(selectivity[0]).toEqual({ score: 1, mean: 0, interval: [0, 0] });
    expect(selectivity[1]!.interval[0]).toBeGreaterThan(0.9);
  });
});

describe('the reading', () => {
  const random = createRandom(8);
  const texts = Array.from({ length: 90 }, (_, i): ProbeText => {
    const sequence = { prompt: [1], completion: [2, 3, 4, 0] };
    return {
      taskId: `task ${i % 30}`,
      program: `p${i}`,
      sequences: { writing: sequence, reading: sequence },
      targets: { passes: i % 2, value: random.next(), branch: null },
      accumulator: null,
    };
  });
  const noise = () => matrix(texts.map(() => Array.from({ length: 4 }, () => random.next())));
  /** The second layer knows whether the program passes, at the end of the text. */
  const states = (knows: boolean): States[keyof States] =>
    [0, 1].map((layer) =>
      PLACES.map((place) => {
        const features = noise();
        if (knows && layer === 1 && place === 1)
          texts.forEach(({ targets }, i) => (features.values[i * 4] = targets.passes! + 0.3 * random.next()));
        return features;
      }),
    );
  const both = (knows: boolean): States => ({ writing: states(knows), reading: states(false) });
  const knowing = both(true);
  let reading: ProbeReading;
  beforeAll(async () => {
    const arms = new Map([
      ['knows', [knowing, knowing]],
      ['ignorant', [both(false), both(false)]],
    ]);
    const states = { trained: knowing, untrained: both(false), arms };
    reading = await readProbe(texts, [0, 1], states, createRandom(1));
  });
  const table = (context: string, target: string) =>
    reading.tables.find((one) => one.context === context && one.target === target)!;

  it('finds the layer and the place that know, and no other', () => {
    const found = bestCell(table('writing', 'passes'));
    expect([found.layer, found.place]).toEqual([1, 1]);
    expect(found.score).toBeGreaterThan(0.95);
    for (const { interval } of found.controls) expect(interval[0]).toBeGreaterThan(0.1);
    const others = table('writing', 'passes').cells.filter((cell) => cell !== found);
    for (const { score } of others) expect(score).toBeLessThan(0.8);
  });

  it('holds arms against each other: the one that knows, and the probed one is as good', () => {
    const { gains } = table('writing', 'passes').cells.at(-1)!;
    const gain = (from: string, to: string) => gains!.find((one) => one.from === from && one.to === to)!;
    expect(gain(PROBED, 'knows')).toMatchObject({ mean: 0, interval: [0, 0] });
    expect(gain('knows', 'ignorant').mean).toBeLessThan(-0.2);
    expect(gain('knows', 'ignorant').interval[1]).toBeLessThan(0);
  });

  it('has a cell for every layer and place, and says what is left out', () => {
    expect(table('reading', 'value').cells).toHaveLength(2 * PLACES.length);
    expect(reading.left.filter((line) => line.startsWith('branch'))).toHaveLength(2);
  });
});

describe('the accumulator', () => {
  const random = createRandom(12);
  const texts = Array.from({ length: 90 }, (_, i): ProbeText => {
    const sequence = { prompt: [1], completion: [2, 3, 4, 5, 0] };
    const [early, late] = [3 * random.next(), 3 * random.next()];
    return {
      taskId: `task ${i % 30}`,
      program: `p${i}`,
      sequences: { writing: sequence, reading: sequence },
      targets: { passes: i % 2, value: null, branch: null },
      accumulator: i < 80 ? [null, early, early, late, late] : null,
    };
  });
  const rows = texts.flatMap(({ accumulator, targets }) =>
    (accumulator ?? []).flatMap((value) => (value === null ? [] : [{ value, passes: targets.passes === 1 }])),
  );
  const noise = () => rows.map(() => [random.next(), random.next(), random.next()]);
  /** The second layer knows the value in programs that pass. */
  const knowing = [
    matrix(noise()),
    matrix(noise().map((row, r) => (rows[r]!.passes ? [rows[r]!.value, 1, ...row] : [0, 0, ...row]))),
  ];
  const states = {
    trained: knowing,
    untrained: [matrix(noise()), matrix(noise())],
    arms: new Map([['same', [knowing]]]),
  };
  const read = (least: number) => readAccumulator(texts, [0, 1], states, createRandom(2), least);

  it('is found where the states hold it, by quarter and in the programs that pass', () => {
    const { whole, cells, ...about } = read(60)!;
    expect(about).toEqual({ programs: 80, tasks: 30, tokens: 320 });
    expect(whole[1]!.score).toBeGreaterThan(0.3);
    expect(whole[0]!.score).toBeLessThan(0.1);
    expect(whole[1]!.passed.mean).toBeGreaterThan(0.5);
    expect(whole[1]!.passed.interval[0]).toBeGreaterThan(0);
    for (const { interval } of whole[1]!.controls) expect(interval[0]).toBeGreaterThan(0);
    expect(whole[1]!.gains).toEqual([{ from: PROBED, to: 'same', mean: 0, interval: [0, 0] }]);
    // Tokens 1 to 4 of 5: one in each quarter.
    expect(cells.map(({ layer, place }) => [layer, place])).toEqual(
      [0, 1].flatMap((layer) => QUARTERS.map((place) => [layer, place])),
    );
  });

  it('takes states token by token as they come', () => {
    const { take, states: taken } = accumulatorStates(texts, [0]);
    texts.forEach((_, text) => take([Float32Array.from([0, 1, 2, 3, 4], (t) => text + t / 10)], text, 1));
    const [found] = taken();
    expect([found!.n, found!.d]).toEqual([320, 1]);
    expect([...found!.values.slice(3, 6)].map((x) => Number(x.toFixed(3)))).toEqual([0.4, 1.1, 1.2]);
  });

  it('is left out where few programs have one', () => {
    expect(read(81)).toBeNull();
  });

  it('is the variable that is returned by name, from two lines, in whole numbers', () => {
    const step = (line: number, value: Value, name = 't') => ({
      index: 0,
      line,
      event: 'line' as const,
      function: 'f',
      depth: 0,
      changed: [{ name, value }],
      stdoutLength: 0,
    });
    const int = (value: number): Value => ({ type: 'int', value });
    const program = 'def f(x):\n    t = 0\n    t -= 3\n    return t';
    expect(accumulatorOf(program, [step(2, int(0)), step(3, int(-3)), step(3, int(9), 'u')])).toEqual([
      { line: 2, value: 0 },
      { line: 3, value: -3 },
    ]);
    expect(accumulatorOf(program, [step(2, int(0))])).toBeNull();
    expect(accumulatorOf(program, [step(2, int(0)), step(3, { type: 'str', value: 'a' })])).toBeNull();
    expect(
      accumulatorOf(program.replace('return t', 'return t + 1'), [step(2, int(0)), step(3, int(1))]),
    ).toBe(null);
    expect(squeezed(-3)).toBeCloseTo(-Math.log(4), 12);
  });
});

describe('the states of a policy', () => {
  it('are those after every layer at the places, and an untrained network has others', async () => {
    const runtime = await createRuntime(nodeWasm(1));
    const policy = await tinyPolicy(runtime, { adapterScale: 0.3 });
    const sequences = [
      { prompt: [3, 4], completion: [5, 6, 7, 8, 9] },
      { prompt: [3, 4], completion: [5, 6, 7, 1, 1] },
      { prompt: [1], completion: [2, 0] },
    ];
    const layers = [0, 1, 2];
    const states = await statesOf(sequences, { policy, layers, adapter: 'current' });
    expect(states.map((places) => places.length)).toEqual(layers.map(() => PLACES.length));
    const row = (layer: number, place: number, text: number) =>
      states[layer]![place]!.values.slice(text * TINY.hiddenSize, (text + 1) * TINY.hiddenSize);
    const scores = await policy.score({ sequences, temperature: 1, hiddenAfterLayers: [1] });
    const at = indexAt(0.5, sequences[0]!.completion) * TINY.hiddenSize;
    expect(gap([row(1, 2, 0)], [scores[0]!.hidden![0]!.slice(at, at + TINY.hiddenSize)])).toBeLessThan(1e-5);
    // Both texts are the same up to three quarters, where [5, 6, 7] has been read, and not at their end.
    expect(gap([row(2, 3, 0)], [row(2, 3, 1)])).toBeLessThan(1e-4);
    expect(gap([row(2, 4, 0)], [row(2, 4, 1)])).toBeGreaterThan(0.01);
    const weights = randomWeights(TINY);
    const blank = await tinyPolicy(runtime, { weights: untrained(weights, 1) });
    const other = await statesOf(sequences, { policy: blank, layers, adapter: 'base' });
    expect(gap([other[2]![4]!.values], [states[2]![4]!.values])).toBeGreaterThan(0.1);
    await Promise.all([policy.dispose(), blank.dispose()]);
  });

  it('have a control without a network: the tokens so far and their number', () => {
    const bag = bagOfTokens(
      [
        { prompt: [7], completion: [7, 8, 9, 9, 0] },
        { prompt: [7], completion: [8, 0] },
      ],
      0.5,
    );
    // Of the first 7, 7, 8 were read; of the second 7 and, half of one token rounded up, 8.
    expect(bag).toMatchObject({ n: 2, d: 3 });
    expect([...bag.values]).toEqual([2, 1, 3, 1, 1, 2]);
  });
});

describe('texts', () => {
  const opened = createSandbox({ workers: 1 });
  afterAll(async () => (await opened).dispose());

  it('know what a program does: the last value, the first branch, whether it passes', async () => {
    const rollout = (name: 'pass' | 'wrong' | 'crash', reward: number) => ({
      text: programs[name],
      promptTokens: characters.encode(sumTask.prompt),
      tokens: [...characters.encode(programs[name]), 0],
      logProbs: [],
      finish: 'eos' as const,
      verdict: reward === 1 ? ('pass' as const) : ('wrong' as const),
      program: `${sumTask.prompt}${programs[name]}`,
      failing: [],
      reward,
    });
    const rollouts = [rollout('pass', 1), rollout('wrong', 0), rollout('wrong', 0), rollout('crash', 0)];
    const texts = await probeTexts([{ task: sumTask, rollouts }], {
      sandbox: await opened,
      format: alignmentFormats.trace,
      tokenizer: characters,
      style: 'completion',
      longest: 10_000,
    });
    // Equal programs once; the one that crashes ends on no input.
    expect(texts.map(({ targets }) => targets)).toEqual([
      { passes: 1, value: Math.log1p(8), branch: 0 },
      { passes: 0, value: Math.log1p(8), branch: 0 },
    ]);
    // t = 0 stays until the line that adds is whole; then it is 8, which stands behind the loop as well.
    const { accumulator, sequences } = texts[0]!;
    const from = (piece: string) => programs.pass.indexOf(piece) + piece.length;
    expect(accumulator).toHaveLength(sequences.writing.completion.length);
    expect(accumulator!.slice(0, from('t = 0'))).toEqual(Array(from('t = 0')).fill(null));
    expect(accumulator![from('t = 0')]).toBe(0);
    expect(accumulator![from('t += x') - 1]).toBe(0);
    expect(accumulator!.slice(from('t += x'))).toEqual(
      Array(sequences.writing.completion.length - from('t += x')).fill(Math.log1p(8)),
    );
    const { reading, writing } = sequences;
    expect(characters.decode([...reading.prompt, ...reading.completion])).toContain('<L1>t = 0');
    expect(characters.decode(writing.completion)).toBe(programs.pass);
  });
});
