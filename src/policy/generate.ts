/**
 * Rollouts: batches of prompts through the prefill graph and chunk after chunk of the decode graph until every rollout has
 * ended or its budget is spent. Sampling is in the graph; this file moves shapes and counts tokens.
 */
import type { DeviceTensor, RunInput, Runtime } from '../tensor/runtime/runtime.ts';
import { rotaryTables } from './decoder.ts';
import { RequestError } from './errors.ts';
import { decodeGraph, nextKeyName, nextValueName } from './graphs/decode.ts';
import { keyName, prefillGraph, valueName } from './graphs/prefill.ts';
import type { AdapterSettings } from './adapter.ts';
import type { ProgramCache } from './programs.ts';
import type { Completion, GenerateRequest } from './types.ts';
import type { Weights } from './weights.ts';

/** Rollouts decoded together. */
export const MAX_ROWS = 64;
/** Tokens per run of the decode graph. */
const CHUNK = 8;
const ROW_SIZES = [8, 16, 32, MAX_ROWS];
const PROMPT_STEP = 32;

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;
const isCache = (output: string): boolean => output.startsWith('cache.');

export interface Engine {
  readonly runtime: Runtime;
  readonly programs: ProgramCache;
  readonly weights: Weights;
  readonly adapter: AdapterSettings;
  readonly eosId: number;
}

/** One batch of at most MAX_ROWS rollouts. */
interface Batch {
  readonly prompts: readonly (readonly number[])[];
  readonly maxNewTokens: number;
  /** Row-major, [prompts.length, maxNewTokens] */
  readonly uniforms: Float32Array;
}

/** All rollouts of a request, in order. `adapterInputs` are the adapter's matrices by name. */
export async function generate(
  engine: Engine,
  request: GenerateRequest,
  adapterInputs: Readonly<Record<string, RunInput>>,
): Promise<Completion[]> {
  const { prompts, maxNewTokens, uniforms } = request;
  if (uniforms.length < prompts.length * maxNewTokens) {
    throw new RequestError(`${uniforms.length} uniforms for ${prompts.length} x ${maxNewTokens} tokens`, 'Supply one uniform per token.');
  }
  const completions: Completion[] = [];
  for (let first = 0; first < prompts.length; first += MAX_ROWS) {
    const rows = prompts.slice(first, first + MAX_ROWS);
    const batch = {
      prompts: rows,
      maxNewTokens,
      uniforms: uniforms.subarray(first * maxNewTokens, (first + rows.length) * maxNewTokens),
    };
    const before = completions.reduce((sum, { tokens }) => sum + tokens.length, 0);
    completions.push(...(await generateBatch(engine, batch, request, adapterInputs, before)));
  }
  return completions;
}

