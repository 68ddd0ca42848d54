/**
 * The micro-Python domain: deterministic, split by combination, labelled by
 * execution, wrong as often as planned.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawProblem, faultRate, sampleProgram, splitOf } from '../../scripts/corpus/domain/index.ts';
import { openExecutor, type Executor } from '../../scripts/corpus/execute.ts';
import {
  codeOf,
  labelledPrograms,
  sameAnswer,
  type LabelCounts,
  type Labelled,
} from '../../scripts/corpus/label.ts';
import { ConceptRates } from '../../scripts/corpus/rates.ts';
import { createRandom } from '../../src/base/random.ts';

const samples = (seed: number, count: number): ReturnType<typeof sampleProgram>[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => sampleProgram(random));
};

describe('sampleProgram', () => {
  it('gives the same programs for the same seed', () => {
    const plain = (seed: number): string => JSON.stringify(samples(seed, 300));
    expect(plain(4)).toBe(plain(4));
    expect(plain(4)).not.toBe(plain(5));
  });

  it('never draws a held-out combination', () => {
    for (const { problem } of samples(1, 1500)) expect(splitOf(problem)).toBe('train');
  });

  it('writes one comment line, one def line and one to nine body lines', () => {
    for (const s of samples(2, 1500)) {
      expect(s.prompt).toMatch(/^# [a-z0-9'][a-z0-9 ,'-]*\ndef f\((xs|n|s|words|a, b)\):$/);
      expect(s.completion).toMatch(/^\n {4}\S/);
      expect(s.completion).not.toMatch(/\s\n|\s$|\t|[A-Z]\b(?<!True|False|None)/);
      const lines = s.completion.split('\n').length - 1;
      expect(lines).toBeGreaterThanOrEqual(1);
      expect(lines).toBeLessThanOrEqual(9);
    }
  });

  it('uses fewer than 450 different words', () => {
    const words = new Set(
      samples(3, 8000).flatMap((s) => (s.prompt + s.completion).match(/[A-Za-z_]+/g) ?? []),
    );
    expect(words.size).toBeGreaterThan(200);
    expect(words.size).toBeLessThan(450);
  });

  it('draws short inputs with small values', () => {
    for (const s of samples(6, 500)) {
      expect(s.args.length).toBeGreaterThan(0);
      for (const args of s.args) {
        expect(args.length).toBeLessThan(60);
        for (const number of args.match(/-?\d+/g) ?? [])
          expect(Math.abs(Number(number))).toBeLessThanOrEqual(600);
      }
    }
  });
});

describe('the split', () => {
  it('holds out about 15 % of the combinations, whatever the seed, and no recipe', () => {
    const random = createRandom(11);
    const combinations = new Map<string, string>();
    for (let i = 0; i < 12000; i++) {
      const problem = drawProblem(random);
      if (problem.family !== 'recipe') combinations.set(problem.combination, splitOf(problem));
      else expect(splitOf(problem)).toBe('train');
    }
    const held = [...combinations.values()].filter((split) => split === 'heldout').length / combinations.size;
    expect(combinations.size).toBeGreaterThan(2000);
    expect(held).toBeGreaterThan(0.13);
    expect(held).toBeLessThan(0.17);
  });

  it('says different things in the two splits: no held-out description is trained on', () => {
    const describeAll = (split: 'train' | 'heldout'): Set<string> => {
      const random = createRandom(12);
      return new Set(Array.from({ length: 4000 }, () => drawProblem(random, split).describe(random)));
    };
    const train = describeAll('train');
    for (const description of describeAll('heldout'))
      expect(train.has(description) ? description : null).toBeNull();
  });
});

describe('execution', () => {
  let executor: Executor;
  const counts: LabelCounts = { relabelled: 0, dropped: 0, degenerate: 0 };
  const labelled: Labelled[] = [];
  beforeAll(async () => {
    executor = await openExecutor(1);
    // A body meant to be right that fails its tests would throw here: references and
    // Python agree independently.
    for await (const s of labelledPrograms(createRandom(9), 2000, executor.execute, counts, { batch: 500 }))
      labelled.push(s);
  });
  afterAll(() => executor.close());

  it('finds 40 to 60 % of the bodies wrong, a tenth of the concepts in the majority', () => {
    const rates = new ConceptRates();
    for (const s of labelled) rates.add(s.problem, s.faults, s.passes);
    const report = rates.report(counts);
    expect(report.wrongShare).toBeGreaterThan(0.4);
    expect(report.wrongShare).toBeLessThan(0.6);
    const planned = Object.keys(report.concepts).map(faultRate);
    const majority = planned.filter((rate) => rate > 0.5).length / planned.length;
    expect(majority).toBeGreaterThan(0.07);
    expect(majority).toBeLessThan(0.13);
  });

  it('shows misconceptions at the planned rates', () => {
    const rates = new ConceptRates();
    for (const s of labelled) rates.add(s.problem, s.faults, s.passes);
    const common = Object.entries(rates.report(counts).concepts).filter(([, c]) => c.bodies >= 60);
    expect(common.length).toBeGreaterThan(10);
    for (const [name, c] of common) {
      // Four standard errors of a binomial share, and .05 for styles that cannot show
      // a flaw or are too long for it.
      const slack = 4 * Math.sqrt((c.planned * (1 - c.planned)) / c.bodies) + 0.05;
      expect([name, Math.abs(c.shown - c.planned) < slack]).toEqual([name, true]);
    }
  });

  it('crashes only where a misconception does', () => {
    expect(labelled.some((s) => !s.passes && s.faults.includes('mutation'))).toBe(true);
    for (const s of labelled) if (s.passes) expect(s.right || s.faults.length > 0).toBe(true);
    expect(counts.dropped).toBeLessThan(100);
    expect(counts.relabelled).toBeLessThan(200);
  });

  it('writes bodies as ast.unparse does, brackets round pairs aside', async () => {
    const chosen = labelled.filter((s) => !s.completion.includes('a, b =')).slice(0, 400);
    const code = 'import ast\ndef f(code):\n    return ast.unparse(ast.parse(code)) == code';
    const calls = chosen.map((s) => JSON.stringify(codeOf(s)));
    const [answers] = await executor.execute([{ code, calls }]);
    chosen.forEach((s, i) => expect([codeOf(s), answers![i]]).toEqual([codeOf(s), 'True']));
  });

  it('compares dictionaries without their order, and nothing else', () => {
    expect(sameAnswer("{'a': [1, 2], 'b': 3}", "{'b': 3, 'a': [1, 2]}")).toBe(true);
    expect(sameAnswer("{'a': [1, 2]}", "{'a': [2, 1]}")).toBe(false);
    expect(sameAnswer('[1, 2]', '[2, 1]')).toBe(false);
    expect(sameAnswer('1', 'True')).toBe(false);
    expect(sameAnswer('{}', '{1: 1}')).toBe(false);
  });
});
