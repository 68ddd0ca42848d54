/**
 * Inner products of gradients. All that the compass says (reading.ts) is a function of them, so the
 * gradients, which may be large, need not be kept. Where they come from is not known here.
 */
import type { Gradient } from '../../policy/types.ts';

/** The gradient of each direction on each part of the tasks; null where a part has nothing of it. */
export interface PartGradients {
  readonly names: readonly string[];
  readonly parts: number;
  /** [direction][part] */
  readonly gradients: readonly (readonly (Gradient | null)[])[];
}

/** Inner products of all gradients with each other, [n, n] row-major, n = directions * parts. */
export interface Products {
  readonly names: readonly string[];
  readonly parts: number;
  readonly values: Float64Array;
}

export interface CompassProducts {
  readonly whole: Products;
  /** The matrices of one decoder layer each, those that have an adapter, ascending. */
  readonly layers: readonly { readonly layer: number; readonly products: Products }[];
}

/** `layers.3.self_attn.q_proj.lora_A` is of layer 3; null for a matrix of none. */
function layerOf(matrix: string): number | null {
  const found = /(?:^|\.)layers\.(\d+)\./.exec(matrix)?.[1];
  return found === undefined ? null : Number(found);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Sums in double precision over the matrices, whole and by layer. A missing gradient is zero. */
export function productsOf({ names, parts, gradients }: PartGradients): CompassProducts {
  const all = gradients.flat();
  const n = all.length;
  const matrices = Object.keys(all.find((gradient) => gradient !== null) ?? {});
  const numbers = [...new Set(matrices.map(layerOf))].filter((layer) => layer !== null);
  const empty = (): Products => ({ names, parts, values: new Float64Array(n * n) });
  const whole = empty();
  const layers = numbers.sort((a, b) => a - b).map((layer) => ({ layer, products: empty() }));
  const into = new Map(layers.map(({ layer, products }) => [layer, products.values]));
  for (const matrix of matrices) {
    const own = into.get(layerOf(matrix) ?? -1);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const [a, b] = [all[i]?.[matrix], all[j]?.[matrix]];
        if (a === undefined || b === undefined) continue;
        const value = dot(a, b);
        for (const values of [whole.values, own]) {
          if (values === undefined) continue;
          values[i * n + j]! += value;
          if (i !== j) values[j * n + i]! += value;
        }
      }
    }
  }
  return { whole, layers };
}