/** Distinct prompts, and for each row which one it continues. */
function distinct(prompts: readonly (readonly number[])[]): { unique: (readonly number[])[]; rowPrompt: number[] } {
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

/** The sequence being written by one row. */
class Row {
  readonly tokens: number[] = [];
  readonly logProbs: number[] = [];
  finish: Completion['finish'] | null = null;

  constructor(
    private readonly eosId: number,
    private readonly budget: number,
  ) {}

  take(token: number, logProb: number): void {
    if (this.finish) return;
    this.tokens.push(token);
    this.logProbs.push(logProb);
    if (token === this.eosId) this.finish = 'eos';
    else if (this.tokens.length === this.budget) this.finish = 'length';
  }
}

async function generateBatch(
  engine: Engine,
  batch: Batch,
  request: GenerateRequest,
  adapterInputs: Readonly<Record<string, RunInput>>,
  tokensBefore: number,
): Promise<Completion[]> {
  const { programs, weights, adapter, eosId } = engine;
  const { architecture } = weights;
  const { signal } = request;
  const { unique, rowPrompt } = distinct(batch.prompts);
  if (unique.some((prompt) => prompt.length === 0)) throw new RequestError('a prompt is empty', 'Give every prompt at least one token.');
  const rowCount = ROW_SIZES.find((size) => size >= batch.prompts.length)!;
  const promptCount = ROW_SIZES.find((size) => size >= unique.length)!;
  const longest = Math.max(...unique.map((prompt) => prompt.length));
  const promptTime = roundUp(longest, PROMPT_STEP);
  const budget = batch.maxNewTokens;
  // Slots are for tokens that are fed back: all but the last.
  const capacity = roundUp(Math.max(promptTime, longest + budget), PROMPT_STEP);
  if (longest + budget > architecture.contextLength) {
    throw new RequestError(
      `a prompt of ${longest} tokens and ${budget} new ones exceed the context of ${architecture.contextLength}`,
      'Shorten the prompt or the completion budget.',
    );
  }

  const padding = Float32Array.from({ length: promptCount }, (_, i) => promptTime - (unique[i]?.length ?? 1));
  const ids = new BigInt64Array(promptCount * promptTime).fill(BigInt(eosId));
  unique.forEach((prompt, i) =>
    prompt.forEach((token, j) => (ids[i * promptTime + padding[i]! + j] = BigInt(token))),
  );
  const promptOf = Array.from({ length: rowCount }, (_, row) => rowPrompt[row] ?? 0);
  const sampler = {
    inverseTemperature: request.temperature > 0 ? 1 / request.temperature : 1,
    greedy: request.temperature > 0 ? 0 : 1,
  };
  const uniformsAt = (start: number, count: number): Float32Array => {
    const out = new Float32Array(rowCount * count);
    for (let row = 0; row < batch.prompts.length; row++) {
      for (let i = 0; i < count && start + i < budget; i++) out[row * count + i] = batch.uniforms[row * budget + start + i]!;
    }
    return out;
  };

  signal?.throwIfAborted();
  const prefill = await programs.get(
    `prefill ${promptCount} ${promptTime} ${rowCount} ${capacity}`,
    () => prefillGraph(weights, adapter, { prompts: promptCount, promptTime, rows: rowCount, capacity }),
    isCache,
  );
  const decode = await programs.get(
    `decode ${rowCount} ${capacity}`,
    () => decodeGraph(weights, adapter, { rows: rowCount, capacity, chunk: CHUNK }),
    isCache,
  );
  const rows = batch.prompts.map(() => new Row(eosId, budget));
  let state = await prefill.run({
    ids,
    padding,
    rowPrompt: BigInt64Array.from(promptOf, BigInt),
    uniforms: uniformsAt(0, 1),
    ...sampler,
    ...adapterInputs,
  });
  let caches: Record<string, DeviceTensor> = {};
  let last = (await state['tokens']!.download()) as BigInt64Array;
  const firstLogProbs = (await state['logProbs']!.download()) as Float32Array;
  rows.forEach((row, i) => row.take(Number(last[i]), firstLogProbs[i]!));
  const layers = Array.from({ length: architecture.layers }, (_, layer) => layer);
  const takeCaches = (names: (layer: number) => [string, string]): void => {
    const previous = caches;
    caches = {};
    for (const layer of layers) {
      const [key, value] = names(layer);
      caches[keyName(layer)] = state[key]!;
      caches[valueName(layer)] = state[value]!;
    }
    Object.values(previous).forEach((tensor) => tensor.dispose());
    Object.entries(state).forEach(([name, tensor]) => {
      if (!isCache(name)) tensor.dispose();
    });
  };
  takeCaches((layer) => [keyName(layer), valueName(layer)]);

  try {
    for (let written = 1; rows.some(({ finish }) => finish === null); written += CHUNK) {
      signal?.throwIfAborted();
      const rotary = rotaryTables(architecture, promptTime + written - 1, CHUNK);
      // Positions run with the slots: prompts are right-aligned, so one count serves every row.
      const firstSlot = Float32Array.from(promptOf, (prompt) => capacity - promptTime + padding[prompt]! - (written - 1));
      state = await decode.run({
        tokens: last,
        firstSlot,
        rotaryCos: rotary.cos,
        rotarySin: rotary.sin,
        uniforms: uniformsAt(written, CHUNK),
        ...sampler,
        ...caches,
        ...adapterInputs,
      });
      const sampled = (await state['sampled']!.download()) as BigInt64Array;
      const logProbs = (await state['logProbs']!.download()) as Float32Array;
      rows.forEach((row, i) => {
        for (let j = 0; j < CHUNK; j++) row.take(Number(sampled[i * CHUNK + j]), logProbs[i * CHUNK + j]!);
      });
      last = BigInt64Array.from({ length: rowCount }, (_, i) => sampled[i * CHUNK + CHUNK - 1]!);
      takeCaches((layer) => [nextKeyName(layer), nextValueName(layer)]);
      request.onProgress?.(tokensBefore + rows.reduce((sum, { tokens }) => sum + tokens.length, 0));
    }
  } finally {
    Object.values(caches).forEach((tensor) => tensor.dispose());
  }
  return rows.map(({ tokens, logProbs, finish }) => ({ tokens, logProbs, finish: finish ?? 'length' }));
}
