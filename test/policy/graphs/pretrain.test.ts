/**
 * The files of pretraining: a stage that goes on from an exported model begins with
 * exactly what that model's loader sees.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { momentNames } from '../../../src/policy/graphs/optimizer.ts';
import { modelParameters } from '../../../src/policy/model/architecture.ts';
import { createRandom } from '../../../src/base/random.ts';
import { initialState, stateOfModel } from '../../../scripts/pretrain/checkpoint.ts';
import { asStored, exportModel } from '../../../scripts/pretrain/export.ts';
import { ARCHITECTURE } from '../../../scripts/pretrain/recipe.ts';

const architecture = { ...ARCHITECTURE, layers: 1, vocabSize: 64 };
const folder = await mkdtemp(join(tmpdir(), 'tracewise-pretrain-'));
afterAll(() => rm(folder, { recursive: true }));

it('goes on from an exported model with its weights as stored and no moments', async () => {
  const state = initialState(architecture, createRandom(3));
  await exportModel(folder, architecture, state);
  const next = await stateOfModel(folder, architecture);
  const stored = asStored(architecture, state);
  expect(next.step).toBe(0);
  for (const { name } of modelParameters(architecture)) {
    expect(next.tensors.get(name), name).toEqual(stored.get(name));
    const { first, second } = momentNames(name);
    for (const moment of [first, second]) expect(next.tensors.get(moment)!.every((v) => v === 0)).toBe(true);
  }
});

it('names the parameter that a folder of another model lacks', async () => {
  await expect(stateOfModel(folder, { ...architecture, layers: 2 })).rejects.toThrow(/no .*layers\.1/);
});
