/**
 * Small random models for tests, made from a seed: no training, the same arithmetic as a real one.
 */
import { llama } from '../../src/policy/families/llama.ts';
import { allLinears, type Architecture } from '../../src/policy/model/architecture.ts';
import { quantise } from '../../src/policy/model/quantise.ts';
import type { LinearWeight, Weights } from '../../src/policy/model/weights.ts';
import type { Tokenizer } from '../../src/policy/types.ts';
import { createRandom } from '../../src/base/random.ts';

export const TINY: Architecture = {
  family: llama,
  vocabSize: 50,
  hiddenSize: 32,
  layers: 2,
  heads: 4,
  keyValueHeads: 2,
  headDim: 8,
  intermediateSize: 64,
  ropeTheta: 10000,
  normEps: 1e-5,
  biases: [],
  tiedHead: true,
  contextLength: 256,
};

export function randomWeights(architecture: Architecture, seed = 1, bits?: 4 | 8): Weights {
  const random = createRandom(seed);
  const values = (name: string, size: number, scale: number, centre = 0): Float32Array => {
    const stream = random.fork(name);
    return Float32Array.from({ length: size }, () => centre + (stream.next() * 2 - 1) * scale);
  };
  const { vocabSize, hiddenSize, layers } = architecture;
  const linears = new Map<string, LinearWeight>(
    allLinears(architecture).map(({ name, shape: [outFeatures, inFeatures] }) => {
      const data = values(name, outFeatures * inFeatures, 1.7 / Math.sqrt(inFeatures));
      return [
        name,
        bits
          ? { kind: 'quantised', blocks: quantise(data, outFeatures, inFeatures, bits) }
          : { kind: 'dense', outFeatures, inFeatures, data },
      ];
    }),
  );
  const biases = new Map<string, Float32Array>();
  for (const { name, linear, shape } of allLinears(architecture)) {
    if (architecture.biases.includes(linear)) biases.set(name, values(`${name}.bias`, shape[0], 0.5));
  }
  const norms = new Map<string, Float32Array>();
  for (let layer = 0; layer < layers; layer++) {
    for (const norm of ['input_layernorm', 'post_attention_layernorm']) {
      norms.set(`layers.${layer}.${norm}`, values(`${norm}${layer}`, hiddenSize, 0.2, 1));
    }
  }
  norms.set('norm', values('norm', hiddenSize, 0.2, 1));
  const table = (name: string): LinearWeight => ({
    kind: 'dense',
    outFeatures: vocabSize,
    inFeatures: hiddenSize,
    data: values(name, vocabSize * hiddenSize, 0.6),
  });
  const embedding = table('embedding');
  const head = architecture.tiedHead ? embedding : table('head');
  return { architecture, linears, biases, norms, embedding, head, bytes: 0, report: [] };
}

/**
 * Weights whose inner activations are `factor` times as large, and everything before
 * and after them as it was.
 */
export function withLargeActivations(weights: Weights, factor: number): Weights {
  const norms = new Map(weights.norms);
  for (const [name, values] of norms)
    if (name.endsWith('post_attention_layernorm'))
      norms.set(
        name,
        values.map((value) => value * factor),
      );
  return { ...weights, norms };
}

/** Ids are characters; enough for a policy that is given ids. */
export function plainTokenizer(vocabSize: number): Tokenizer {
  return {
    encode: (text) => [...text].map((character) => character.charCodeAt(0) % vocabSize),
    decode: (ids) => ids.map((id) => String.fromCharCode(id)).join(''),
    eosId: 0,
    vocabSize,
  };
}

/** A snapshot's B matrices set to random values, so that the adapter does something. */
export function randomAdapter(
  tensors: Readonly<Record<string, { readonly dims: readonly number[]; readonly data: Float32Array }>>,
  seed = 3,
  scale = 0.3,
): Record<string, { dims: readonly number[]; data: Float32Array }> {
  const random = createRandom(seed);
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { dims, data }]) => {
      if (!/lora_[AB]$/.test(name)) return [name, { dims, data }];
      const stream = random.fork(name);
      return [name, { dims, data: Float32Array.from(data, () => (stream.next() * 2 - 1) * scale) }];
    }),
  );
}

/** The same in blocks that are not symmetric: each has an offset, as those of Q4_1 and Q4_K have. */
export function withOffsets(weights: Weights, seed = 11): Weights {
  const random = createRandom(seed).fork('offsets');
  const linears = [...weights.linears].map(([name, weight]): [string, LinearWeight] => {
    if (weight.kind === 'dense') return [name, weight];
    const { scales } = weight.blocks;
    const offsets = Float32Array.from(scales, () => (random.next() - 0.5) * 0.1);
    return [name, { kind: 'quantised', blocks: { ...weight.blocks, offsets } }];
  });
  return { ...weights, linears: new Map(linears) };
}
