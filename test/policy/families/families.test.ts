/**
 * The families that are read: what a description says is what files are asked for,
 * and what the documents name is what is supported.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../src/policy/files/checkpoint.ts';
import { readWeights } from '../../../src/policy/files/read-weights.ts';
import { FAMILIES } from '../../../src/policy/families/families.ts';
import { checkpointName, ggufName, layerTensor, type Family } from '../../../src/policy/families/family.ts';
import { qwen2 } from '../../../src/policy/families/qwen2.ts';
import { TINY } from '../tiny-model.ts';

/** A checkpoint that has every tensor it is asked for, all zeros, and notes their names. */
function noting(asked: string[]): Checkpoint {
  return {
    bytes: 0,
    fingerprint: () => Promise.resolve('0'),
    has: () => true,
    matrix: (name, [outFeatures, inFeatures]) => {
      asked.push(name);
      const data = new Float32Array(outFeatures * inFeatures);
      return Promise.resolve({ weight: { kind: 'dense', outFeatures, inFeatures, data }, stored: 'F32' });
    },
    rows: () => Promise.reject(new Error('weights are read whole')),
    vector: (name, length) => {
      asked.push(name);
      return Promise.resolve(new Float32Array(length));
    },
  };
}

const readNames = async (family: Family): Promise<string[]> => {
  const asked: string[] = [];
  const architecture = { ...TINY, family, biases: family.biases, layers: 1, tiedHead: false };
  await readWeights(noting(asked), architecture, 'fp32');
  return asked;
};

describe('a family', () => {
  it('is asked for by the names of transformers', async () => {
    // As `transformers` names the parameters of Qwen2ForCausalLM with one layer.
    expect((await readNames(qwen2)).sort()).toEqual(
      [
        'model.embed_tokens',
        'model.layers.0.self_attn.q_proj',
        'model.layers.0.self_attn.q_proj.bias',
        'model.layers.0.self_attn.k_proj',
        'model.layers.0.self_attn.k_proj.bias',
        'model.layers.0.self_attn.v_proj',
        'model.layers.0.self_attn.v_proj.bias',
        'model.layers.0.self_attn.o_proj',
        'model.layers.0.mlp.gate_proj',
        'model.layers.0.mlp.up_proj',
        'model.layers.0.mlp.down_proj',
        'model.layers.0.input_layernorm.weight',
        'model.layers.0.post_attention_layernorm.weight',
        'model.norm.weight',
        'lm_head',
      ].sort(),
    );
  });

  it('that names its tensors otherwise is read and paired with GGUF by its description alone', async () => {
    const other: Family = {
      ...qwen2,
      embedding: { name: 'wte', gguf: 'token_embd' },
      linears: { ...qwen2.linears, up: { name: 'mlp.c_fc', gguf: 'ffn_up' } },
    };
    const asked = await readNames(other);
    expect(asked).toContain('model.wte');
    expect(asked).toContain('model.layers.0.mlp.c_fc');
    expect(asked).not.toContain('model.layers.0.mlp.up_proj');
    expect(ggufName(other, 'model.wte')).toBe('token_embd');
    expect(ggufName(other, 'model.layers.7.mlp.c_fc')).toBe('blk.7.ffn_up');
    expect(() => ggufName(other, 'model.layers.7.mlp.up_proj')).toThrow('no GGUF name');
  });

  it.each(FAMILIES)('$modelType has a name of its own for every tensor, in both formats', (family) => {
    const names = [
      ...[family.embedding, family.finalNorm, family.head].map(({ name }) => name),
      ...[...Object.values(family.norms), ...Object.values(family.linears)].map((tensor) =>
        layerTensor(3, tensor),
      ),
    ].map((name) => checkpointName(family, name));
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(names.map((name) => ggufName(family, name))).size).toBe(names.length);
  });
});

describe('the families that are supported', () => {
  const page = readFileSync(new URL('../../../docs/real-models.md', import.meta.url), 'utf8');

  it('are those that docs/real-models.md lists, no more and no fewer', () => {
    const row = /^\| architectures +\| ([^;|]*)/m.exec(page)![1]!;
    expect([...row.matchAll(/`([^`]+)`/g)].map(([, name]) => name)).toEqual(
      FAMILIES.map(({ modelType }) => modelType),
    );
  });

  it('are told apart in both formats', () => {
    expect(new Set(FAMILIES.map(({ modelType }) => modelType)).size).toBe(FAMILIES.length);
    expect(new Set(FAMILIES.map(({ gguf }) => gguf.architecture)).size).toBe(FAMILIES.length);
  });
});
