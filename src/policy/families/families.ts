/**
 * The families that are read, one line each. What is supported and what is said about
 * it is derived from this list.
 */
import type { Family } from './family.ts';
import { gemma3 } from './gemma3.ts';
import { granite } from './granite.ts';
import { llama } from './llama.ts';
import { olmo2 } from './olmo2.ts';
import { phi3 } from './phi3.ts';
import { qwen2 } from './qwen2.ts';
import { qwen3 } from './qwen3.ts';
import { smollm3 } from './smollm3.ts';
import { starcoder2 } from './starcoder2.ts';

export const FAMILIES: readonly Family[] = [
  llama,
  qwen2,
  qwen3,
  smollm3,
  gemma3,
  granite,
  olmo2,
  phi3,
  starcoder2,
];

/** By `model_type` of config.json; undefined where it is none of them. */
export const familyOfModelType = (modelType: unknown): Family | undefined =>
  FAMILIES.find((family) => family.modelType === modelType);

/** By `general.architecture` of a GGUF file; undefined where it is none of them. */
export const familyOfGguf = (architecture: unknown): Family | undefined =>
  FAMILIES.find(({ gguf }) => gguf.architecture === architecture);

/** Advice of an error: model types as config.json names them. */
export const SUPPORTED_MODEL_TYPES = `Supported architectures: ${FAMILIES.map(({ modelType }) => modelType).join(', ')}.`;

/** Advice of an error: architectures as GGUF names them. */
export const SUPPORTED_GGUF = `Supported architectures: ${FAMILIES.map(({ gguf }) => gguf.architecture).join(', ')}.`;

/** Advice of an error: `Only the q, k and v biases of Qwen2 are supported.` */
export const SUPPORTED_BIASES = `Only the ${FAMILIES.filter(({ biases }) => biases.length > 0)
  .map(({ title, biases }) => `${biases.slice(0, -1).join(', ')} and ${biases.at(-1)} biases of ${title}`)
  .join(', the ')} are supported.`;
