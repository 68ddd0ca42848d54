/**
 * The weights of a GGUF file under the names that transformers gives them. Rows of queries and keys
 * are put back in their order, and blocks are repacked without loss where block-types.ts knows how.
 */
import { checkFinite, type Checkpoint, type StoredMatrix } from '../files/checkpoint.ts';
import { CheckpointError } from '../errors.ts';
import { ggufName, rotatedLinears } from '../families/family.ts';
import type { Architecture } from '../model/architecture.ts';
import { fingerprint } from '../files/fingerprint.ts';
import type { RangeSource } from '../files/range-source.ts';
import { BLOCK_TYPES, decodeBlocks, repackBlocks } from './block-types.ts';
import type { GgufHeader, GgufTensor } from './header.ts';
import { rowsFromPairs } from './rotary-rows.ts';

/**
 * Rows of queries and keys as transformers orders them, for a family whose GGUF files
 * keep the two of a rotated pair side by side.
 */
function unpermuteRows(bytes: Uint8Array, rows: number, headDim: number): Uint8Array {
  const rowBytes = bytes.byteLength / rows;
  const out = new Uint8Array(bytes.byteLength);
  rowsFromPairs(rows, headDim).forEach((from, row) =>
    out.set(bytes.subarray(from * rowBytes, (from + 1) * rowBytes), row * rowBytes),
  );
  return out;
}

/** The tensors under their names in a checkpoint of transformers, as `architecture.family` pairs the two. */
export function openGgufWeights(
  sources: readonly RangeSource[],
  header: GgufHeader,
  { family, headDim }: Pick<Architecture, 'family' | 'headDim'>,
): Checkpoint {
  const place = sources.map(({ name }) => name).join(', ');
  const find = (name: string, dims: readonly number[]): GgufTensor => {
    const tensor = header.tensors.get(name);
    if (!tensor) throw new CheckpointError(place, `tensor ${name} is missing`);
    if (tensor.dims.join() !== dims.join()) {
      throw new CheckpointError(
        tensor.source.name,
        `tensor ${name} has shape [${tensor.dims}], its metadata asks for [${dims}]`,
      );
    }
    return tensor;
  };
  const isPermuted = (name: string): boolean =>
    family.gguf.rotaryRows === 'pairs' &&
    rotatedLinears(family).some((linear) => name.replace(/\.bias$/, '').endsWith(`.${linear.name}`));
  const bytesOf = async (name: string, { source, begin, end, dims }: GgufTensor): Promise<Uint8Array> => {
    const bytes = await source.read(begin, end);
    return isPermuted(name) ? unpermuteRows(bytes, dims[0]!, headDim) : bytes;
  };
  const finite = (values: Float32Array, name: string) => checkFinite(values, place, name);
  return {
    bytes: sources.reduce((sum, { size }) => sum + size, 0),
    fingerprint: () => fingerprint(sources),
    has: (name) => header.tensors.has(`${ggufName(family, name)}.weight`),
    async matrix(name, shape): Promise<StoredMatrix> {
      const stored = `${ggufName(family, name)}.weight`;
      const tensor = find(stored, shape);
      const [outFeatures, inFeatures] = shape;
      const bytes = await bytesOf(name, tensor);
      const blocks = repackBlocks(tensor.type, bytes, outFeatures, inFeatures);
      if (blocks) {
        for (const values of [blocks.scales, blocks.offsets]) if (values) finite(values, stored);
        return { weight: { kind: 'quantised', blocks }, stored: tensor.type };
      }
      const data = finite(decodeBlocks(tensor.type, bytes), stored);
      const { nearest } = BLOCK_TYPES[tensor.type];
      return {
        weight: { kind: 'dense', outFeatures, inFeatures, data },
        stored: tensor.type,
        ...(nearest !== undefined && { nearest }),
      };
    },
    async rows(name, shape, first, count) {
      const stored = `${ggufName(family, name)}.weight`;
      const tensor = find(stored, shape);
      const { source, begin, end } = tensor;
      // Put back in order whole: these are small beside a model's tables.
      const isWhole = isPermuted(name);
      const each = (end - begin) / shape[0];
      const bytes = isWhole
        ? (await bytesOf(name, tensor)).subarray(first * each, (first + count) * each)
        : await source.read(begin + first * each, begin + (first + count) * each);
      return finite(decodeBlocks(tensor.type, bytes), stored);
    },
    async vector(name, length) {
      const [, stem, ending] = /^(.*)(\.weight|\.bias)$/.exec(name)!;
      const stored = `${ggufName(family, stem!)}${ending}`;
      const tensor = find(stored, [length]);
      return finite(decodeBlocks(tensor.type, await bytesOf(name, tensor)), stored);
    },
  };
}

/**
 * What rotary frequencies are divided by: Llama 3's, or those of short texts where there are others for long
 * ones; undefined where there is no such tensor.
 */
export async function ropeDivisors({ tensors }: GgufHeader): Promise<readonly number[] | undefined> {
  const tensor = tensors.get('rope_freqs.weight') ?? tensors.get('rope_factors_short.weight');
  if (!tensor) return undefined;
  return [...decodeBlocks(tensor.type, await tensor.source.read(tensor.begin, tensor.end))];
}
