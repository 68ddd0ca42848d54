/**
 * A model's weights in host memory: from a checkpoint to dense or block-quantised matrices by name, one tensor after another. Names
 * are those of the checkpoint without the leading `model.`. No graphs.
 */
import type { BlockQuantised } from '../tensor/ops/matmul.ts';
import { allLinears, type Architecture } from './architecture.ts';
import type { Checkpoint, StoredMatrix } from './checkpoint.ts';
import { BLOCK, dequantise, quantise, relativeError } from './quantise.ts';

/** A linear map, [outFeatures, inFeatures] row-major when dense. */
export type LinearWeight =
  | {
      readonly kind: 'dense';
      readonly outFeatures: number;
      readonly inFeatures: number;
      readonly data: Float32Array;
    }
  | { readonly kind: 'quantised'; readonly blocks: BlockQuantised };

/** What became of one matrix of the file. */
export interface MatrixReport {
  readonly name: string;
  /** As the file has it: `BF16`, `Q4_1`, `int4`. */
  readonly stored: string;
  readonly held: 'fp32' | 'int4' | 'int8';
  /** |held - stored| / |stored|; 0 where it was taken over without loss. */
  readonly error: number;
}

export interface Weights {
  readonly architecture: Architecture;
  /** Layer linears by full name, e.g. `layers.0.mlp.up_proj`. */
  readonly linears: ReadonlyMap<string, LinearWeight>;
  /** q/k/v biases by linear name, where the architecture has them. */
  readonly biases: ReadonlyMap<string, Float32Array>;
  /** `layers.N.input_layernorm`, `layers.N.post_attention_layernorm`, `norm`. */
  readonly norms: ReadonlyMap<string, Float32Array>;
  /** [vocabSize, width] */
  readonly embedding: LinearWeight;
  /** [vocabSize, width]; the embedding itself when tied. */
  readonly head: LinearWeight;
  /** Size of the checkpoint, bytes. */
  readonly bytes: number;
  readonly report: readonly MatrixReport[];
}

/** How matrices are held: as they are stored, or converted. */
export type LinearFormat = 'stored' | 'fp32' | 'int4' | 'int8';

/** Tables of at most this many values are held dense: a copy per graph is cheap, and looking rows up is faster. */
export const DENSE_TABLE_VALUES = 1 << 21;

/** @param onMatrix after each matrix, for progress */
export async function readWeights(
  checkpoint: Checkpoint,
  architecture: Architecture,
  format: LinearFormat,
  onMatrix?: (done: number, total: number) => void,
): Promise<Weights> {
  const report: MatrixReport[] = [];
  const all = allLinears(architecture);
  const total = all.length + (architecture.tiedHead ? 1 : 2);
  const matrix = async (name: string, shape: readonly [number, number], as: LinearFormat) => {
    const stored = await checkpoint.matrix(`model.${name}`.replace('model.lm_head', 'lm_head'), shape);
    const held = convert(stored, as);
    report.push({ name, stored: stored.stored, held: nameOf(held), error: lossOf(stored.weight, held) });
    onMatrix?.(report.length, total);
    return held;
  };
  const linears = new Map<string, LinearWeight>();
  const biases = new Map<string, Float32Array>();
  for (const { name, linear, shape } of all) {
    linears.set(name, await matrix(name, shape, format));
    const hasBias = architecture.qkvBias && /q_proj|k_proj|v_proj/.test(linear);
    if (hasBias) biases.set(name, await checkpoint.vector(`model.${name}.bias`, shape[0]));
  }
  const norms = new Map<string, Float32Array>();
  const normNames = Array.from({ length: architecture.layers }, (_, layer) =>
    ['input_layernorm', 'post_attention_layernorm'].map((norm) => `layers.${layer}.${norm}`),
  ).flat();
  for (const name of [...normNames, 'norm'])
    norms.set(name, await checkpoint.vector(`model.${name}.weight`, architecture.width));
  const table: [number, number] = [architecture.vocabSize, architecture.width];
  const tableFormat = formatOfTables(architecture, format);
  const embedding = await matrix('embed_tokens', table, tableFormat);
  const head = architecture.tiedHead ? embedding : await matrix('lm_head', table, tableFormat);
  return { architecture, linears, biases, norms, embedding, head, bytes: checkpoint.bytes, report };
}

/** Four bits are too few for embeddings and logits; the table is quantised to eight, and not at all where it is small. */
function formatOfTables({ vocabSize, width }: Architecture, format: LinearFormat): LinearFormat {
  if (vocabSize * width <= DENSE_TABLE_VALUES || width % BLOCK !== 0) return 'fp32';
  return format === 'int4' ? 'int8' : format;
}

/** [outFeatures, inFeatures] as float32, of it values `begin` to `end`; absent: all. Dense weights share their memory. */
export const dense = (weight: LinearWeight, begin?: number, end?: number): Float32Array =>
  weight.kind === 'dense' ? weight.data.subarray(begin, end) : dequantise(weight.blocks, begin, end);

const nameOf = (weight: LinearWeight): MatrixReport['held'] =>
  weight.kind === 'dense' ? 'fp32' : `int${weight.blocks.bits}`;

function lossOf(stored: LinearWeight, held: LinearWeight): number {
  // Floats out of blocks lose nothing.
  if (held === stored || held.kind === 'dense') return 0;
  const { outFeatures, inFeatures } = held.blocks;
  return relativeError(
    outFeatures * inFeatures,
    (begin, end) => dense(stored, begin, end),
    (begin, end) => dense(held, begin, end),
  );
}

function convert({ weight, nearest }: StoredMatrix, format: LinearFormat): LinearWeight {
  const bits = format === 'stored' ? nearest : format === 'int4' ? 4 : format === 'int8' ? 8 : undefined;
  if (weight.kind === 'quantised' && (format === 'stored' || weight.blocks.bits === bits)) return weight;
  if (weight.kind === 'dense' && bits === undefined) return weight;
  const { outFeatures, inFeatures } = weight.kind === 'dense' ? weight : weight.blocks;
  const data = dense(weight);
  return bits === undefined
    ? { kind: 'dense', outFeatures, inFeatures, data }
    : { kind: 'quantised', blocks: quantise(data, outFeatures, inFeatures, bits) };
}
