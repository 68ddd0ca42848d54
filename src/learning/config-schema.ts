/**
 * The table of settings: for each dotted key its type, range, default, one sentence
 * of help, and whether a running experiment may change it. It is data. Parsing,
 * checking and comparing are in config.ts, presets in src/experiment.
 */
import { alignmentFormats } from '../tasks/alignment/index.ts';
import { ESTIMATORS } from './advantages.ts';
import { OBJECTIVES } from './objectives/index.ts';
import { choice, flag, integer, live, longText, names, number, offOrAbove } from './setting.ts';
import { UPKEEP_SETTINGS } from './upkeep-settings.ts';

/** Rises whenever the same keys and values come to mean something else. */
export const CONFIG_VERSION = 1;

export const SCHEMA = {
  seed: integer(1, 0, 2 ** 31 - 1, 'The one seed of the run; every consumer of randomness forks it by name.'),
  steps: live(integer(60, 0, 100_000, 'Number of updates after which the run ends.')),

  'tasks.order': live(
    choice(
      ['shuffled', 'length', 'pass-rate'],
      'shuffled',
      'Order of the tasks: shuffled, by the length of their solutions (short ones first), or drawn by their pass rates so far, those near one half most often.',
    ),
  ),
  'tasks.replay': live(
    integer(
      0,
      0,
      1024,
      'Code prompts of a step that are tasks of earlier steps again, those not always solved; they take the place of new ones.',
    ),
  ),

  'code.prompts': live(integer(16, 1, 1024, 'Code-generation prompts in a step.')),
  'code.groupSize': live(integer(8, 2, 256, 'Rollouts per code prompt; their rewards are compared.')),
  'code.maxNewTokens': integer(96, 1, 8192, 'Budget of one code completion in tokens.'),
  'code.refills': live(
    integer(
      0,
      0,
      100,
      'Rounds in which code groups of equal rewards are replaced by groups of further prompts (dynamic sampling of DAPO); 0 is off.',
    ),
  ),
  'code.overlongCache': live(
    integer(
      0,
      0,
      8192,
      'Tokens before the budget of a program over which its reward falls (soft overlong punishment of DAPO); 0 is off.',
    ),
  ),
  'code.overlongPenalty': live(number(1, 0, 100, 'What a program as long as its budget loses by that.')),
  'code.credit': live(
    choice(
      ['even', 'diverging-state'],
      'even',
      'Which tokens of a failing program carry its advantage: all, or those of the lines on which it leaves every right program of its task (needs a right one in the group, or a solution).',
    ),
  ),
  'code.extraction': choice(
    ['continuation', 'fence', 'body'],
    'continuation',
    'Where the program is: prompt followed by completion, the last code fence of an answer, or the completion up to the end of the function.',
  ),
  'prompt.style': choice(
    ['completion', 'chat'],
    'completion',
    'How the model is asked: a text to continue (base models), or a message in its chat template (instruct models).',
  ),
  'rollouts.temperature': live(
    number(1, 0.01, 10, 'Sampling temperature of all rollouts, used again by the trainer.'),
  ),

  'alignment.prompts': live(
    integer(
      0,
      0,
      1024,
      'Alignment prompts in a step, drawn from the buffer of own rollouts; 0 is plain RLVR.',
    ),
  ),
  'alignment.groupSize': live(integer(8, 2, 256, 'Rollouts per alignment prompt.')),
  'alignment.maxNewTokens': integer(160, 1, 8192, 'Budget of one alignment answer in tokens.'),
  'alignment.fill': live(
    choice(
      ['nothing', 'code'],
      'nothing',
      'What takes the alignment slots that the buffer cannot fill: nothing (equal code budget) or code prompts (equal total).',
    ),
  ),
  'alignment.format': choice(
    names(alignmentFormats),
    'trace',
    "What the answer spells out: the whole trajectory in nano's notation, or the final values as a JSON object, after reasoning or directly.",
  ),
  'alignment.reward': live(
    choice(
      ['paper', 'reference', 'prefix', 'line', 'token'],
      'paper',
      'Fraction of variables right; reference code (0.1 + 0.9 share); longest right prefix of the trajectory; credit by line; credit by token.',
    ),
  ),
  'alignment.rightLines': live(
    choice(
      ['reinforce', 'leave'],
      'reinforce',
      'With credit by line or token: right ones before the first wrong one are reinforced, or left alone.',
    ),
  ),
  'alignment.prior': live(
    number(
      0,
      0,
      1000,
      "With credit by line or token: rollouts of the step's mean outcome that are added to a group's baseline, so that unanimous groups have an advantage as well; rare right answers are pushed a little less for it; 0 is the group's own mean.",
    ),
  ),
  'alignment.grading': live(
    choice(
      ['strict', 'coderlplus'],
      'strict',
      'How predicted values are compared: exact type and value, or the rules of the CodeRL+ reference code.',
    ),
  ),
  'alignment.weight': live(
    number(
      0.4,
      0,
      100,
      'Weight of the alignment kind when each kind is normalised on its own; with an optimizer of its own, rates stand 1 to this, the larger the learning rate.',
    ),
  ),
  'alignment.optimizer': choice(
    ['shared', 'own'],
    'shared',
    'Whether both kinds make one update, or alignment rollouts one after the code rollouts, with moments of AdamW of their own.',
  ),

  'records.source': live(
    choice(['failed', 'passed', 'all'], 'failed', 'Which code rollouts become alignment records.'),
  ),
  'records.input': live(
    choice(
      ['first-failing', 'shortest-failing', 'first'],
      'shortest-failing',
      'Which test input a record uses; a passed rollout uses the first or the shortest one.',
    ),
  ),
  'records.exceptions': live(
    flag(false, 'Count an exception as a legitimate final state of a record (not with the trace format).'),
  ),
  'records.minSteps': live(
    integer(3, 0, 10_000, 'Executed lines below which a program is too trivial for a record.'),
  ),
  'records.maxVariables': live(
    integer(0, 0, 1000, 'At most this many variables, the last first-assigned ones; 0 is all.'),
  ),
  'records.maxLabelChars': live(integer(200, 1, 100_000, 'Longer values are not asked for, in characters.')),
  'records.maxLabelItems': live(integer(30, 1, 100_000, 'Values with more elements are not asked for.')),
  'records.maxAnswerTokens': live(
    integer(
      0,
      0,
      8192,
      'Longer true answers make no record, in tokens (a curriculum by length); 0 is the answer budget alone.',
    ),
  ),
  'records.deduplicate': live(
    flag(true, 'Drop a record whose syntax tree and input are in the buffer already.'),
  ),
  'records.strategy': live(
    choice(
      ['newest', 'recent'],
      'newest',
      'Draw newest first within the age bound, or only records born at the step before.',
    ),
  ),
  'records.maxAge': live(integer(8, 1, 100_000, 'Steps after which a record leaves the buffer.')),
  'records.capPerTask': live(integer(2, 1, 1000, 'Records of one task in one draw.')),
  'records.capacity': integer(512, 1, 100_000, 'Records that the buffer holds; the oldest leave first.'),

  'reward.functions': live(
    longText(
      20_000,
      'Python source with reward functions for programs, each a def NAME_reward(completion, prompt, tests, trace, variables) that returns a number, or None where it does not apply.',
    ),
  ),
  'reward.weights': live(
    longText(
      2_000,
      'Weights of the rewards of a program, NAME=NUMBER parted by blanks; tests_reward is that of the tests, and what is not named has weight 1.',
    ),
  ),

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

  'metrics.tokens': live(
    choice(
      ['all', 'update'],
      'all',
      'Tokens that entropy and sampling metrics are over: all of the batch, as in TRL, for which those that the update leaves out are scored; or, under names of their own, those of the update.',
    ),
  ),

  'compass.every': live(
    integer(
      0,
      0,
      100_000,
      'Steps between readings of the angle between the gradients of programs and of answers about them; 0 is off. A reading takes about as long as two updates.',
    ),
  ),

  'adapter.rank': integer(8, 1, 512, 'Rank of the LoRA adapter.'),
  'adapter.alpha': integer(16, 1, 4096, 'LoRA alpha; the adapter is scaled by alpha / rank.'),

  ...UPKEEP_SETTINGS,
} as const;

export type Schema = typeof SCHEMA;
export type ConfigKey = keyof Schema;
