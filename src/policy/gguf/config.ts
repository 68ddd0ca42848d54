/**
 * Turns a GGUF file's metadata into the config.json that transformers would have for these weights,
 * so that one reader (model/architecture.ts) checks both. It reads no weights and no tokenizer.
 */
import { CheckpointError, PolicyError } from '../errors.ts';
import { familyOfGguf, SUPPORTED_GGUF } from '../families/families.ts';
import type { Family } from '../families/family.ts';
import type { GgufHeader } from './header.ts';

/** Key of the norms' epsilon, unless the family has another. */
export const RMS_EPS = 'attention.layer_norm_rms_epsilon';

/**
 * @param architecture the value of `general.architecture` @throws PolicyError for one that is not supported
 */
export function checkedFamily(architecture: unknown, place: string): Family {
  const family = familyOfGguf(architecture);
  if (family) return family;
  throw new PolicyError(`${place}: the architecture is ${JSON.stringify(architecture)}`, SUPPORTED_GGUF);
}

/**
 * @param divisors of the rotary frequencies, `rope_freqs.weight`, where the file has that tensor
 * @throws PolicyError for an architecture that is not supported
 */
export function configOfGguf(
  header: GgufHeader,
  name: string,
  divisors?: readonly number[],
): Record<string, unknown> {
  const { metadata, tensors } = header;
  const family = checkedFamily(metadata['general.architecture'], name);
  const of = (key: string): unknown => metadata[`${family.gguf.architecture}.${key}`];
  const embedding = tensors.get('token_embd.weight');
  if (!embedding) throw new CheckpointError(name, 'tensor token_embd.weight is missing');
  // There is no flag: a head of its own is there or it is not.
  return configOf(family, of, embedding.dims[0], !tensors.has('output.weight'), divisors);
}

/**
 * The scaling of rotary positions as config.json would have it. llama.cpp computes yarn as transformers does.
 */
function ropeScaling(
  of: (key: string) => unknown,
  divisors: readonly number[] | undefined,
  kind: Family['gguf']['divisors'],
): unknown {
  if (divisors && kind === 'rope_factors')
    return {
      rope_type: 'longrope',
      short_factor: divisors,
      attention_factor: of('rope.scaling.attn_factor'),
      original_max_position_embeddings: of('rope.scaling.original_context_length'),
    };
  if (divisors) return { rope_type: 'divisors', divisors };
  const type = of('rope.scaling.type') ?? 'none';
  if (type === 'none') return null;
  return {
    // What else is said of it is not known here.
    rope_type: (of('rope.scaling.attn_factor') ?? 1) === 1 ? type : `${String(type)} with attn_factor`,
    factor: of('rope.scaling.factor'),
    original_max_position_embeddings: of('rope.scaling.original_context_length'),
  };
}

/** The metadata under the names of config.json; `of` gives the value of a key of the architecture. */
export function configOf(
  { modelType, gguf, normEps }: Family,
  of: (key: string) => unknown,
  vocabSize: unknown,
  isTied: boolean,
  divisors?: readonly number[],
): Record<string, unknown> {
  return {
    model_type: modelType,
    vocab_size: vocabSize,
    hidden_size: of('embedding_length'),
    num_hidden_layers: of('block_count'),
    num_attention_heads: of('attention.head_count'),
    num_key_value_heads: of('attention.head_count_kv'),
    head_dim: of('attention.key_length'),
    intermediate_size: of('feed_forward_length'),
    rope_theta: of('rope.freq_base'),
    rope_scaling: ropeScaling(of, divisors, gguf.divisors),
    ...rotatedPart(of('rope.dimension_count'), of('attention.key_length')),
    [normEps?.field ?? 'rms_norm_eps']: of(normEps?.gguf ?? RMS_EPS),
    max_position_embeddings: of('context_length'),
    tie_word_embeddings: isTied,
    ...gguf.config?.(of),
  };
}

/** Nothing where heads are rotated whole, or the file does not say. */
const rotatedPart = (rotated: unknown, headDim: unknown): Record<string, unknown> =>
  typeof rotated === 'number' && typeof headDim === 'number' && rotated < headDim
    ? { partial_rotary_factor: rotated / headDim }
    : {};
