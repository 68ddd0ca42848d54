/**
 * The table of settings: for each dotted key its type, range, default, one sentence
 * of help, and whether a running experiment may change it. It is data. Parsing,
 * checking and comparing are in config.ts, presets in src/experiment.
 */
import { ALIGNMENT_SETTINGS } from './alignment-settings.ts';
import { choice, integer, live, longText, number } from './setting.ts';
import { UPDATE_SETTINGS } from './update-settings.ts';
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

  ...ALIGNMENT_SETTINGS,

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

  ...UPDATE_SETTINGS,

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
