/**
 * Models of the sizes of Qwen2.5-Coder's smaller two, planned before anything of them is loaded. Sizes are
 * those of their configurations (https://huggingface.co/Qwen), files in bfloat16.
 */
import { expect, it } from 'vitest';
import { createConfig } from '../../src/learning/config.ts';
import { planOwnModel, realModelSettings } from '../../src/experiment/real-model.ts';
import type { FormatPlan } from '../../src/experiment/memory.ts';
import { parameterCount, parseArchitecture } from '../../src/policy/model/architecture.ts';
import { MemoryCapError } from '../../src/policy/lora/fit-sizes.ts';

const SIZES = {
  half: { hidden_size: 896, intermediate_size: 4864, num_hidden_layers: 24, num_attention_heads: 14 },
  oneAndAHalf: { hidden_size: 1536, intermediate_size: 8960, num_hidden_layers: 28, num_attention_heads: 12 },
} as const;
const GIB = 2 ** 30;

function plan(
  size: keyof typeof SIZES,
  device: 'wasm' | 'webgpu',
  memoryBytes?: number,
  settings: Record<string, number> = {},
): FormatPlan {
  const architecture = parseArchitecture({
    architectures: ['Qwen2ForCausalLM'],
    model_type: 'qwen2',
    num_key_value_heads: 2,
    vocab_size: 151936,
    max_position_embeddings: 32768,
    rope_theta: 1e6,
    rms_norm_eps: 1e-6,
    tie_word_embeddings: true,
    hidden_act: 'silu',
    ...SIZES[size],
  });
  return planOwnModel(
    createConfig({ ...realModelSettings({}), ...settings }),
    { architecture, checkpoint: { bytes: 2 * parameterCount(architecture) } },
    { device, pythonWorkers: 2, place: 'page', ...(memoryBytes !== undefined && { memoryBytes }) },
    160,
  );
}

it('half a billion parameters fit a page of 4 GiB, in blocks; of more, as floats on a CPU', () => {
  expect(plan('half', 'wasm', 4 * GIB)).toMatchObject({ linears: 'int4', because: 'short' });
  expect(plan('half', 'webgpu', 4 * GIB)).toMatchObject({ linears: 'int4', because: 'only' });
  expect(plan('half', 'wasm', 16 * GIB)).toMatchObject({ linears: 'fp32', because: 'room' });
});

it.each(['wasm', 'webgpu'] as const)(
  'one and a half do not on %s, and are refused with the numbers',
  (device) => {
    const refused = /^The run would take about \d+ MiB at its smallest, and this machine has 4096 MiB\.$/;
    expect(() => plan('oneAndAHalf', device, 4 * GIB)).toThrow(MemoryCapError);
    expect(() => plan('oneAndAHalf', device, 4 * GIB)).toThrow(refused);
    // What a browser tells at most may be less than there is.
    const { sizes, prediction } = plan('oneAndAHalf', device, 8 * GIB);
    expect(prediction.total).toBeGreaterThan(4 * GIB);
    expect(sizes.rows).toBeGreaterThan(0);
  },
);

it('a cap that is lower than the machine is the one that is named', () => {
  expect(() => plan('oneAndAHalf', 'webgpu', 4 * GIB, { 'memory.capMiB': 1000 })).toThrow(
    /1000 MiB is the cap/,
  );
});
