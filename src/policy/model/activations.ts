/** Activations of the MLP's gate, by their names in families/. */
import type { Tensor } from '../../tensor/graph.ts';
import { add, mul, silu, tanh } from '../../tensor/ops/arithmetic.ts';
import type { Family } from '../families/family.ts';

/** GELU by tanh (Hendrycks & Gimpel 2016), `gelu_pytorch_tanh`. */
function gelu(x: Tensor): Tensor {
  const inner = mul(add(x, mul(mul(mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI));
  return mul(mul(x, 0.5), add(tanh(inner), 1));
}

export const ACTIVATIONS: Readonly<Record<Family['activation'], (x: Tensor) => Tensor>> = { silu, gelu };
