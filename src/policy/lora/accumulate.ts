/**
 * The gradient of a whole batch, summed over micro-batches on the device, with the
 * statistics of the step. The optimizer (trained-adapter.ts) applies it.
 */
import { disposeAll } from '../../tensor/runtime/runtime.ts';
import type { AdapterMatrix, AdapterSettings } from '../model/adapter.ts';
import { RequestError } from '../errors.ts';
import { accumulatorName, nextAccumulatorName, gradientGraph } from '../graphs/gradient.ts';
import { spanShapes, spanSizes } from '../graphs/spans.ts';
import { collectCompletions, scatterCompletions, spanFeeds, type SpanBatch } from './spans.ts';
import type { Precision } from '../model/precision.ts';
import type { ProgramCache } from './programs.ts';
import { inverseTemperature } from './temperature.ts';
import type { Named } from './trained-adapter.ts';
import type { UpdateRow, UpdateSettings } from '../types.ts';
import type { Weights } from '../model/weights.ts';

export interface GradientEngine {
  readonly weights: Weights;
  readonly adapter: AdapterSettings;
  readonly precision: Precision;
  readonly programs: ProgramCache;
  readonly matrices: readonly AdapterMatrix[];
}

/** Sums over the completion tokens of the batch; `loss` is already normalised by the rows' weights. */
export interface UpdateSums {
  loss: number;
  entropy: number;
  kl: number;
  clippedLow: number;
  clippedHigh: number;
}

export interface Accumulated {
  /** By accumulator name; the caller disposes of them. */
  readonly gradients: Named;
  readonly sums: Readonly<UpdateSums>;
  /** The trainer's log-probs, one per completion token, per row. */
  readonly logProbs: readonly Float32Array[];
}

const klOf = (settings: UpdateSettings) => (settings.klCoefficient > 0 ? settings.klEstimator : 'none');

/** 0 where the row is not held to the reference. */
export const klCoefficientOf = (row: UpdateRow, settings: UpdateSettings): number =>
  settings.klCoefficient > 0 ? (row.klCoefficient ?? settings.klCoefficient) : 0;

/** Rows that an update can be made of. @throws RequestError */
export function checkRows(rows: readonly UpdateRow[], settings: UpdateSettings): void {
  if (rows.some((row) => klCoefficientOf(row, settings) > 0 && !row.refLogProbs)) {
    throw new RequestError('KL without reference log-probs', 'Score the rows with the base first.');
  }
  for (const [index, row] of rows.entries()) {
    const perToken = [row.advantages, row.weights, row.oldLogProbs, row.refLogProbs];
    if (perToken.some((values) => values && values.length !== row.completion.length)) {
      throw new RequestError(
        `row ${index} does not have one value per token of its completion`,
        'Give every token an advantage and a weight.',
      );
    }
  }
}

/**
 * Runs the gradient graph over the packed rows; `state` holds the adapter, `zeros` an
 * accumulator that is never disposed of.
 */
export async function accumulateGradients(
  engine: GradientEngine,
  batches: readonly SpanBatch[],
  rows: readonly UpdateRow[],
  settings: UpdateSettings,
  state: Named,
  zeros: Named,
): Promise<Accumulated> {
  const logProbs = new Array<Float32Array>(rows.length);
  const sums: UpdateSums = { loss: 0, entropy: 0, kl: 0, clippedLow: 0, clippedHigh: 0 };
  let gradients = zeros;
  /** Of each micro-batch what is told of it: a number a token, and the sums. */
  const told: { readonly batch: SpanBatch; readonly outputs: Named }[] = [];
  try {
    for (const batch of batches) {
      const outputs = await runMicroBatch(engine, batch, rows, settings, { ...state, ...gradients });
      const next = takeGradients(engine, outputs);
      if (gradients !== zeros) disposeAll(gradients);
      gradients = next;
      told.push({ batch, outputs });
    }
    // All at the end and all at once: a GPU goes from one micro-batch to the next without waiting to be read.
    const read = await Promise.all(
      told.map(async ({ outputs }) => {
        const names = Object.keys(outputs);
        const values = await Promise.all(names.map((name) => outputs[name]!.download()));
        return new Map(names.map((name, i) => [name, values[i]!]));
      }),
    );
    read.forEach((values, i) => {
      const own = values.get('logProb') as Float32Array;
      for (const [index, each] of collectCompletions(told[i]!.batch, rows, own)) logProbs[index] = each;
      for (const name of Object.keys(sums) as (keyof UpdateSums)[])
        sums[name] += Number(values.get(name)?.[0] ?? 0);
    });
  } catch (error) {
    if (gradients !== zeros) disposeAll(gradients);
    throw error;
  } finally {
    for (const { outputs } of told) disposeAll(outputs);
  }
  return { gradients, sums, logProbs };
}

/** Takes the accumulator out of a run's outputs. */
function takeGradients({ matrices }: GradientEngine, outputs: Named): Named {
  const next: Named = {};
  for (const { name } of matrices) {
    next[accumulatorName(name)] = outputs[nextAccumulatorName(name)]!;
    delete outputs[nextAccumulatorName(name)];
  }
  return next;
}

async function runMicroBatch(
  { weights, adapter, precision, programs }: GradientEngine,
  batch: SpanBatch,
  rows: readonly UpdateRow[],
  settings: UpdateSettings,
  tensors: Named,
): Promise<Named> {
  const kl = klOf(settings);
  const shape = {
    ...spanSizes(batch),
    kl,
    entropyBonus: settings.entropyCoefficient !== 0,
  } as const;
  const program = await programs.get({
    name: `update ${kl} ${shape.entropyBonus} ${precision}`,
    ...spanShapes(shape),
    build: (sizes, device) => gradientGraph(weights, adapter, sizes, precision, device),
    // What is told is read when all micro-batches have run.
    keep: () => true,
  });
  const spread = (pick: (row: UpdateRow) => ArrayLike<number>) =>
    scatterCompletions(batch, (index) => pick(rows[index]!));
  const constant = (row: UpdateRow, value: number) => new Float32Array(row.completion.length).fill(value);
  return program.run({
    ...spanFeeds(batch),
    advantages: spread((row) => row.advantages),
    weights: spread((row) => row.weights),
    completion: spread((row) => constant(row, 1)),
    onPolicy: spread((row) => constant(row, row.oldLogProbs ? 0 : 1)),
    oldLogProb: spread((row) => row.oldLogProbs ?? constant(row, 0)),
    ...(kl !== 'none' && {
      // Without a reference the coefficient is 0, and any number will do.
      refLogProb: spread((row) => row.refLogProbs ?? constant(row, 0)),
      klCoefficient: spread((row) => constant(row, klCoefficientOf(row, settings))),
    }),
    inverseTemperature: inverseTemperature(settings.temperature),
    clipLow: settings.clipLow,
    clipHigh: settings.clipHigh,
    dualClip: Math.min(settings.dualClip, 1e9),
    entropyCoefficient: settings.entropyCoefficient,
    ...tensors,
  });
}
