/**
 * Makes models of the sizes of known ones with random weights, as folders that transformers would write. They
 * serve for what depends on sizes alone (memory, time) where the real model is not at hand. Their tokenizer
 * is nano's, so most of the vocabulary has no text. `npx tsx bench/random-model.ts NAME FOLDER` makes one.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { allLinears, parseArchitecture } from '../src/policy/model/architecture.ts';
import { modelParameters } from '../src/policy/model/architecture.ts';
import { createRandom } from '../src/base/random.ts';
import { sizeOf } from '../src/tensor/types.ts';

/** What decides about sizes, of each model's config.json on the Hugging Face Hub. */
const CONFIGS = {
  /** Qwen/Qwen2.5-Coder-0.5B */
  'qwen2.5-0.5b': {
    architectures: ['Qwen2ForCausalLM'],
    model_type: 'qwen2',
    hidden_size: 896,
    intermediate_size: 4864,
    num_hidden_layers: 24,
    num_attention_heads: 14,
    num_key_value_heads: 2,
    vocab_size: 151936,
    max_position_embeddings: 32768,
    rope_theta: 1000000,
    rms_norm_eps: 1e-6,
    tie_word_embeddings: true,
    hidden_act: 'silu',
  },
  /** HuggingFaceTB/SmolLM2-135M */
  'smollm2-135m': {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    hidden_size: 576,
    intermediate_size: 1536,
    num_hidden_layers: 30,
    num_attention_heads: 9,
    num_key_value_heads: 3,
    vocab_size: 49152,
    max_position_embeddings: 8192,
    rope_theta: 100000,
    rms_norm_eps: 1e-5,
    tie_word_embeddings: true,
    hidden_act: 'silu',
  },
  /** None's: a rehearsal of the others. Large enough that it is held in blocks, as they are. */
  toy: {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    hidden_size: 256,
    intermediate_size: 512,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    vocab_size: 81920,
    max_position_embeddings: 2048,
    rope_theta: 10000,
    rms_norm_eps: 1e-5,
    tie_word_embeddings: true,
    hidden_act: 'silu',
  },
} as const;

export type RandomModel = keyof typeof CONFIGS;

const TOKENIZER = join(import.meta.dirname, '../public/models/nano');
/** Random values are made once and repeated: it is their number that counts. */
const NOISE_VALUES = 1 << 20;

/** Writes the folder, unless it is there: two bytes a parameter. @returns its path */
export async function randomModel(parent: string, name: RandomModel): Promise<string> {
  const folder = join(parent, `random-${name}`);
  await mkdir(folder, { recursive: true });
  for (const name of ['tokenizer.json', 'tokenizer_config.json'])
    await copyFile(join(TOKENIZER, name), join(folder, name));
  const weights = join(folder, 'model.safetensors');
  if (existsSync(join(folder, 'config.json'))) return folder;
  await writeWeights(`${weights}.part`, planned(CONFIGS[name]));
  await rename(`${weights}.part`, weights);
  // Last: a folder with a configuration is whole.
  await writeFile(join(folder, 'config.json'), JSON.stringify(CONFIGS[name], null, 2));
  return folder;
}

interface Planned {
  readonly name: string;
  readonly dims: readonly number[];
}

function planned(config: (typeof CONFIGS)[RandomModel]): Planned[] {
  const architecture = parseArchitecture(config);
  const biases = allLinears(architecture)
    .filter(({ linear }) => architecture.biases.includes(linear))
    .map(({ name, shape }): Planned => ({ name: `model.${name}.bias`, dims: [shape[0]] }));
  return [...modelParameters(architecture), ...biases];
}

/** In bfloat16, a piece at a time. */
async function writeWeights(path: string, tensors: readonly Planned[]): Promise<void> {
  let offset = 0;
  const header = Object.fromEntries(
    tensors.map(({ name, dims }) => {
      const begin = offset;
      offset += 2 * sizeOf(dims);
      return [name, { dtype: 'BF16', shape: dims, data_offsets: [begin, offset] }];
    }),
  );
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(json.byteLength), true);
  const random = createRandom('random model');
  const noise = halves(Float32Array.from({ length: NOISE_VALUES }, () => (random.next() - 0.5) * 0.08));
  const ones = halves(new Float32Array(NOISE_VALUES).fill(1));
  const file = await open(path, 'w');
  try {
    await file.write(length);
    await file.write(json);
    for (const { name, dims } of tensors) {
      const source = name.endsWith('norm.weight') ? ones : noise;
      let left = 2 * sizeOf(dims);
      while (left > 0) {
        const { bytesWritten } = await file.write(source, 0, Math.min(left, source.byteLength));
        left -= bytesWritten;
      }
    }
  } finally {
    await file.close();
  }
}

/** The upper 16 bits of each float32. */
function halves(values: Float32Array): Uint8Array {
  const bits = new Uint32Array(values.buffer);
  return new Uint8Array(Uint16Array.from(bits, (word) => word >>> 16).buffer);
}

const [, script, name, parent] = process.argv;
if (script !== undefined && resolve(script) === import.meta.filename) {
  if (name === undefined || !Object.hasOwn(CONFIGS, name) || parent === undefined)
    throw new Error(`Usage: random-model.ts ${Object.keys(CONFIGS).join('|')} FOLDER`);
  console.log(await randomModel(parent, name as RandomModel));
}
