/**
 * Scores of given tokens: their log-probabilities, and on request hidden states and the likeliest
 * alternatives. It changes nothing; how sequences are packed is the caller's.
 */
import { disposeAll } from '../../tensor/runtime/runtime.ts';
import type { AdapterSettings } from '../model/adapter.ts';
import type { Precision } from '../model/precision.ts';
import type { Weights } from '../model/weights.ts';
import { hiddenName, scoreGraph } from '../graphs/score.ts';
import { spanShapes, spanSizes } from '../graphs/spans.ts';
import type { Score, ScoreRequest } from '../types.ts';
import type { ProgramCache } from './programs.ts';
import { collectCompletions, spanFeeds, type SpanBatch } from './spans.ts';
import { inverseTemperature } from './temperature.ts';
import type { Named } from './trained-adapter.ts';

export interface ScoreEngine {
  readonly weights: Weights;
  readonly adapter: AdapterSettings;
  readonly precision: Precision;
  readonly programs: ProgramCache;
}

/**
 * One score per sequence of the request, in its order.
 * @param batches the packed sequences, each of them in one batch
 * @param matrices the adapter's, as inputs of the graph
 */
export async function scoreSequences(
  engine: ScoreEngine,
  batches: readonly SpanBatch[],
  request: ScoreRequest,
  matrices: Named,
): Promise<Score[]> {
  const scores = new Array<Score>(request.sequences.length);
  for (const batch of batches) {
    request.signal?.throwIfAborted();
    for (const [index, score] of await scoreBatch(engine, batch, request, matrices)) scores[index] = score;
  }
  return scores;
}

/** By index in the request. */
async function scoreBatch(
  { weights, adapter, precision, programs }: ScoreEngine,
  batch: SpanBatch,
  { sequences, hiddenAfterLayers, alternatives, temperature }: ScoreRequest,
  matrices: Named,
): Promise<Map<number, Score>> {
  const extra = {
    ...(hiddenAfterLayers !== undefined && { hiddenAfterLayers }),
    ...(alternatives !== undefined && { alternatives }),
  };
  const program = await programs.get({
    name: `score ${hiddenAfterLayers?.join() ?? ''} ${alternatives ?? ''} ${precision}`,
    ...spanShapes({ ...spanSizes(batch), ...extra }),
    build: (shape, device) => scoreGraph(weights, adapter, shape, precision, device),
    keep: () => false,
  });
  const outputs = await program.run({
    ...spanFeeds(batch),
    inverseTemperature: inverseTemperature(temperature),
    ...matrices,
  });
  const collect = async (name: string, width = 1) => {
    const values = (await outputs[name]!.download()) as Float32Array;
    return collectCompletions(batch, sequences, values, width);
  };
  const logProbs = await collect('logProb');
  const entropies = await collect('entropy');
  const hidden: Map<number, Float32Array>[] = [];
  for (const count of hiddenAfterLayers ?? [])
    hidden.push(await collect(hiddenName(count), weights.architecture.hiddenSize));
  const likeliest =
    alternatives === undefined
      ? null
      : {
          count: alternatives,
          ids: await collect('topIds', alternatives),
          logProbs: await collect('topLogProbs', alternatives),
        };
  disposeAll(outputs);
  return new Map(
    [...logProbs].map(([index, ofTokens]) => [
      index,
      {
        ...(likeliest && {
          alternatives: {
            count: likeliest.count,
            ids: Int32Array.from(likeliest.ids.get(index)!),
            logProbs: likeliest.logProbs.get(index)!,
          },
        }),
        logProbs: ofTokens,
        entropy: entropies.get(index)!,
        ...(hiddenAfterLayers && { hidden: hidden.map((layer) => layer.get(index)!) }),
      },
    ]),
  );
}
