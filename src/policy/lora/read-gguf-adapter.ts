/**
 * Reads a LoRA adapter in GGUF, as llama.cpp loads it beside a model: `general.type` is adapter, its matrices
 * are named after the model's tensors with `.lora_a` and `.lora_b`. write-gguf-adapter.ts writes one.
 */
import { CheckpointError } from '../errors.ts';
import { checkFinite } from '../files/checkpoint.ts';
import { bytesSource } from '../files/range-source.ts';
import { checkedFamily } from '../gguf/config.ts';
import { decodeBlocks } from '../gguf/block-types.ts';
import { readGgufHeader } from '../gguf/header.ts';
import { pairShapes, summary, type LowRankPair, type OpenedAdapter } from './read-adapter.ts';

/** `blk.0.attn_q.weight.lora_a` */
const NAME = /^blk\.(\d+)\.(\w+)\.weight\.lora_([ab])$/;

/** @throws CheckpointError, PolicyError naming what is not understood */
export async function openGgufAdapter(bytes: Uint8Array, place: string): Promise<OpenedAdapter> {
  const { metadata, tensors } = await readGgufHeader(bytesSource(bytes, place));
  const [type, kind] = [metadata['general.type'], metadata['adapter.type']];
  if (type !== 'adapter' || kind !== 'lora')
    throw new CheckpointError(
      place,
      `it is a GGUF of type ${String(type ?? 'model')} ${String(kind ?? '')}`.trim(),
      'An adapter’s type is adapter, lora.',
    );
  const unknown = Object.keys(metadata).find(
    (key) => key.startsWith('adapter.') && !['adapter.type', 'adapter.lora.alpha'].includes(key),
  );
  if (unknown !== undefined)
    throw new CheckpointError(
      place,
      `${unknown} is set, which is not applied here`,
      'Merge the adapter into its model.',
    );
  const alpha = metadata['adapter.lora.alpha'];
  if (typeof alpha !== 'number' || !(alpha > 0 && alpha < Infinity))
    throw new CheckpointError(
      place,
      'adapter.lora.alpha is no positive number',
      'Convert the adapter again.',
    );
  const family = checkedFamily(metadata['general.architecture'], place);
  const linears = new Map(Object.values(family.linears).map(({ name, gguf }) => [gguf, name]));
  const pairs = new Map<string, LowRankPair>();
  for (const name of tensors.keys()) {
    const [, layer, stem, side] = NAME.exec(name) ?? [];
    const linear = linears.get(stem ?? '');
    const other = name.replace(/.$/, side === 'a' ? 'b' : 'a');
    if (linear === undefined)
      throw new CheckpointError(
        place,
        `${name} is no LoRA matrix of a layer's linear map, and the rest alone would be another adapter`,
        'Merge the adapter into its model.',
      );
    if (!tensors.has(other)) throw new CheckpointError(place, `${other} is missing`);
    if (side !== 'a') continue;
    const [a, b] = [tensors.get(name)!, tensors.get(other)!];
    const shapes = pairShapes(a.dims, b.dims, name.replace(/\.lora_a$/, ''), place);
    const floats = ({ type, begin, end }: typeof a, of: string) =>
      checkFinite(decodeBlocks(type, bytes.subarray(begin, end)), place, of);
    pairs.set(`layers.${layer}.${linear}`, {
      ...shapes,
      scale: alpha / shapes.rank,
      a: floats(a, name),
      b: floats(b, other),
    });
  }
  return summary({
    place,
    pairs,
    base: {},
    alphaAt: () => alpha,
    targets: () => null,
    rowsInPairs: family.gguf.rotaryRows === 'pairs',
    modelType: family.modelType,
  });
}
