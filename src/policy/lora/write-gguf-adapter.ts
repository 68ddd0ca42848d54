/**
 * Writes the adapter as a GGUF file that llama.cpp loads beside its model (`--lora`). read-gguf-adapter.ts
 * reads such files. Matrices that are zero, as of a linear map that is not adapted, are left out.
 */
import { RequestError } from '../errors.ts';
import { floatBytes } from '../files/safetensors.ts';
import { ggufName, rotatedLinears } from '../families/family.ts';
import { adapterMatrices, type AdapterSettings } from '../model/adapter.ts';
import type { Architecture } from '../model/architecture.ts';
import type { PolicySnapshot } from '../types.ts';
import { rowsFromPairs } from '../gguf/rotary-rows.ts';
import { ggufReal, ggufText, writeGguf, type GgufTensorToStore } from '../gguf/write.ts';

export function ggufAdapter(
  { tensors }: PolicySnapshot,
  architecture: Architecture,
  settings: AdapterSettings,
  base: { readonly name: string },
): Uint8Array {
  const { family, headDim } = architecture;
  const dataOf = (name: string): Float32Array => {
    const stored = tensors[name];
    if (!stored)
      throw new RequestError(`the snapshot has no ${name}`, 'Export with the rank it was trained with.');
    return stored.data;
  };
  const isPermuted = (name: string): boolean =>
    family.gguf.rotaryRows === 'pairs' && rotatedLinears(family).some((linear) => name.includes(linear.name));
  const matrices = adapterMatrices(architecture, settings).flatMap(
    ({ name, dims, side }): GgufTensorToStore[] => {
      const linear = name.replace(/\.lora_[AB]$/, '');
      const data = dataOf(name);
      if (['A', 'B'].some((end) => dataOf(`${linear}.lora_${end}`).every((value) => value === 0))) return [];
      const ordered = side === 'B' && isPermuted(linear) ? inPairs(data, dims, headDim) : data;
      const stem = ggufName(family, `model.${linear}`);
      return [
        { name: `${stem}.weight.lora_${side.toLowerCase()}`, type: 'F32', dims, bytes: floatBytes(ordered) },
      ];
    },
  );
  return writeGguf(
    {
      'general.architecture': ggufText(family.gguf.architecture),
      'general.type': ggufText('adapter'),
      'general.name': ggufText(`adapter of ${base.name}`),
      'adapter.type': ggufText('lora'),
      'adapter.lora.alpha': ggufReal(settings.alpha),
    },
    matrices,
  );
}

/** The rows of queries or keys, the two of a rotated pair side by side. */
function inPairs(
  data: Float32Array,
  [rows, columns]: readonly [number, number],
  headDim: number,
): Float32Array {
  const out = new Float32Array(data.length);
  rowsFromPairs(rows, headDim).forEach((to, row) =>
    out.set(data.subarray(row * columns, (row + 1) * columns), to * columns),
  );
  return out;
}
