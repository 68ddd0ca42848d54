/**
 * Rollouts: a batch of prompts goes through the prefill graph and then, chunk after
 * chunk, through the decode graph, until every rollout has ended or its budget is
 * spent. The graphs sample; this file moves tensors and counts tokens.
 */
import { disposeAll, type DeviceTensor, type RunInput } from '../../tensor/runtime/runtime.ts';
import { RequestError } from '../errors.ts';
import { decodeGraph, decodeShapes, totalName } from '../graphs/decode.ts';
import {
  decodesInLoop,
  isOfPrompt,
  prefillGraph,
  prefillShapes,
  type PrefillShape,
} from '../graphs/prefill.ts';
import { Caches, isCache, MAX_ROWS, RolloutRow, type GenerationContext } from './rollout-batch.ts';
import { inverseTemperature } from './temperature.ts';
import type { Completion, GenerateRequest } from '../types.ts';

/** Tokens per run of the decode graph, where nothing speaks for more. */
export const CHUNK = 8;

/**
 * What sizes are rounded up to. A graph runs at any, so on a CPU none is. A GPU's buffers are kept by
 * their sizes, so that few are better, and its caches have room for all tokens from the beginning.
 */
const STEPS = {
  loop: { rows: 1, prompt: 1, room: 1 },
  writtenOut: { rows: 8, prompt: 32, room: 64 },
} as const;

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;

/** One batch of at most MAX_ROWS rollouts. */
interface RolloutBatch {
  readonly rows: readonly RolloutRow[];
  readonly request: GenerateRequest;
  /** Index in the request of its first row. */
  readonly first: number;
  /** Uniforms of a row. */
  readonly stride: number;
  readonly inputs: Readonly<Record<string, RunInput>>;
}

const stepsOf = ({ runtime }: GenerationContext) =>
  STEPS[decodesInLoop(runtime.device.kind) ? 'loop' : 'writtenOut'];

/** All rollouts of a request, in order. `adapterInputs` are the adapter's matrices by name. */
export async function generate(
  engine: GenerationContext,
  request: GenerateRequest,
  adapterInputs: Readonly<Record<string, RunInput>>,
): Promise<Completion[]> {
  const { prompts, maxNewTokens, uniforms } = request;
  const budgets = prompts.map((_, row) =>
    typeof maxNewTokens === 'number' ? maxNewTokens : maxNewTokens[row]!,
  );
  checkRequest(engine, prompts, budgets);
  const stride = Math.max(0, ...budgets);
  if (uniforms.length < prompts.length * stride) {
    throw new RequestError(
      `${uniforms.length} uniforms for ${prompts.length} x ${stride} tokens`,
      'Supply one uniform per token.',
    );
  }
  const inputs = {
    inverseTemperature: inverseTemperature(request.temperature),
    greedy: request.temperature > 0 ? 0 : 1,
    ...adapterInputs,
  };
  const completions: Completion[] = [];
  const atOnce = Math.min(engine.rows ?? MAX_ROWS, MAX_ROWS);
  for (let first = 0; first < prompts.length; first += atOnce) {
    const rows = prompts
      .slice(first, first + atOnce)
      .map((prompt, i) => new RolloutRow(prompt, engine.endIds, budgets[first + i]!));
    const before = completions.reduce((sum, { tokens }) => sum + tokens.length, 0);
    await generateBatch(engine, { rows, request, first, stride, inputs }, before);
    completions.push(...rows.map(({ completion }) => completion));
  }
  return completions;
}

/** @throws RequestError */
function checkRequest(
  engine: GenerationContext,
  prompts: readonly (readonly number[])[],
  budgets: readonly number[],
): void {
  const { contextLength } = engine.weights.architecture;
  prompts.forEach((prompt, row) => {
    const budget = budgets[row];
    if (budget === undefined || !Number.isInteger(budget) || budget < 1)
      throw new RequestError(`a budget of ${budget} tokens`, 'Ask for at least one token.');
    if (prompt.length === 0)
      throw new RequestError('a prompt is empty', 'Give every prompt at least one token.');
    if (prompt.length + budget > contextLength)
      throw new RequestError(
        `a prompt of ${prompt.length} tokens and ${budget} new ones exceed the context of ${contextLength}`,
        'Shorten the prompt or the completion budget.',
      );
  });
}

