/**
 * Rollouts: a batch of prompts goes through the prefill graph and then, chunk after chunk, through the decode graph, until every
 * rollout has ended or its budget is spent. The graphs sample; this file moves tensors and counts tokens.
 */
import type { DeviceTensor, RunInput } from '../../tensor/runtime/runtime.ts';
import { rotaryTables } from '../model/decoder.ts';
import { RequestError } from '../errors.ts';
import { decodeGraph } from '../graphs/decode.ts';
import { prefillGraph } from '../graphs/prefill.ts';
import { Caches, isCache, MAX_ROWS, RolloutRow, rowSize, type GenerationContext } from './rollout-batch.ts';
import { inverseTemperature } from './temperature.ts';
import type { Completion, GenerateRequest } from '../types.ts';

/** Tokens per run of the decode graph. */
const CHUNK = 8;
const PROMPT_STEP = 32;
const CAPACITY_STEP = 64;

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;

/** One batch of at most MAX_ROWS rollouts. */
interface RolloutBatch {
  readonly prompts: readonly (readonly number[])[];
  /** Of the request: the length of a row's uniforms. */
  readonly maxNewTokens: number;
  /** Per row. */
  readonly budgets: readonly number[];
  /** Index in the request of the first row. */
  readonly first: number;
  /** Row-major, [prompts.length, maxNewTokens] */
  readonly uniforms: Float32Array;
}

/** All rollouts of a request, in order. `adapterInputs` are the adapter's matrices by name. */
export async function generate(
  engine: GenerationContext,
  request: GenerateRequest,
  adapterInputs: Readonly<Record<string, RunInput>>,
): Promise<Completion[]> {
  const { prompts, uniforms } = request;
  const budgets = prompts.map((_, row) =>
    typeof request.maxNewTokens === 'number' ? request.maxNewTokens : (request.maxNewTokens[row] ?? 0),
  );
  const wrong = budgets.find((budget) => !Number.isInteger(budget) || budget < 1);
  if (wrong !== undefined) {
    throw new RequestError(`a budget of ${wrong} tokens`, 'Ask for at least one token.');
  }
  const maxNewTokens = Math.max(0, ...budgets);
  if (uniforms.length < prompts.length * maxNewTokens) {
    throw new RequestError(
      `${uniforms.length} uniforms for ${prompts.length} x ${maxNewTokens} tokens`,
      'Supply one uniform per token.',
    );
  }
  const completions: Completion[] = [];
  const atOnce = Math.min(engine.rows ?? MAX_ROWS, MAX_ROWS);
  for (let first = 0; first < prompts.length; first += atOnce) {
    const rows = prompts.slice(first, first + atOnce);
    const batch = {
      prompts: rows,
      maxNewTokens,
      budgets: budgets.slice(first, first + rows.length),
      first,
      uniforms: uniforms.subarray(first * maxNewTokens, (first + rows.length) * maxNewTokens),
    };
    const before = completions.reduce((sum, { tokens }) => sum + tokens.length, 0);
    completions.push(...(await generateBatch(engine, batch, request, adapterInputs, before)));
  }
  return completions;
}

/** Distinct prompts, and for each row which one it continues. */
function distinct(prompts: readonly (readonly number[])[]): {
  unique: (readonly number[])[];
  rowPrompt: number[];
} {
  const indexOf = new Map<string, number>();
  const unique: (readonly number[])[] = [];
  const rowPrompt = prompts.map((prompt) => {
    const key = prompt.join();
    const known = indexOf.get(key);
    if (known !== undefined) return known;
    indexOf.set(key, unique.length);
    unique.push(prompt);
    return unique.length - 1;
  });
  return { unique, rowPrompt };
}

/** The shapes of a batch: static, so rounded up to a few sizes. */
interface BatchShape {
  readonly rows: number;
  readonly prompts: number;
  readonly promptLength: number;
  readonly capacity: number;
}

function batchShape(
  engine: GenerationContext,
  batch: RolloutBatch,
  unique: readonly (readonly number[])[],
): BatchShape {
  const { contextLength } = engine.weights.architecture;
  const longest = Math.max(...unique.map((prompt) => prompt.length));
  if (unique.some((prompt) => prompt.length === 0)) {
    throw new RequestError('a prompt is empty', 'Give every prompt at least one token.');
  }
  batch.prompts.forEach(({ length }, row) => {
    if (length + batch.budgets[row]! <= contextLength) return;
    throw new RequestError(
      `a prompt of ${length} tokens and ${batch.budgets[row]} new ones exceed the context of ${contextLength}`,
      'Shorten the prompt or the completion budget.',
    );
  });
  const budget = Math.max(...batch.budgets);
  const promptLength = roundUp(longest, PROMPT_STEP);
  return {
    rows: rowSize(batch.prompts.length),
    prompts: rowSize(unique.length),
    promptLength,
    capacity: roundUp(Math.max(promptLength, longest + budget), CAPACITY_STEP),
  };
}

