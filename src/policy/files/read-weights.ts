/**
 * From a checkpoint to weights as they are held (model/weights.ts). Tensors are read one
 * after another, so that no more than one lies beside the result. It builds no graphs.
 */
import { checkpointName } from '../families/family.ts';
import { allLinears, normShapes, type Architecture } from '../model/architecture.ts';
import type { Checkpoint, StoredMatrix } from './checkpoint.ts';
import { BLOCK, quantise, relativeError } from '../model/quantise.ts';
import {
  dense,
  DENSE_TABLE_VALUES,
  type LinearFormat,
  type LinearWeight,
  type MatrixReport,
  type Weights,
} from '../model/weights.ts';

/** @param onMatrix after each matrix, for progress */
export async function readWeights(
  checkpoint: Checkpoint,
  architecture: Architecture,
  format: LinearFormat,
  onMatrix?: (done: number, total: number) => void,
): Promise<Weights> {
  const { family } = architecture;
  const report: MatrixReport[] = [];
  const all = allLinears(architecture);
  const total = all.length + (architecture.tiedHead ? 1 : 2);
  const matrix = async (name: string, shape: readonly [number, number], as: LinearFormat) => {
    const stored = await checkpoint.matrix(checkpointName(family, name), shape);
    const held = convert(stored, as);
    report.push({ name, stored: stored.stored, held: nameOf(held), error: lossOf(stored.weight, held) });
    onMatrix?.(report.length, total);
    return held;
  };
  const linears = new Map<string, LinearWeight>();
  const biases = new Map<string, Float32Array>();
  for (const { name, linear, shape } of all) {
    linears.set(name, await matrix(name, shape, format));
    if (architecture.biases.includes(linear))
      biases.set(name, await checkpoint.vector(`${checkpointName(family, name)}.bias`, shape[0]));
  }
  const norms = new Map<string, Float32Array>();
  const lacks = family.normsLessOne === true && checkpoint.hasNormsLessOne === true ? 1 : 0;
  for (const { name, norm, ending, length } of normShapes(architecture)) {
    const weight = await checkpoint.vector(`${checkpointName(family, norm)}.${ending}`, length);
    norms.set(name, lacks === 0 ? weight : weight.map((value) => value + lacks));
  }
  const table: [number, number] = [architecture.vocabSize, architecture.hiddenSize];
  const tableFormat = formatOfTables(architecture, format);
  const embedding = await matrix(family.embedding.name, table, tableFormat);
  const head = architecture.tiedHead ? embedding : await matrix(family.head.name, table, tableFormat);
  return { architecture, linears, biases, norms, embedding, head, bytes: checkpoint.bytes, report };
}

/**
 * Four bits are too few for embeddings and logits; the table is quantised to eight,
 * and not at all where it is small.
 */
function formatOfTables({ vocabSize, hiddenSize }: Architecture, format: LinearFormat): LinearFormat {
  if (vocabSize * hiddenSize <= DENSE_TABLE_VALUES || hiddenSize % BLOCK !== 0) return 'fp32';
  return format === 'int4' ? 'int8' : format;
}

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