async function generateBatch(
  engine: GenerationContext,
  batch: RolloutBatch,
  tokensBefore: number,
): Promise<void> {
  const { rows, request, first } = batch;
  const told = new Set<RolloutRow>();
  const tell = (): void => {
    rows.forEach((row, i) => {
      if (row.finish === null || told.has(row)) return;
      told.add(row);
      request.onCompletion?.(first + i, row.completion);
    });
    request.onProgress?.(tokensBefore + rows.reduce((sum, { written }) => sum + written, 0), {
      first,
      tokens: rows.map(({ completion }) => completion.tokens),
    });
  };
  request.signal?.throwIfAborted();
  const caches = await prefill(engine, batch);
  try {
    tell();
    const step = stepsOf(engine).rows;
    while (rows.some(({ finish }) => finish === null)) {
      request.signal?.throwIfAborted();
      await caches.dropFinished(rows, (count) => roundUp(count, step));
      await decodeChunk(engine, batch, caches);
      tell();
    }
  } finally {
    caches.dispose();
  }
}

/** Distinct prompts, and for each row which one it continues. */
function distinct(rows: readonly RolloutRow[]): {
  readonly unique: readonly (readonly number[])[];
  readonly rowPrompt: readonly number[];
} {
  const indexOf = new Map<string, number>();
  const unique: (readonly number[])[] = [];
  const rowPrompt = rows.map(({ prompt }) => {
    const key = prompt.join();
    const known = indexOf.get(key) ?? unique.push(prompt) - 1;
    indexOf.set(key, known);
    return known;
  });
  return { unique, rowPrompt };
}

async function prefill(engine: GenerationContext, batch: RolloutBatch): Promise<Caches> {
  const { rows } = batch;
  const { unique, rowPrompt } = distinct(rows);
  const steps = stepsOf(engine);
  const promptLength = roundUp(Math.max(...unique.map(({ length }) => length)), steps.prompt);
  const longest = Math.max(...rows.map(({ prompt, left }) => prompt.length + left));
  const inLoop = decodesInLoop(engine.runtime.device.kind);
  const shape: PrefillShape = {
    prompts: unique.length,
    promptLength,
    rows: roundUp(rows.length, steps.rows),
    // Written out, the last run may go on for some tokens that nobody wants.
    capacity: inLoop ? promptLength : roundUp(Math.max(promptLength + 1, longest + engine.chunk), steps.room),
  };
  const program = await engine.programs.get({
    name: `prefill ${engine.precision}`,
    ...prefillShapes(shape),
    build: (sizes, device) => prefillGraph(engine.weights, engine.adapter, sizes, engine.precision, device),
    keep: isCache,
  });
  const ids = new Int32Array(shape.prompts * promptLength).fill(engine.eosId);
  unique.forEach((prompt, i) => ids.set(prompt, i * promptLength));
  const perRow = (value: (row: number) => number): number[] =>
    Array.from({ length: shape.rows }, (_, row) => value(row < rows.length ? row : 0));
  const slots = rows.map((_, row) => row);
  const outputs = await program.run({
    ids,
    rowPrompt: Int32Array.from(perRow((row) => rowPrompt[row]!)),
    last: Int32Array.from(perRow((row) => rowPrompt[row]! * promptLength + rows[row]!.prompt.length - 1)),
    uniforms: Float32Array.from(perRow((row) => uniformOf(batch, row, 0))),
    ...batch.inputs,
  });
  const kept: Record<string, DeviceTensor> = {};
  const read: Record<string, DeviceTensor> = {};
  const ofPrompts: Record<string, DeviceTensor> = {};
  for (const [name, tensor] of Object.entries(outputs))
    (isOfPrompt(name) ? ofPrompts : isCache(name) ? kept : read)[name] = tensor;
  const promptTokens = Float32Array.from(unique, ({ length }) => length - 1);
  const caches = inLoop
    ? new Caches(engine, kept, slots, shape.rows, 1, {
        tensors: ofPrompts,
        promptOf: rowPrompt,
        promptTokens,
        promptLength,
      })
    : new Caches(engine, kept, slots, shape.rows, shape.capacity);
  try {
    const tokens = (await read['tokens']!.download()) as Int32Array;
    const logProbs = (await read['logProbs']!.download()) as Float32Array;
    rows.forEach((row, i) => row.take(tokens[i]!, logProbs[i]!));
    return caches;
  } catch (error) {
    caches.dispose();
    throw error;
  } finally {
    disposeAll(read);
  }
}

