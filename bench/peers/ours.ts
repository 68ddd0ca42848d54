/**
 * What this project does of the work (work.ts), on any of its devices: in a page on WASM, in Node natively.
 * The model of the step is one of nano's sizes, that of decoding any file.
 */
import { buildPolicy } from '../../src/policy/lora/load.ts';
import type { LoraPolicy } from '../../src/policy/lora/policy.ts';
import type { OpenedModel } from '../../src/policy/sources/open-model.ts';
import { bytesSource } from '../../src/policy/files/range-source.ts';
import { openGgufModel, openModel } from '../../src/policy/sources/open-model.ts';
import type { DeviceRequest } from '../../src/tensor/runtime/device.ts';
import type { Runtime } from '../../src/tensor/runtime/runtime.ts';
import type { UpdateRow } from '../../src/policy/types.ts';
import { NEW_TOKENS, PROMPT, STEP } from './work.ts';

export interface Ours {
  readonly label: string;
  /** Seconds of a step with its optimizer. */
  step(): Promise<number>;
  /** Seconds, and tokens written. */
  decode(rows: number): Promise<{ readonly seconds: number; readonly tokens: number }>;
  dispose(): Promise<void>;
}

export interface OursRequest {
  /** Reads a file of nano's folder. */
  readonly nano?: (name: string) => Promise<Uint8Array>;
  /** The bytes of a GGUF file. */
  readonly gguf?: Uint8Array;
  readonly device: DeviceRequest | Runtime;
}

const SETTINGS = {
  learningRate: 1e-4,
  temperature: 1,
  clipLow: 0.2,
  clipHigh: 0.2,
  dualClip: 3,
  klCoefficient: 0,
  klEstimator: 'k3',
  entropyCoefficient: 0,
  maxGradNorm: 1,
  weightDecay: 0,
  beta1: 0.9,
  beta2: 0.999,
  adamEps: 1e-8,
} as const;

export async function openOurs({ nano, gguf, device }: OursRequest): Promise<Ours> {
  const build = (model: OpenedModel): Promise<LoraPolicy> => {
    const { rank, alpha } = STEP;
    // Floats are what a CPU decodes fastest with, and what a run chooses where there is memory.
    return buildPolicy(model, { name: model.name, device, rank, alpha, seed: 1, linears: 'fp32' });
  };
  const trained =
    nano &&
    (await build(
      await openModel({
        name: 'nano',
        open: async (name) => bytesSource(await nano(name), name),
        has: () => Promise.resolve(false),
      }),
    ));
  const decoded = gguf && (await build(await openGgufModel(bytesSource(gguf, 'model.gguf'))));
  return {
    label: (trained ?? decoded)!.info.device,
    async step() {
      const begun = performance.now();
      await trained!.update(rows(trained!.tokenizer.vocabSize), SETTINGS);
      return (performance.now() - begun) / 1000;
    },
    async decode(count) {
      const ids = decoded!.tokenizer.encode(PROMPT);
      const prompts = Array.from({ length: count }, () => ids);
      const uniforms = new Float32Array(count * NEW_TOKENS).map((_, i) => ((i * 7919) % 1000) / 1000);
      const begun = performance.now();
      const written = await decoded!.generate({
        prompts,
        maxNewTokens: NEW_TOKENS,
        temperature: 1,
        uniforms,
      });
      const tokens = written.reduce((sum, { tokens: { length } }) => sum + length, 0);
      return { seconds: (performance.now() - begun) / 1000, tokens };
    },
    async dispose() {
      await trained?.dispose();
      await decoded?.dispose();
    },
  };
}

function rows(vocabSize: number): UpdateRow[] {
  const count = STEP.tokens - 1;
  return Array.from({ length: STEP.rows }, (_, row) => ({
    prompt: [1],
    completion: Array.from({ length: count }, (_, i) => 1 + ((i * 31 + row * 17) % (vocabSize - 1))),
    advantages: new Float32Array(count).fill(row % 2 === 0 ? 1 : -1),
    weights: new Float32Array(count).fill(1 / (STEP.rows * count)),
  }));
}
