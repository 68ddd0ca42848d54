/** `compass` and `verify` on nano at small sizes, and plain words for what they cannot use. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompassMeasurement } from '../../src/instruments/compass/measure.ts';
import type { Verification } from '../../src/instruments/verify/verify.ts';
import { tracewise, WorkingFolder } from './command-line.ts';

const MINUTES = 60_000;

describe('the instruments', () => {
  let folder: WorkingFolder;
  beforeAll(async () => {
    folder = await WorkingFolder.create();
  });
  afterAll(() => folder.remove());

  it(
    'verify: executors judge the same candidates, and the base beside itself says the same',
    async () => {
      const small = ['verify', '--tasks', '3', '--n', '3', '--json'];
      const twice = [...small, '--executor', 'one=base', '--executor', 'two=base'];
      const { code, out } = await tracewise(twice);
      expect(code).toBe(0);
      const found = JSON.parse(out.at(-1)!) as Verification;
      expect(found.tasks).toBe(3);
      expect(found.counts['one']).toEqual(found.counts['two']);
      const same = found.differences.find(({ from, to }) => from === 'two' && to === 'one')!;
      expect(same).toMatchObject({ mean: 0, interval: [0, 0] });
      const of = (choice: string) => found.choices.find((one) => one.choice === choice)!.mean;
      expect(of('any')).toBeGreaterThanOrEqual(of('random'));
      expect(Object.keys(found.counts['random']!)).toHaveLength(3);
    },
    10 * MINUTES,
  );

  it(
    'compass: cosines of all pairs, whole and by layer, the same for the same seed',
    async () => {
      const small = ['compass', '--tasks', '4', '--parts', '4', '--set', 'code.groupSize=4', '--json'];
      const [first, second] = [await tracewise(small), await tracewise(small)];
      expect(first.code).toBe(0);
      expect(second.out).toEqual(first.out);
      const found = JSON.parse(first.out.at(-1)!) as CompassMeasurement;
      expect(found.pairs).toHaveLength(6);
      expect(found.layers.map(({ layer }) => layer)).toEqual([0, 1, 2, 3]);
      for (const { cosine } of found.pairs)
        if (cosine !== null) expect(Math.abs(cosine)).toBeLessThanOrEqual(1);
      // Without training B is zero, and A has no gradient; the norm is B's alone, and not zero.
      expect(found.directions.find(({ name }) => name === 'supervised code')!.norm).toBeGreaterThan(0);
    },
    10 * MINUTES,
  );

  it.each([
    [['verify', '--suite', 'nonsense'], 'unknown suite "nonsense"'],
    [['verify', '--executor', 'a=base', '--executor', 'a=base'], 'two executors are called "a"'],
    [['verify', '--executor', 'missing.safetensors'], 'missing.safetensors: no such file'],
    [['verify', '--n', '1'], '--n is a whole number from 2'],
    [['compass', '--parts', '3'], '--parts is a whole number from 4'],
    [['compass', '--preset', 'no'], 'Unknown preset "no"'],
    [['census', '--labels', 'no.json'], 'no.json: no such file'],
    [['probe', '--writer', 'no.safetensors'], 'no.safetensors: no such file'],
  ])('%j is refused with one line', async (argv, message) => {
    const { code, progress } = await tracewise(argv);
    expect(code).toBe(2);
    expect(progress.at(-1)).toContain(message);
  });

  it('labels that are none are refused with their place', async () => {
    const path = await folder.write('labels.json', '{"tasks": 3}');
    const { code, progress } = await tracewise(['census', '--labels', path]);
    expect(code).not.toBe(0);
    expect(progress.join('\n')).toContain('labels.json has no "tasks"');
  });
});
