/**
 * PPO's critic: a value head on the policy's hidden states, detached, so that it moves the head alone, and
 * advantages per token by generalised advantage estimation. A kind of rollouts has a head of its own. The
 * rewards of tokens are the KL's, where it is in the reward, and the rollout's at its last token.
 */
import type { Policy } from '../policy/types.ts';
import type { GradedGroup, GradedRollout } from './alignment-rollouts.ts';
import type { JudgedGroup, JudgedRollout } from './code-rollouts.ts';
import { hasCreditWithin, type Config } from './config.ts';
import type { Metrics } from './events.ts';
import { emptyHead, explainedVariance, gaeOf, improve, valuesOf, whitened, type ValueHeads } from './gae.ts';
import type { Kind } from './normalise.ts';
import { sequenceOf } from './sample.ts';
import { TrainerError } from './train-options.ts';

export interface Criticism {
  /**
   * Per group, code before alignment, and rollout; null where there is no reward. Empty: another estimator.
   */
  readonly perToken: readonly (readonly (Float32Array | null)[])[];
  readonly heads: ValueHeads;
  readonly metrics: Metrics;
}

type AnyGroup = { readonly rollouts: readonly (JudgedRollout | GradedRollout)[] };

/** @throws TrainerError where the policy gives no hidden states */
export async function criticise(
  code: readonly JudgedGroup[],
  alignment: readonly GradedGroup[],
  heads: ValueHeads,
  context: { readonly policy: Policy; readonly config: Config; readonly signal?: AbortSignal | undefined },
): Promise<Criticism> {
  const { config } = context;
  if (config['advantage.estimator'] !== 'gae') return { perToken: [], heads, metrics: {} };
  const first = await criticiseKind('code', code, heads, context);
  // Credit within an answer has a baseline for every line or token already.
  const isCredited = hasCreditWithin(config['alignment.reward']) || alignment.length === 0;
  const second = isCredited ? null : await criticiseKind('alignment', alignment, first.heads, context);
  return {
    perToken: [...first.perToken, ...(second?.perToken ?? [])],
    heads: (second ?? first).heads,
    metrics: { ...first.metrics, ...second?.metrics },
  };
}

async function criticiseKind(
  kind: Kind,
  groups: readonly AnyGroup[],
  heads: ValueHeads,
  {
    policy,
    config,
    signal,
  }: { readonly policy: Policy; readonly config: Config; readonly signal?: AbortSignal | undefined },
): Promise<Criticism> {
  const rollouts = groups.flatMap((group) => group.rollouts.filter(isCounted));
  if (policy.layers === undefined)
    throw new TrainerError(
      'advantage.estimator gae needs hidden states, which this policy does not give.',
      'Nothing was changed. Choose another estimator.',
    );
  if (rollouts.length === 0) return { perToken: groups.map(() => []), heads, metrics: {} };
  const scores = await policy.score({
    sequences: rollouts.map(sequenceOf),
    temperature: config['rollouts.temperature'],
    hiddenAfterLayers: [policy.layers],
    ...(signal !== undefined && { signal }),
  });
  const states = scores.map(({ hidden }, i) => normalised(hidden![0]!, rollouts[i]!.tokens.length));
  const size = states[0]!.length / rollouts[0]!.tokens.length;
  const before = heads[kind] ?? emptyHead(size);
  const values = states.map((rows) => valuesOf(before, rows));
  const estimated = rollouts.map((rollout, i) =>
    gaeOf(tokenRewards(rollout), values[i]!, config['value.gamma'], config['value.lambda']),
  );
  const advantages = whitened(estimated.map((one) => one.advantages));
  const byRollout = new Map(rollouts.map((rollout, i) => [rollout, advantages[i]!]));

  const [allStates, allReturns, allValues] = [
    joined(states, Float32Array),
    joined(
      estimated.map(({ returns }) => returns),
      Float64Array,
    ),
    joined(values, Float64Array),
  ];
  const settings = {
    learningRate: config['value.rate'],
    clip: config['value.clip'] === 0 ? Infinity : config['value.clip'],
  };
  let head = before;
  let loss = 0;
  for (let i = 0; i < config['value.updates']; i++) {
    const improved = improve(head, allStates, allReturns, allValues, settings);
    head = improved.head;
    if (i === 0) loss = improved.loss;
  }
  return {
    perToken: groups.map((group) => group.rollouts.map((rollout) => byRollout.get(rollout) ?? null)),
    heads: { ...heads, [kind]: head },
    metrics: {
      [`value/${kind}/loss`]: loss,
      [`value/${kind}/mean`]: allValues.reduce((sum, value) => sum + value, 0) / allValues.length,
      [`value/${kind}/explained_variance`]: explainedVariance(allReturns, allValues),
    },
  };
}

const isCounted = ({ reward, tokens }: JudgedRollout | GradedRollout): boolean =>
  reward !== null && tokens.length > 0;

/** Each token's own; the rollout's reward without the KL, which is in it already, comes at the last. */
function tokenRewards({ reward, tokens, klPenalties }: JudgedRollout | GradedRollout): Float64Array {
  const rewards = Float64Array.from(tokens, (_, t) => klPenalties?.[t] ?? 0);
  const ofTokens = rewards.reduce((sum, one) => sum + one, 0);
  rewards[tokens.length - 1]! += reward! - ofTokens;
  return rewards;
}

/** Every state divided by its root mean square, so that heads learn alike on any layer of any model. */
function normalised(states: Float32Array, rows: number): Float32Array {
  const size = states.length / rows;
  const scaled = new Float32Array(states.length);
  for (let row = 0; row < rows; row++) {
    const own = states.subarray(row * size, (row + 1) * size);
    const scale = 1 / Math.sqrt(own.reduce((sum, x) => sum + x * x, 0) / size + 1e-6);
    own.forEach((x, i) => (scaled[row * size + i] = x * scale));
  }
  return scaled;
}

function joined<T extends Float32Array | Float64Array>(
  parts: readonly T[],
  make: new (length: number) => T,
): T {
  const whole = new make(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
