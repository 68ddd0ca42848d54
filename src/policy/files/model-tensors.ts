/**
 * The tensors of a model as floats under their names in a checkpoint of transformers, read a few rows at a
 * time, with an adapter merged into them where one is given. Writers of both formats take them from here
 * (write-folder.ts, ../gguf/write-model.ts). No more than some rows are held at once.
 */
import { checkpointName } from '../families/family.ts';
import { adapterScale, type AdapterSettings } from '../model/adapter.ts';
import { allLinears, normShapes, type Architecture } from '../model/architecture.ts';
import type { PolicySnapshot } from '../types.ts';
import type { Checkpoint } from './checkpoint.ts';

/** What is merged into the weights. */
export interface AdapterToMerge {
  readonly snapshot: PolicySnapshot;
  readonly settings: AdapterSettings;
}

/** What the tensors are read from. */
export interface TensorSource {
  readonly architecture: Architecture;
  readonly checkpoint: Checkpoint;
}

export interface ModelTensor {
  /** With its ending: `model.layers.0.mlp.up_proj.weight`. */
  readonly name: string;
  /** [out, in], or [length] of a norm or a bias. */
  readonly dims: readonly number[];
  /** Rows `first` to `first + count`, row-major; entries of a norm or a bias. @throws CheckpointError */
  rows(first: number, count: number): Promise<Float32Array>;
}

/**
 * All tensors in the order in which they are computed with.
 * @param normsAre `stored`: less one where transformers keeps them so; `whole`: as they are multiplied with
 */
export function modelTensors(
  { architecture, checkpoint }: TensorSource,
  adapter: AdapterToMerge | undefined,
  normsAre: 'stored' | 'whole',
): ModelTensor[] {
  const { family } = architecture;
  const matrix = (name: string, dims: readonly [number, number]): ModelTensor => {
    const path = checkpointName(family, name);
    return {
      name: `${path}.weight`,
      dims,
      rows: async (first, count) =>
        merged(await checkpoint.rows(path, dims, first, count), name, dims, first, adapter),
    };
  };
  const vector = (name: string, length: number, change = 0): ModelTensor => {
    const path = checkpointName(family, name);
    return {
      name: path,
      dims: [length],
      async rows(first, count) {
        const values = (await checkpoint.vector(path, length)).subarray(first, first + count);
        return change === 0 ? values : values.map((value) => value + change);
      },
    };
  };
  const isLessOne = family.normsLessOne === true && checkpoint.hasNormsLessOne === true;
  const wanted = family.normsLessOne === true && normsAre === 'stored';
  const change = Number(isLessOne) - Number(wanted);
  const table: readonly [number, number] = [architecture.vocabSize, architecture.hiddenSize];
  return [
    matrix(family.embedding.name, table),
    ...allLinears(architecture).flatMap(({ name, linear, shape }) => [
      matrix(name, shape),
      ...(architecture.biases.includes(linear) ? [vector(`${name}.bias`, shape[0])] : []),
    ]),
    ...normShapes(architecture).map(({ norm, ending, length }) =>
      vector(`${norm}.${ending}`, length, change),
    ),
    ...(architecture.tiedHead ? [] : [matrix(family.head.name, table)]),
  ];
}

/** Rows of W + scale B A. @param first the first of the rows that `weight` has */
function merged(
  weight: Float32Array,
  name: string,
  [, columns]: readonly [number, number],
  first: number,
  adapter: AdapterToMerge | undefined,
): Float32Array {
  const [a, b] = ['A', 'B'].map((side) => adapter?.snapshot.tensors[`${name}.lora_${side}`]?.data);
  if (!adapter || !a || !b) return weight;
  const { rank } = adapter.settings;
  const scale = adapterScale(adapter.settings);
  const out = weight.slice();
  for (let row = 0; row < out.length / columns; row++)
    for (let k = 0; k < rank; k++) {
      const factor = scale * b[(first + row) * rank + k]!;
      if (factor === 0) continue;
      for (let column = 0; column < columns; column++)
        out[row * columns + column]! += factor * a[k * columns + column]!;
    }
  return out;
}
