/**
 * The decode graph: several more tokens for every row. On a CPU it is a loop, compiled
 * once whatever the number of tokens, that ends when all rows have. On WebGPU, where a
 * loop's values would cross to the CPU in every round, the rounds are written out.
 *
 * In the loop rows share the cache of their prompt (shared-attention.ts) and have one of what they
 * wrote themselves, all of one length since they began together. Written out, every row's tokens
 * stand in front of a cache of its own and count from 0; attention looks at as many as there are.
 */
import { Graph, type Tensor } from '../../tensor/graph.ts';
import { add, mul, sub } from '../../tensor/ops/arithmetic.ts';
import { reduceSum, reshape } from '../../tensor/ops/broadcast.ts';
import { cast, equal, greater, mask } from '../../tensor/ops/compare.ts';
import { gather } from '../../tensor/ops/gather.ts';
import { concat, split } from '../../tensor/ops/layout.ts';
import { loop } from '../../tensor/ops/loop.ts';
import { reduceMax } from '../../tensor/ops/reduce.ts';
import { GraphError } from '../../tensor/errors.ts';
import type { DeviceKind, DType } from '../../tensor/types.ts';
import type { AdapterSettings } from '../model/adapter.ts';
import type { Rotary } from '../families/rotary.ts';
import { rotaryTables } from '../model/decoder.ts';
import { loraModel, type LoraModel } from '../model/lora-model.ts';
import { cacheType, type Precision } from '../model/precision.ts';
import type { Weights } from '../model/weights.ts';
import { decodesInLoop, keyName, promptKeyName, promptValueName, valueName } from './prefill.ts';
import { logOf, sampleToken, samplerInputs, type SamplerInputs } from './sample.ts';
import { promptBias, type LayerCache, type PromptShape, type SharedPrompts } from './shared-attention.ts';
import { decodeStep, type Place } from './step.ts';

export interface DecodeShape {
  readonly rows: number;
  /** Tokens that the caches which go in have room for. */
  readonly past: number;
  /** Tokens of a run, at most. */
  readonly chunk: number;
  /** Tokens that end a row, in a loop. */
  readonly ends: readonly number[];
  /** In a loop: the prompts that rows share. */
  readonly shared?: PromptShape;
}

export const nextKeyName = (layer: number): string => `${keyName(layer)}.next`;
export const nextValueName = (layer: number): string => `${valueName(layer)}.next`;
/** The length of the longest row after token `i` of a run. */
export const totalName = (i: number): string => `total.${i}`;

/**
 * A shape, and another of the same graph that differs in all its sizes; written out,
 * the number of tokens stays.
 */
export const decodeShapes = (shape: DecodeShape, device: DeviceKind) => ({
  shape,
  other: {
    ...shape,
    rows: shape.rows + 1,
    past: shape.past + 3,
    ...(decodesInLoop(device) && { chunk: shape.chunk + 2 }),
    ...(shape.shared && {
      shared: {
        prompts: shape.shared.prompts + 4,
        promptLength: shape.shared.promptLength + 5,
        perPrompt: shape.shared.perPrompt + 6,
      },
    }),
  },
});

/**
 * Inputs: `tokens` int32 [rows] (the last sampled), caches as prefill.ts makes them,
 * `uniforms` [chunk, rows], the sampler's scalars. In a loop: `lengths` int32 [rows] (tokens
 * of each row before the run), the inputs of `sharedInputs`, `count`
 * int64 [] (tokens of this run), `left` [rows] (tokens each row may still write; 0 for one
 * that has ended). Written out: `lengths` int32 [chunk, rows] and a `total` for every token.
 * Outputs: `sampled` int32 [tokens, rows], `logProbs` [tokens, rows], the caches with them.
 */
export function decodeGraph(
  weights: Weights,
  settings: AdapterSettings,
  shape: DecodeShape,
  precision: Precision = 'fp32',
  device: DeviceKind = 'wasm',
): Graph {
  const { rows, past, chunk } = shape;
  const { layers, keyValueHeads, headDim } = weights.architecture;
  const graph = new Graph(`decode ${rows}x${past} by ${chunk}`, device);
  const model = loraModel(graph, weights, settings, 'made', precision);
  const held = cacheType(precision);
  const caches = Array.from({ length: layers }, (_, layer): LayerCache => {
    const dims = [rows, keyValueHeads, past, headDim];
    return { key: graph.input(keyName(layer), held, dims), value: graph.input(valueName(layer), held, dims) };
  });
  const token = graph.input('tokens', 'int32', [rows]);
  const uniforms = graph.input('uniforms', 'float32', [chunk, rows]);
  const before = shape.shared?.promptLength ?? 0;
  const tables = rotaryHalves(model, decodesInLoop(device) ? before + past + chunk : past);
  const sampler = samplerInputs(model);
  const start = { token, caches, uniforms, ...tables, sampler, factor: sampler.inverseTemperature };
  const {
    sampled,
    logProbs,
    caches: after,
  } = decodesInLoop(device) ? inLoop(model, shape, start) : writtenOut(model, shape, start);
  after.forEach(({ key, value }, layer) => {
    graph.output(nextKeyName(layer), key);
    graph.output(nextValueName(layer), value);
  });
  graph.output('sampled', sampled);
  graph.output('logProbs', logProbs);
  return graph;
}

interface Start extends Pick<Place, 'cos' | 'sin' | 'local' | 'factor'> {
  readonly token: Tensor;
  readonly caches: readonly LayerCache[];
  readonly uniforms: Tensor;
  readonly sampler: SamplerInputs;
}

