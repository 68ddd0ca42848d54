/**
 * Settings of an update: advantages, the policy loss, what is added to it, the optimizer. A part of the table
 * in config-schema.ts.
 */
import { ESTIMATORS } from './advantages.ts';
import { OBJECTIVES } from './objectives/index.ts';
import { choice, integer, live, names, number, offOrAbove } from './setting.ts';

export const UPDATE_SETTINGS = {
  'advantage.estimator': live(choice(names(ESTIMATORS), 'grpo', 'How rewards become advantages.')),
  'advantage.eps': live(
    number(1e-4, 0, 1, 'Added to the standard deviation of a group (TRL 1e-4, verl 1e-6).'),
  ),
  'advantage.clip': live(number(0, 0, 1000, 'Advantages are clipped to this size; 0 is off.')),

  'advantage.momentum': live(
    number(
      0.9,
      0,
      0.9999,
      'Share of the running mean reward that stays from step to step, the baseline of reinforce.',
    ),
  ),
  'advantage.k': live(
    integer(4, 1, 256, 'Rollouts whose best counts under pass@k; at most those of the group.'),
  ),
  'gfpo.keep': live(integer(4, 2, 256, 'Rollouts of a group that gfpo keeps; the others have no advantage.')),
  'gfpo.by': live(
    choice(
      ['length', 'efficiency'],
      'length',
      'Which ones gfpo keeps: the shortest, or those of most reward per token.',
    ),
  ),

  'value.gamma': live(number(1, 0, 1, 'Discount of later rewards under gae.')),
  'value.lambda': live(
    number(
      1,
      0,
      1,
      'Under gae, how far an advantage looks beyond the next value: 0 not at all, 1 to the end.',
    ),
  ),
  'value.rate': live(
    number(
      0.01,
      0,
      10,
      'Learning rate of the value head of gae, a linear map of hidden states with an Adam of its own.',
    ),
  ),
  'value.updates': live(integer(8, 0, 1000, 'Updates of that value head in a step.')),
  'value.clip': live(
    number(0.5, 0, 1e6, 'How far a value may move in a step before its loss stops pulling (PPO); 0 is off.'),
  ),

  'gdpo.variables': live(number(1, 0, 100, 'Weight of the variables of an answer under the estimator gdpo.')),
  'gdpo.returned': live(number(1, 0, 100, 'Weight of its return value under gdpo.')),
  'gdpo.trajectory': live(number(1, 0, 100, 'Weight of the right share of its trajectory under gdpo.')),

  'loss.objective': live(
    choice(
      names(OBJECTIVES),
      'ppo',
      'Which policy loss is minimised; with one update per batch (loss.miniBatches and loss.iterations 1) every one of them is the same.',
    ),
  ),
  'sapo.positive': live(number(1, 0.001, 1000, 'Temperature of the gate of sapo for positive advantages.')),
  'sapo.negative': live(
    number(
      1.05,
      0.001,
      1000,
      'Temperature of that gate for negative advantages; a larger one closes it sooner.',
    ),
  ),
  'loss.normalisation': live(
    choice(
      ['per-kind', 'token-mean', 'sequence-mean', 'constant'],
      'per-kind',
      'Mean over the tokens of each kind with weights, over all tokens, over sequences, or a constant (Dr.GRPO).',
    ),
  ),
  'loss.constantGroups': live(
    choice(
      ['drop', 'keep'],
      'drop',
      'Groups of equal rewards teach nothing: leave their tokens out of the mean (DAPO), or count them.',
    ),
  ),
  'loss.truncated': live(
    choice(
      ['keep', 'mask'],
      'keep',
      'Completions cut at the budget: train on them, or mask them out of the loss.',
    ),
  ),
  'loss.clipLow': live(number(0.2, 0, 1, 'The ratio is clipped below 1 - this.')),
  'loss.clipHigh': live(number(0.2, 0, 10, 'The ratio is clipped above 1 + this (DAPO 0.28).')),
  'loss.dualClip': live(
    // At c <= 1 the bound lies below the loss at ratio 1: no negative advantage would
    // have a gradient. verl refuses it as well.
    offOrAbove(
      1,
      3,
      1e6,
      'Bound c on the loss of negative advantages at ratios above c, which is larger than 1; 0 switches it off.',
    ),
  ),
  'loss.miniBatches': live(
    integer(
      1,
      1,
      1024,
      'Updates that one pass over a batch is split into, by groups; ratios are to the policy before the first, so clipping can act from the second update of a batch on.',
    ),
  ),
  'loss.iterations': live(
    integer(1, 1, 64, 'Passes over one batch of rollouts; with one pass in one update every ratio is 1.'),
  ),
  'kl.coefficient': live(
    number(0, 0, 100, 'Weight of the KL divergence to the base model; 0 saves the scoring.'),
  ),
  'kl.on': live(
    choice(
      ['all', 'code', 'alignment'],
      'all',
      'The kind of rollouts that the KL term holds to the base model.',
    ),
  ),
  'kl.estimator': live(
    choice(
      ['k1', 'k2', 'k3', 'k3+'],
      'k3',
      'Estimator of that divergence; k3+ has the value of k3 and the gradient of k2.',
    ),
  ),
  'kl.in': live(
    choice(
      ['loss', 'reward'],
      'loss',
      'Whether the KL divergence is a term of the loss, or taken off the reward of each rollout.',
    ),
  ),
  'entropy.coefficient': live(
    number(0, 0, 100, 'Weight of the entropy bonus; with entropy.target, the weight it begins with.'),
  ),
  'entropy.target': live(
    number(
      0,
      0,
      100,
      'Entropy in nats per token below which the entropy bonus is at work, with a weight that adapts; 0 is a bonus of fixed weight.',
    ),
  ),
  'entropy.step': live(
    number(0.005, 0, 100, 'How far that weight rises in a step below the target, and falls in one above it.'),
  ),
  'entropy.quantile': live(
    number(
      1,
      0,
      1,
      'Share of the tokens of most entropy that the policy loss is on, kind by kind; 1 is all of them.',
    ),
  ),
  'sampling.correction': live(
    choice(
      ['none', 'token-truncate', 'token-mask', 'sequence-truncate', 'sequence-mask'],
      'none',
      'Importance sampling between sampler and trainer, by token or by sequence: ratios are cut at sampling.cap (truncate), or their tokens left out above it (mask).',
    ),
  ),
  'sampling.cap': live(number(3, 1, 1000, 'The largest ratio of trainer to sampler.')),

  'optimizer.learningRate': live(number(5e-3, 0, 10, 'AdamW learning rate.')),
  'optimizer.decay': live(
    number(
      0,
      0,
      1,
      'Share of the steps, at the end, over which the learning rate falls linearly to 0; 0 keeps it constant.',
    ),
  ),
  'optimizer.weightDecay': live(number(0, 0, 10, 'Decoupled weight decay of AdamW.')),
  'optimizer.beta1': number(0.9, 0, 0.9999, 'AdamW beta 1.'),
  'optimizer.beta2': number(0.95, 0, 0.99999, 'AdamW beta 2.'),
  'optimizer.eps': number(1e-8, 1e-12, 1, 'AdamW epsilon.'),
  'optimizer.maxGradNorm': live(
    number(1, 0.0001, 1e6, 'Global gradient norm above which gradients are scaled down.'),
  ),
} as const;
