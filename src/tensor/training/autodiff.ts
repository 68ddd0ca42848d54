/**
 * Reverse-mode differentiation: walks the tape of a graph backwards from a scalar and
 * appends the gradient's own operators to the same graph. Each operator's rule stands
 * beside the operator (ops/); this file only orders them and sums what meets.
 */
import { GraphError } from '../errors.ts';
import type { Tensor } from '../graph.ts';
import { add } from '../ops/arithmetic.ts';
import { sizeOf } from '../types.ts';

/**
 * Gradients of the scalar `loss` with respect to each of `parameters`, same shapes, float32.
 * A parameter that the loss does not depend on is an error: it would silently never learn.
 */
export function gradients(loss: Tensor, parameters: readonly Tensor[]): Tensor[] {
  if (sizeOf(loss.dims) !== 1) throw new GraphError(`the loss has shape [${loss.dims}], not a scalar`);
  const graph = loss.graph;
  return graph.withoutRecording(() => {
    const gradientOf = new Map<Tensor, Tensor>();
    gradientOf.set(
      loss,
      graph.cached(`ones${loss.dims}`, () => graph.constant('float32', loss.dims, Float32Array.of(1))),
    );
    for (let index = graph.tape.length - 1; index >= 0; index--) {
      const { inputs, outputs, pullback } = graph.tape[index]!;
      const outputGradients = outputs.map((output) => gradientOf.get(output));
      if (outputGradients.every((gradient) => gradient === undefined)) continue;
      pullback(outputGradients).forEach((gradient, position) => {
        const input = inputs[position]!;
        if (!gradient || !input.needsGradient) return;
        if (gradient.dims.join() !== input.dims.join()) {
          throw new GraphError(`gradient [${gradient.dims}] for ${input.name} [${input.dims}]`);
        }
        const sum = gradientOf.get(input);
        gradientOf.set(input, sum ? add(sum, gradient) : gradient);
      });
    }
    return parameters.map((parameter) => {
      const gradient = gradientOf.get(parameter);
      if (!gradient) throw new GraphError(`the loss does not depend on ${parameter.name}`);
      return gradient;
    });
  });
}