interface Written {
  readonly sampled: Tensor;
  readonly logProbs: Tensor;
  readonly caches: readonly LayerCache[];
}

/**
 * `toPrompt`, `fromPrompt` and the caches of prompts (prefill.ts) as they are;
 * `promptTokens` float32 [prompts].
 */
function sharedInputs(
  { graph, architecture }: LoraModel,
  rows: number,
  shape: PromptShape,
  held: DType,
): SharedPrompts {
  const { layers, keyValueHeads, headDim } = architecture;
  const { prompts, promptLength, perPrompt } = shape;
  return {
    ...shape,
    layers: Array.from({ length: layers }, (_, layer) => ({
      key: graph.input(promptKeyName(layer), held, [prompts, keyValueHeads, headDim, promptLength]),
      value: graph.input(promptValueName(layer), held, [prompts, keyValueHeads, promptLength, headDim]),
    })),
    toPrompt: graph.input('toPrompt', 'int32', [prompts * perPrompt]),
    fromPrompt: graph.input('fromPrompt', 'int32', [rows]),
    bias: promptBias(graph, graph.input('promptTokens', 'float32', [prompts]), promptLength),
  };
}

function inLoop(
  model: LoraModel,
  { rows, past, chunk, ends, shared: shape }: DecodeShape,
  start: Start,
): Written {
  const { graph } = model;
  if (!shape) throw new GraphError('a loop decodes rows that share prompts');
  const lengths = graph.input('lengths', 'int32', [rows]);
  const shared = sharedInputs(model, rows, shape, start.caches[0]!.key.dtype);
  const left = graph.input('left', 'float32', [rows]);
  const isEnd = graph.constant('float32', [1, ends.length], Float32Array.from(ends));
  const flat = (caches: readonly LayerCache[]) => caches.flatMap(({ key, value }) => [key, value]);
  const grown = start.caches.flatMap(({ key, value }) =>
    [key, value].map(({ dims }) => [dims[0]!, dims[1]!, past + chunk, dims[3]!]),
  );
  const { carried, collected } = loop(
    graph,
    graph.input('count', 'int64', []),
    [start.token, left, ...flat(start.caches)],
    (round, [token, leftNow, ...held]) => {
      const done = cast(round, 'int32');
      const caches = paired(held);
      const place = { ...start, lengths: add(lengths, done), shared };
      const step = decodeStep(model, token!, caches, place);
      const uniform = reshape(gather(start.uniforms, round), [rows, 1]);
      const { id, probability } = sampleToken(model, step.hidden, uniform, start.sampler);
      const ended = reduceSum(mask(equal(reshape(cast(id, 'float32'), [rows, 1]), isEnd)), [-1]);
      const leftNext = mul(sub(leftNow!, 1), sub(1, ended));
      return {
        carried: [id, leftNext, ...flat(step.caches)],
        collected: [id, probability],
        goOn: greater(reduceMax(leftNext, [0]), 0.5),
      };
    },
    [[rows], [rows], ...grown],
    chunk,
  );
  return { sampled: collected[0]!, logProbs: logOf(collected[1]!), caches: paired(carried.slice(2)) };
}

function writtenOut(model: LoraModel, { rows, past, chunk }: DecodeShape, start: Start): Written {
  const { graph } = model;
  const perToken = (x: Tensor) => split(x, Array<number>(chunk).fill(1), 0);
  const lengths = perToken(graph.input('lengths', 'int32', [chunk, rows]));
  const uniforms = perToken(start.uniforms);
  const [ids, probabilities]: [Tensor[], Tensor[]] = [[], []];
  let { token, caches } = start;
  for (let i = 0; i < chunk; i++) {
    const total = graph.input(totalName(i), 'int32', [1]);
    const place = { ...start, lengths: reshape(lengths[i]!, [rows]), whole: { total, room: past } };
    const step = decodeStep(model, token, caches, place);
    const sampled = sampleToken(model, step.hidden, reshape(uniforms[i]!, [rows, 1]), start.sampler);
    [token, caches] = [sampled.id, step.caches];
    ids.push(reshape(sampled.id, [1, rows]));
    probabilities.push(reshape(sampled.probability, [1, rows]));
  }
  return { sampled: concat(ids, 0), logProbs: logOf(concat(probabilities, 0)), caches };
}

const paired = (flat: readonly Tensor[]): LayerCache[] =>
  Array.from({ length: flat.length / 2 }, (_, layer) => ({
    key: flat[2 * layer]!,
    value: flat[2 * layer + 1]!,
  }));

/** [positions, rotated values / 2] both: the tables' second halves repeat the first. */
function rotaryHalves(
  { graph, architecture }: LoraModel,
  positions: number,
): Pick<Place, 'cos' | 'sin' | 'local'> {
  const halves = (rotary?: Rotary): Pick<Place, 'cos' | 'sin'> => {
    const tables = rotaryTables(architecture, 0, positions, rotary);
    const half = tables.cos.length / positions / 2;
    const firstHalves = (table: Float32Array): Tensor => {
      const values = new Float32Array(positions * half);
      for (let p = 0; p < positions; p++)
        values.set(table.subarray(2 * p * half, (2 * p + 1) * half), p * half);
      return graph.constant('float32', [positions, half], values);
    };
    return { cos: firstHalves(tables.cos), sin: firstHalves(tables.sin) };
  };
  const local = architecture.variation?.local;
  return { ...halves(), ...(local && { local: halves(local.rotary) }) };
}
