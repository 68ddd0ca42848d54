/** An adapter's file on a policy: it is taken over whole and at its own strength, or refused. */
import { describe, expect, it } from 'vitest';
import { adapterMatrices, type AdapterSettings } from '../../../src/policy/model/adapter.ts';
import { CheckpointError } from '../../../src/policy/errors.ts';
import { exportAdapter } from '../../../src/policy/lora/peft.ts';
import { importAdapter } from '../adapter-file.ts';
import { parseSafetensors, writeSafetensors } from '../../../src/policy/files/safetensors.ts';
import type { PolicySnapshot } from '../../../src/policy/types.ts';
import { TINY } from '../tiny-model.ts';

const made = { name: 'tiny', parameters: 1 };
const place = 'a.safetensors';

/** Of every matrix the number that it has in the list. */
function trained(settings: AdapterSettings): PolicySnapshot {
  const tensors = adapterMatrices(TINY, settings).map(({ name, dims }, i) => {
    return [name, { dims, data: new Float32Array(dims[0] * dims[1]).fill(i + 1) }] as const;
  });
  return { step: 3, tensors: Object.fromEntries(tensors) };
}
const fileOf = (settings: AdapterSettings): Uint8Array =>
  exportAdapter(trained(settings), TINY, settings, made)['adapter_model.safetensors'];
const onto = (file: Uint8Array, settings: AdapterSettings) => importAdapter(file, TINY, settings, place);

/** The same matrices under another header, and with others beside them. */
function rewritten(
  file: Uint8Array,
  metadata: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): Uint8Array {
  const tensors = [...parseSafetensors(file, place).tensors].map(([name, tensor]) => ({ name, ...tensor }));
  const extra = more.map((name) => ({ ...tensors[0]!, name }));
  return writeSafetensors([...tensors, ...extra], metadata);
}

describe('an adapter file', () => {
  const settings = { rank: 2, alpha: 6 };

  it.each([settings, { ...settings, layers: 1 }])('of the settings %o is taken over whole', (own) => {
    const back = onto(fileOf(own), own);
    const expected = trained(own).tensors;
    for (const [name, { data }] of Object.entries(expected)) expect(back.tensors[name]!.data).toEqual(data);
    expect(Object.keys(back.tensors)).toHaveLength(3 * Object.keys(expected).length);
  });

  it('of another alpha is applied at its own strength: B takes up the difference', () => {
    const [own, other] = [6, 3].map((alpha) => onto(fileOf(settings), { ...settings, alpha }).tensors);
    for (const [name, { data }] of Object.entries(own!)) {
      const factor = name.endsWith('lora_B') ? 2 : 1;
      expect(other![name]!.data).toEqual(data.map((value) => value * factor));
    }
  });

  it('of a larger rank is refused, and so is one that does not say its alpha', () => {
    expect(() => onto(fileOf(settings), { rank: 1, alpha: 6 })).toThrow(/rank 2.* rank 1/);
    for (const metadata of [{ alpha: 'much' }, { format: 'pt' }] as Record<string, string>[])
      expect(() => onto(rewritten(fileOf(settings), metadata), settings)).toThrow(CheckpointError);
  });

  it('of more layers than are adapted is refused: it would be applied in part', () => {
    const adopt = () => onto(fileOf(settings), { ...settings, layers: 1 });
    expect(adopt).toThrow(CheckpointError);
    expect(adopt).toThrow(/layers\.0\./);
  });

  it.each(['layers.0.mlp.router.lora_A.weight', 'embed_tokens.lora_embedding_A'])(
    'with a matrix for what is not adapted is refused: %s',
    (name) => {
      const file = rewritten(fileOf(settings), { alpha: '6' }, [`base_model.model.model.${name}`]);
      expect(() => onto(file, settings)).toThrow(name.replace(/\.lora_.*/, ''));
    },
  );
});