/** The random number for a row's token, counted from 0; beyond its budget any will do. */
const uniformOf = ({ request, first, stride }: RolloutBatch, row: number, token: number): number =>
  token < stride ? request.uniforms[(first + row) * stride + token]! : 0;

/** Up to `chunk` more tokens for every row that has not ended. */
async function decodeChunk(engine: GenerationContext, batch: RolloutBatch, caches: Caches): Promise<void> {
  const { rows } = batch;
  const { size, slots, room, shared } = caches;
  const { weights, adapter, precision } = engine;
  const device = engine.runtime.device.kind;
  const inLoop = decodesInLoop(device);
  const perSlot = (value: (row: RolloutRow, index: number) => number): number[] =>
    Array.from({ length: size }, (_, slot) => {
      const index = slots[slot] ?? slots[0]!;
      return value(rows[index]!, index);
    });
  const left = slots.map((row) => rows[row]!.left);
  const tokens = inLoop ? Math.min(engine.chunk, Math.max(...left)) : engine.chunk;
  const { perPrompt, ...places } = caches.beside();
  const prompts = shared && {
    prompts: shared.promptTokens.length,
    promptLength: shared.promptLength,
    perPrompt,
  };
  const sizes = { rows: size, past: room, chunk: tokens, ends: [...engine.endIds] };
  const program = await engine.programs.get({
    name: `decode ${precision}`,
    ...decodeShapes({ ...sizes, ...(prompts && { shared: prompts }) }, device),
    build: (shape) => decodeGraph(weights, adapter, shape, precision, device),
    keep: isCache,
  });
  const perToken = (value: (token: number) => readonly number[]): number[] =>
    Array.from({ length: tokens }, (_, token) => value(token)).flat();
  const lengths = perSlot(({ cached }) => cached);
  const longest = Math.max(...lengths) + 1;
  const outputs = await program.run({
    tokens: Int32Array.from(perSlot(({ last }) => last)),
    uniforms: Float32Array.from(
      perToken((token) => perSlot((row, index) => uniformOf(batch, index, row.written + token))),
    ),
    ...(inLoop
      ? {
          lengths: Int32Array.from(lengths),
          left: Float32Array.from(perSlot((row) => row.left)),
          count: tokens,
          promptTokens: shared!.promptTokens,
          ...places,
          ...shared!.tensors,
        }
      : {
          lengths: Int32Array.from(perToken((token) => lengths.map((length) => length + token))),
          ...Object.fromEntries(
            Array.from({ length: tokens }, (_, i) => [totalName(i), Int32Array.of(longest + i)]),
          ),
        }),
    ...caches.tensors,
    ...batch.inputs,
  });
  const { sampled, logProbs } = outputs;
  caches.replace(outputs);
  try {
    const ids = (await sampled!.download()) as Int32Array;
    const values = (await logProbs!.download()) as Float32Array;
    // A loop ends early where all rows have.
    for (let at = 0; at < ids.length; at += size)
      slots.forEach((row, slot) => rows[row]!.take(ids[at + slot]!, values[at + slot]!));
  } finally {
    sampled!.dispose();
    logProbs!.dispose();
  }
}
