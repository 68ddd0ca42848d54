/**
 * A model of one narrow layer with random weights, in the place of nano's: for tests of what happens
 * around a model on a device that is slow. It keeps nano's tokenizer; what it writes is noise.
 */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { parseArchitecture } from '../../src/policy/model/architecture.ts';
import { floatBytes, writeSafetensors, type TensorToStore } from '../../src/policy/files/safetensors.ts';
import { randomWeights } from '../policy/tiny-model.ts';

const NANO = join(import.meta.dirname, '../../public/models/nano');

export interface ToyFiles {
  readonly config: string;
  readonly weights: Uint8Array;
}

export async function toyFiles(): Promise<ToyFiles> {
  const nano: Record<string, unknown> = JSON.parse(await readFile(join(NANO, 'config.json'), 'utf8'));
  const config = {
    ...nano,
    hidden_size: 32,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    num_key_value_heads: 1,
    head_dim: 16,
    intermediate_size: 64,
  };
  const architecture = parseArchitecture(config);
  const { linears, norms, embedding } = randomWeights(architecture);
  const tensors: TensorToStore[] = [];
  const store = (name: string, dims: readonly number[], data: Float32Array) =>
    tensors.push({ name: `model.${name}.weight`, dtype: 'F32', dims, bytes: floatBytes(data) });
  for (const [name, weight] of [...linears, ['embed_tokens', embedding] as const]) {
    if (weight.kind === 'dense') store(name, [weight.outFeatures, weight.inFeatures], weight.data);
  }
  for (const [name, data] of norms) store(name, [data.length], data);
  return { config: JSON.stringify(config), weights: writeSafetensors(tensors, { format: 'pt' }) };
}

/** The toy as a folder like those of transformers. */
export async function writeToy(folder: string): Promise<void> {
  const { config, weights } = await toyFiles();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), config);
  await writeFile(join(folder, 'model.safetensors'), weights);
  for (const name of ['tokenizer.json', 'tokenizer_config.json'])
    await copyFile(join(NANO, name), join(folder, name));
}

/**
 * Pages of this context get the toy when they ask for nano. Service workers must be
 * blocked: they would answer themselves.
 */
export async function serveToy(context: BrowserContext): Promise<void> {
  const { config, weights } = await toyFiles();
  await context.route('**/models/nano/config.json', (route) =>
    route.fulfill({ contentType: 'application/json', body: config }),
  );
  await context.route('**/models/nano/model.safetensors', (route) =>
    route.fulfill({ contentType: 'application/octet-stream', body: Buffer.from(weights) }),
  );
}