async function generateBatch(
  engine: GenerationContext,
  batch: RolloutBatch,
  request: GenerateRequest,
  adapterInputs: Readonly<Record<string, RunInput>>,
  tokensBefore: number,
): Promise<Completion[]> {
  const { unique, rowPrompt } = distinct(batch.prompts);
  const shape = batchShape(engine, batch, unique);
  const sampler = {
    inverseTemperature: inverseTemperature(request.temperature),
    greedy: request.temperature > 0 ? 0 : 1,
  };
  const rows = batch.prompts.map((_, row) => new RolloutRow(engine.endIds, batch.budgets[row]!));
  const told = new Set<number>();
  const tellEnded = () =>
    rows.forEach((row, index) => {
      const ended = row.completion();
      if (ended === null || told.has(index)) return;
      told.add(index);
      request.onCompletion?.(batch.first + index, ended);
    });
  const inputs = { ...sampler, ...adapterInputs };
  request.signal?.throwIfAborted();
  const caches = await prefill(engine, shape, batch, { unique, rowPrompt }, rows, inputs);
  try {
    tellEnded();
    for (let written = 1; rows.some(({ finish }) => finish === null); written += CHUNK) {
      request.signal?.throwIfAborted();
      await caches.dropFinished(rows);
      await decodeChunk(engine, shape, batch, caches, rows, written, inputs);
      tellEnded();
      request.onProgress?.(tokensBefore + rows.reduce((sum, { tokens }) => sum + tokens.length, 0));
    }
  } finally {
    caches.dispose();
  }
  return rows.map((row) => row.completion()!);
}

/** Uniforms `start` .. `start + count - 1` of the rows in the given slots, [size, count]. */
function uniformsOf(
  batch: RolloutBatch,
  slots: readonly number[],
  size: number,
  start: number,
  count: number,
): Float32Array {
  const out = new Float32Array(size * count);
  slots.forEach((row, slot) => {
    for (let i = 0; i < count && start + i < batch.maxNewTokens; i++) {
      out[slot * count + i] = batch.uniforms[row * batch.maxNewTokens + start + i]!;
    }
  });
  return out;
}

async function prefill(
  engine: GenerationContext,
  shape: BatchShape,
  batch: RolloutBatch,
  { unique, rowPrompt }: ReturnType<typeof distinct>,
  rows: readonly RolloutRow[],
  inputs: Readonly<Record<string, RunInput>>,
): Promise<Caches> {
  const { promptLength, capacity } = shape;
  const program = await engine.programs.get(
    `prefill ${shape.prompts} ${promptLength} ${shape.rows} ${capacity}`,
    (device) => prefillGraph(engine.weights, engine.adapter, shape, engine.precision, device),
    isCache,
  );
  const ids = new Int32Array(shape.prompts * promptLength).fill(engine.eosId);
  unique.forEach((prompt, i) =>
    prompt.forEach((token, j) => (ids[(i + 1) * promptLength - prompt.length + j] = token)),
  );
  const promptPadding = Float32Array.from(
    { length: shape.prompts },
    (_, i) => promptLength - (unique[i]?.length ?? 1),
  );
  const slots = rows.map((_, row) => row);
  const outputs = await program.run({
    ids,
    padding: promptPadding,
    rowPrompt: Int32Array.from({ length: shape.rows }, (_, row) => rowPrompt[row] ?? 0),
    uniforms: uniformsOf(batch, slots, shape.rows, 0, 1),
    ...inputs,
  });
  const tokens = (await outputs['tokens']!.download()) as Int32Array;
  const logProbs = (await outputs['logProbs']!.download()) as Float32Array;
  const kept: Record<string, DeviceTensor> = {};
  for (const [name, tensor] of Object.entries(outputs)) {
    if (isCache(name)) kept[name] = tensor;
    else tensor.dispose();
  }
  const padding = rowPrompt.map((prompt) => promptPadding[prompt]!);
  const caches = new Caches(engine, capacity, kept, slots, shape.rows, padding);
  try {
    rows.forEach((row, i) => row.take(tokens[i]!, logProbs[i]!));
  } catch (error) {
    caches.dispose();
    throw error;
  }
  return caches;
}

/** Up to CHUNK more tokens for every row; token `written` is the first of them, counted from 0. */
async function decodeChunk(
  engine: GenerationContext,
  { promptLength, capacity }: BatchShape,
  batch: RolloutBatch,
  caches: Caches,
  rows: readonly RolloutRow[],
  written: number,
  inputs: Readonly<Record<string, RunInput>>,
): Promise<void> {
  const { size, slots } = caches;
  const { weights, adapter, precision } = engine;
  const program = await engine.programs.get(
    `decode ${size} ${capacity}`,
    (device) => decodeGraph(weights, adapter, { rows: size, capacity, chunk: CHUNK }, precision, device),
    isCache,
  );
  const perSlot = <T>(value: (row: number) => T): T[] =>
    Array.from({ length: size }, (_, slot) => value(slots[slot] ?? slots[0]!));
  // Positions run with the slots of the cache: prompts are right-aligned, so one count serves every row.
  const rotary = rotaryTables(weights.architecture, promptLength + written - 1, CHUNK);
  const firstReal = (row: number): number => capacity - promptLength + caches.padding[row]! - (written - 1);
  const outputs = await program.run({
    tokens: Int32Array.from(perSlot((row) => rows[row]!.last)),
    firstSlot: Float32Array.from(perSlot(firstReal)),
    rotaryCos: rotary.cos,
    rotarySin: rotary.sin,
    uniforms: uniformsOf(batch, slots, size, written, CHUNK),
    ...caches.tensors,
    ...inputs,
  });
  const sampled = (await outputs['sampled']!.download()) as Int32Array;
  const logProbs = (await outputs['logProbs']!.download()) as Float32Array;
  outputs['sampled']!.dispose();
  outputs['logProbs']!.dispose();
  caches.replace(outputs);
  slots.forEach((row, slot) => {
    for (let i = slot * CHUNK; i < (slot + 1) * CHUNK; i++) rows[row]!.take(sampled[i]!, logProbs[i]!);
  });
}
