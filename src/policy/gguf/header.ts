/**
 * Reads a GGUF file's header: its metadata and where each tensor lies.
 * @huggingface/gguf parses the container over ranges. Every place and size is checked
 * here against the file before anything is read. No tensor data is read.
 */
import { gguf, GGMLQuantizationType, type MetadataValue } from '@huggingface/gguf';
import { CheckpointError, PolicyError } from '../errors.ts';
import type { RangeSource } from '../files/range-source.ts';
import { BLOCK_TYPES, isBlockType, type BlockTypeName } from './block-types.ts';

export interface GgufTensor {
  /** The file it lies in. */
  readonly source: RangeSource;
  readonly type: BlockTypeName;
  /** Row-major, as in a checkpoint: [out, in]; GGUF writes them the other way round. */
  readonly dims: readonly number[];
  /** Byte range in the file. */
  readonly begin: number;
  readonly end: number;
}

export interface GgufHeader {
  readonly metadata: Readonly<Record<string, MetadataValue>>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

/**
 * A model in several files (parts.ts), or in one.
 * @param sources in the order of the parts
 * @throws CheckpointError, PolicyError
 */
export async function readGgufFiles(sources: readonly RangeSource[]): Promise<GgufHeader> {
  const headers = [];
  for (const source of sources) headers.push(await readGgufHeader(source));
  const [first] = headers as [GgufHeader];
  const { name } = sources[0]!;
  const parts = first.metadata['split.count'];
  if (typeof parts === 'number' && parts > 1 && parts !== sources.length)
    throw new CheckpointError(
      name,
      `it is one of ${parts} parts, and ${sources.length} came`,
      'Bring all of its parts together.',
    );
  const tensors = new Map<string, GgufTensor>();
  for (const header of headers)
    for (const [tensor, place] of header.tensors) {
      if (tensors.has(tensor))
        throw new CheckpointError(place.source.name, `tensor ${tensor} is in two files`);
      tensors.set(tensor, place);
    }
  return { metadata: first.metadata, tensors };
}

const SUPPORTED = Object.keys(BLOCK_TYPES).join(', ');

/**
 * @throws CheckpointError for a file that is no whole GGUF, PolicyError for a
 * quantisation that is not supported
 */
export async function readGgufHeader(source: RangeSource): Promise<GgufHeader> {
  let parsed;
  try {
    parsed = await gguf(`https://file/${encodeURIComponent(source.name)}`, { fetch: fetchOf(source) });
  } catch (error) {
    if (error instanceof PolicyError) throw error;
    throw new CheckpointError(source.name, `it cannot be read as GGUF (${(error as Error).message})`);
  }
  const start = Number(parsed.tensorDataOffset);
  if (start > source.size) throw new CheckpointError(source.name, `it ends within its header`);
  const tensors = new Map<string, GgufTensor>();
  const unsupported = new Set<string>();
  for (const { name, shape, dtype, offset } of parsed.tensorInfos) {
    const type = GGMLQuantizationType[dtype] ?? `type ${String(dtype)}`;
    if (!isBlockType(type)) {
      unsupported.add(type);
      continue;
    }
    const dims = shape.map(Number).reverse();
    const { values, bytes } = BLOCK_TYPES[type];
    const count = dims.reduce((product, dim) => product * dim, 1);
    if ((dims.at(-1) ?? 0) % values !== 0)
      throw new CheckpointError(source.name, `tensor ${name}: rows of ${dims.at(-1)} are no ${type}`);
    const begin = start + Number(offset);
    const end = begin + (count / values) * bytes;
    if (!(Number.isSafeInteger(end) && end <= source.size)) {
      throw new CheckpointError(
        source.name,
        `tensor ${name} would end at byte ${end}, the file has ${source.size}`,
      );
    }
    tensors.set(name, { source, type, dims, begin, end });
  }
  if (unsupported.size > 0) {
    throw new PolicyError(
      `${source.name}: quantised as ${[...unsupported].join(', ')}, which is not supported.`,
      `Supported: ${SUPPORTED}.`,
    );
  }
  return { metadata: { ...parsed.metadata } as Record<string, MetadataValue>, tensors };
}

/** What the parser needs of fetch: ranges of one file. */
function fetchOf(source: RangeSource): typeof fetch {
  // The parser asks for the next piece for as long as a value is not whole; at the
  // file's end that would not end.
  return async (_input, init) => {
    const range = /^bytes=(\d+)-(\d+)$/.exec(new Headers(init?.headers).get('range') ?? '');
    const [begin, last] = [Number(range?.[1] ?? 0), Number(range?.[2] ?? source.size - 1)];
    if (begin >= source.size) throw new CheckpointError(source.name, 'it ends within its header');
    const bytes = await source.read(begin, Math.min(last + 1, source.size));
    return new Response(bytes, {
      status: 206,
      headers: { 'content-range': `bytes ${begin}-${begin + bytes.length - 1}/${source.size}` },
    });
  };
}
