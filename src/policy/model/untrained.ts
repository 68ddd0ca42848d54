/**
 * A network that learned nothing: every matrix keeps its values and forgets where they were, so that sizes of
 * activations stay about what they are. A control for what a probe finds in a trained one.
 */
import { createRandom, type Random } from '../../base/random.ts';
import { dense, type LinearWeight, type Weights } from './weights.ts';

/** Shuffles each matrix; norms and biases stay. Matrices in blocks become dense. */
export function untrained(weights: Weights, seed: number): Weights {
  const random = createRandom(seed).fork('untrained');
  const embedding = shuffled(weights.embedding, random.fork('embedding'));
  const { joined: _, ...rest } = weights;
  return {
    ...rest,
    linears: new Map(
      [...weights.linears].map(([name, weight]) => [name, shuffled(weight, random.fork(name))]),
    ),
    embedding,
    head: weights.head === weights.embedding ? embedding : shuffled(weights.head, random.fork('head')),
  };
}

function shuffled(weight: LinearWeight, random: Random): LinearWeight {
  const data = dense(weight).slice();
  for (let i = data.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [data[i], data[j]] = [data[j]!, data[i]!];
  }
  const { outFeatures, inFeatures } = weight.kind === 'dense' ? weight : weight.blocks;
  return { kind: 'dense', outFeatures, inFeatures, data };
}
