/**
 * Adapters of many kinds on many families, as PEFT made them: applied as PEFT applies
 * them, or refused by the name of what is not applied. scripts/vectors/peft_families.py
 * wrote the folders, PEFT's log-probabilities and what is refused.
 */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { CheckpointError } from '../../../src/policy/errors.ts';
import { openSafetensors } from '../../../src/policy/files/checkpoint.ts';
import { bytesSource } from '../../../src/policy/files/range-source.ts';
import { readWeights } from '../../../src/policy/files/read-weights.ts';
import { writeSafetensors } from '../../../src/policy/files/safetensors.ts';
import { fitAdapter } from '../../../src/policy/lora/fit-adapter.ts';
import { openAdapter } from '../../../src/policy/lora/open-adapter.ts';
import { LoraPolicy } from '../../../src/policy/lora/policy.ts';
import type { AdapterFile } from '../../../src/policy/lora/read-adapter.ts';
import { parseArchitecture } from '../../../src/policy/model/architecture.ts';
import type { Weights } from '../../../src/policy/model/weights.ts';
import { nodeWasm } from '../../../src/tensor/runtime/node.ts';
import { createRuntime, type Runtime } from '../../../src/tensor/runtime/runtime.ts';
import expected from '../vectors/peft-families/expected.json' with { type: 'json' };
import refused from '../vectors/peft-families/refused.json' with { type: 'json' };
import { plainTokenizer } from '../tiny-model.ts';

const read = (path: string) => readFile(new URL(`../vectors/${path}`, import.meta.url));
const adapterAt = async (name: string): Promise<AdapterFile> => ({
  name,
  bytes: await read(`peft-families/${name}/adapter_model.safetensors`),
  config: (await read(`peft-families/${name}/adapter_config.json`)).toString(),
});

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createRuntime(nodeWasm(1));
});

const bases = new Map<string, Promise<Weights>>();
const baseOf = (family: string): Promise<Weights> => {
  const found = bases.get(family) ?? readBase(family);
  bases.set(family, found);
  return found;
};
async function readBase(family: string): Promise<Weights> {
  const source = bytesSource(await read(`families/${family}/model.safetensors`), 'model.safetensors');
  const config = JSON.parse((await read(`families/${family}/config.json`)).toString()) as unknown;
  return readWeights(await openSafetensors([source]), parseArchitecture(config), 'fp32');
}

type Rows = readonly (readonly number[])[];
const distance = (one: Rows, other: Rows): number =>
  Math.max(...one.flatMap((row, i) => row.map((value, j) => Math.abs(value - other[i]![j]!))));

describe('an adapter of PEFT’s', () => {
  const adapters: Readonly<Record<string, { readonly family: string; readonly logProbs: Rows }>> =
    expected.adapters;
  const unadapted: Readonly<Record<string, Rows>> = expected.base;

  it.each(Object.entries(adapters))(
    'is applied as PEFT applies it: %s',
    async (name, { family, logProbs }) => {
      const weights = await baseOf(family);
      const opened = await openAdapter(await adapterAt(name));
      const settings = { rank: opened.rank, alpha: opened.alpha };
      const tokenizer = plainTokenizer(weights.architecture.vocabSize);
      const policy = new LoraPolicy({ name, runtime, weights, tokenizer, adapter: settings, seed: 1 });
      await policy.restore(fitAdapter(opened, weights.architecture, settings));
      const scored = await policy.score({
        sequences: expected.texts.map(([first, ...rest]) => ({ prompt: [first!], completion: rest })),
        temperature: 1,
      });
      await policy.dispose();
      expect(
        distance(
          logProbs,
          scored.map((one) => [...one.logProbs]),
        ),
      ).toBeLessThan(1e-4);
      expect(distance(logProbs, unadapted[family]!)).toBeGreaterThan(0.01);
    },
  );

  const NAMED: Readonly<Record<keyof typeof refused, string>> = {
    dora: '"use_dora" is true',
    'bias-all': 'bias is "all"',
    'bias-lora-only': 'bias is "lora_only"',
    'lora-bias': '"lora_bias" is true',
    head: '"modules_to_save" is ["lm_head"]',
    'embedding-saved': '"modules_to_save" is ["embed_tokens"]',
    embedding: 'embed_tokens',
    'head-adapted': 'lm_head',
    'norm-saved': '"modules_to_save" is ["input_layernorm"]',
    tokens: '"trainable_token_indices" is [3,4]',
    parameters: '"target_parameters" is ["self_attn.q_proj.weight"]',
    invoked: '"alora_invocation_tokens" is [3,4]',
    replicated: '"layer_replication" is [[0,2],[1,2]]',
    pissa: 'init_lora_weights is "pissa"',
    'pissa-niter': 'init_lora_weights is "pissa_niter_4"',
    olora: 'init_lora_weights is "olora"',
    adalora: 'peft_type is "ADALORA"',
    loha: 'peft_type is "LOHA"',
    lokr: 'peft_type is "LOKR"',
    ia3: 'peft_type is "IA3"',
    vera: 'peft_type is "VERA"',
    boft: 'peft_type is "BOFT"',
    oft: 'peft_type is "OFT"',
    fourierft: 'peft_type is "FOURIERFT"',
    hra: 'peft_type is "HRA"',
    randlora: 'peft_type is "RANDLORA"',
    'layer-norm': 'peft_type is "LN_TUNING"',
    prompt: 'peft_type is "PROMPT_TUNING"',
    prefix: 'peft_type is "PREFIX_TUNING"',
    'trained-tokens': 'peft_type is "TRAINABLE_TOKENS"',
    headless: 'base_model.model.layers.0.self_attn.q_proj.lora_A.weight',
  };

  it.each(Object.entries(NAMED))('is refused by what is not applied: %s', async (name, named) => {
    const { config, tensors } = refused[name as keyof typeof refused];
    const zeros = Object.entries(tensors as Readonly<Record<string, readonly number[]>>).map(
      ([path, dims]) => ({
        name: path,
        dtype: 'F32' as const,
        dims,
        bytes: new Uint8Array(4 * dims.reduce((product, n) => product * n, 1)),
      }),
    );
    const file = { name, bytes: writeSafetensors(zeros, {}), config: JSON.stringify(config) };
    await expect(openAdapter(file)).rejects.toThrow(CheckpointError);
    await expect(openAdapter(file)).rejects.toThrow(named);
  });
});
