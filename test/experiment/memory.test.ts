/**
 * What is predicted of a run against what a process of its own really took. Loose:
 * `npm run bench -- --only memory` measures more closely, and real models. Where the most a process
 * held cannot be told in bytes of memory (Windows, macOS count otherwise) there is nothing to compare.
 */
import { platform } from 'node:os';
import { expect, test } from 'vitest';
import { argumentsOf, measure } from '../../bench/memory.ts';

test.skipIf(platform() !== 'linux')(
  'a step of nano takes what was predicted, within a quarter',
  async () => {
    const setting = { name: 'nano', device: 'wasm', preset: 'rlvr', steps: 1 } as const;
    const { predicted, peak } = await measure(argumentsOf(setting, undefined));
    console.info(`predicted ${predicted} MiB, measured ${peak} MiB`);
    expect(predicted / peak).toBeGreaterThan(0.75);
    expect(predicted / peak).toBeLessThan(1.25);
  },
  900_000,
);
