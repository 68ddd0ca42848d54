/**
 * Estimators, policy losses, KL, critic and normalisation against verl's own
 * functions: scripts/vectors/verl_functions.py called them. Where the two differ by
 * design (whitening counts rollouts here, tokens there), every rollout has one token.
 */
import { describe, expect, it } from 'vitest';
import { advantages, type Estimator, type RewardGroup } from '../../src/learning/advantages.ts';
import { gaeOf, improve, whitened, type ValueHead } from '../../src/learning/gae.ts';
import { klTerm } from '../../src/learning/objective.ts';
import type { ObjectiveName } from '../../src/learning/objectives/index.ts';
import { correctionFactors } from '../../src/learning/reweigh.ts';
import { near, nearRows, readVectors, slopesOf, weightsOf, type LossInputs, type Rows } from './others.ts';

interface Vectors {
  readonly made: Readonly<Record<string, string>>;
  readonly advantages: {
    readonly rewards: Rows;
    readonly lengths: Rows;
    readonly greedy: readonly number[];
    readonly parts: Readonly<Record<string, Rows>>;
    readonly weights: Readonly<Record<string, number>>;
    readonly eps: number;
    readonly expected: Readonly<Record<string, Rows>>;
  };
  readonly critic: {
    readonly gamma: number;
    readonly lambda: number;
    readonly rewards: Rows;
    readonly values: Rows;
    readonly advantages: Rows;
    readonly returns: Rows;
    readonly head: {
      readonly clip: number;
      readonly rate: number;
      readonly start: readonly number[];
      readonly states: readonly Rows[];
      readonly target: Rows;
      readonly losses: readonly number[];
      readonly weights: readonly number[];
    };
  };
  readonly policy: LossInputs & {
    readonly sampler: Rows;
    readonly losses: Readonly<
      Record<ObjectiveName, { loss: number; gradient: Rows; metrics: Readonly<Record<string, number>> }>
    >;
    readonly kl: Readonly<Record<'k1' | 'k2' | 'k3' | 'k3+', { value: Rows; gradient: Rows }>>;
    readonly correction: { readonly cap: number; 'token-truncate': Rows; 'sequence-truncate': Rows };
    readonly aggregated: {
      readonly losses: Rows;
      readonly budget: number;
      readonly modes: Readonly<Record<'token-mean' | 'sequence-mean' | 'constant', number>>;
    };
  };
}

const vectors = readVectors('verl-functions') as Vectors;
const { policy, critic } = vectors;

it('was made by a verl of 0.9 or later', () => expect(vectors.made['verl']).toMatch(/^(0\.9|0\.\d\d|[1-9])/));

describe('advantages as verl has them', () => {
  const given = vectors.advantages;
  const names = Object.keys(given.expected) as Estimator[];

  it.each(names)('%s', (estimator) => {
    const groups = given.rewards.map((rewards, g): RewardGroup => ({
      kind: 'code',
      rewards,
      lengths: given.lengths[g]!,
      greedy: given.greedy[g]!,
      components: Object.fromEntries(Object.entries(given.parts).map(([name, part]) => [name, part[g]!])),
    }));
    const found = advantages(groups, { estimator, clip: 0, eps: given.eps, weights: given.weights });
    // verl adds 1e-8 to a variance where 1e-6 is added to a deviation here.
    nearRows(found, given.expected[estimator]!, 5e-6);
  });
});

describe('the critic as verl has it', () => {
  it('has verl’s advantages and returns', () => {
    const found = critic.rewards.map((rewards, i) =>
      gaeOf(rewards, critic.values[i]!, critic.gamma, critic.lambda),
    );
    nearRows(
      found.map(({ returns }) => returns),
      critic.returns,
    );
    nearRows(whitened(found.map((one) => one.advantages)), critic.advantages);
  });

  it('learns by verl’s value loss and torch’s Adam', () => {
    const { head: given } = critic;
    const states = Float32Array.from(given.states.flat(2));
    const target = Float64Array.from(given.target.flat());
    const zeros = given.start.map(() => 0);
    let head: ValueHead = { weights: given.start, first: zeros, second: zeros, step: 0 };
    const size = given.start.length - 1;
    const old = Float64Array.from(
      given.states.flat(),
      (state) => state.reduce((sum, x, i) => sum + x * given.start[i]!, 0) + given.start[size]!,
    );
    const losses = given.losses.map(() => {
      const step = improve(head, states, target, old, { learningRate: given.rate, clip: given.clip });
      head = step.head;
      return step.loss;
    });
    near(losses, given.losses);
    near(head.weights, given.weights);
  });
});

describe('policy losses as verl has them', () => {
  it.each(Object.keys(policy.losses) as ObjectiveName[])('%s, its gradient by autograd', (name) => {
    const { gradient, loss, metrics } = policy.losses[name];
    const found = slopesOf(name, policy);
    // Coefficients are numbers of 32 bits.
    nearRows(found.rows, gradient, 1e-6);
    if (found.losses) near([found.losses.flat().reduce((sum, one) => sum + one, 0)], [loss]);
    const tokens = policy.logProbs.flat().length;
    const share = metrics['actor/pg_clipfrac'];
    if (name === 'ppo' || name === 'gspo') near([(found.clippedLow + found.clippedHigh) / tokens], [share!]);
    if (name === 'ppo') near([found.dualClipped / tokens], [metrics['actor/pg_clipfrac_lower']!]);
  });

  it.each(['k1', 'k2', 'k3', 'k3+'] as const)('the KL %s and its gradient', (kind) => {
    const found = policy.logProbs.map((row, i) =>
      row.map((logp, t) => klTerm(logp, policy.old[i]![t]!, kind)),
    );
    nearRows(
      found.map((row) => row.map(({ kl }) => kl)),
      policy.kl[kind].value,
    );
    nearRows(
      found.map((row) => row.map(({ dLogp }) => dLogp)),
      policy.kl[kind].gradient,
    );
  });

  it.each(['token-truncate', 'sequence-truncate'] as const)('sampling corrected by %s', (mode) => {
    const { correction, sampler, old } = policy;
    const found = old.map((row, i) => correctionFactors(row, sampler[i]!, mode, correction.cap));
    nearRows(found, correction[mode]);
  });

  it.each(['token-mean', 'sequence-mean', 'constant'] as const)('averaged by %s', (normalisation) => {
    const { losses, budget, modes } = policy.aggregated;
    const weights = weightsOf(
      losses.map(({ length }) => length),
      normalisation,
      budget,
    );
    const found = losses.reduce(
      (sum, row, i) => sum + weights[i]! * row.reduce((all, one) => all + one, 0),
      0,
    );
    near([found], [modes[normalisation]]);
  });
});
