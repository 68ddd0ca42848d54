/**
 * The table of settings: for each dotted key its type, range, default, one sentence
 * of help, and whether a running experiment may change it. It is data. Parsing,
 * checking and comparing are in config.ts, presets in src/experiment.
 */
import { alignmentFormats } from '../tasks/alignment/index.ts';
import { UPDATE_SETTINGS } from './config-schema-update.ts';
import { choice, flag, integer, live, names, number } from './setting.ts';

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

  'sandbox.codeBytes': integer(65_536, 64, 2 ** 24, 'Longest program that is run, in bytes.'),
  'sandbox.outputBytes': integer(65_536, 0, 2 ** 24, 'Output that a program may write in one run, in bytes.'),
  'sandbox.valueBytes': integer(
    65_536,
    64,
    2 ** 24,
    'Size up to which one value is carried over and graded.',
  ),
  'sandbox.steps': integer(
    100_000,
    1,
    1e9,
    'Turns of loops and starts of functions that one call may take; of a trace, lines.',
  ),
  'sandbox.callMs': integer(
    5_000,
    50,
    600_000,
    'Wall clock of one call in milliseconds; then its worker ends.',
  ),
  'sandbox.jobMs': integer(15_000, 50, 3_600_000, 'Wall clock of all calls of one program in milliseconds.'),
  'sandbox.heapMegabytes': integer(
    512,
    64,
    4096,
    'Memory of one Python interpreter, above which a program gets a MemoryError.',
  ),

  'eval.baseline': flag(
    true,
    'Measure what the run begins with: the base model, for which the first step does not wait, or an adapter.',
  ),
  'eval.every': live(integer(10, 0, 100_000, 'Steps between evaluations; 0 is only before and after.')),
  'eval.tasks': integer(100, 1, 100_000, 'Held-out tasks evaluated.'),
  'eval.samples': integer(8, 1, 1000, 'Samples per held-out task at temperature 1.'),
  'eval.k': integer(8, 1, 1000, 'k of pass@k; at most the number of samples.'),
  'eval.alignmentRecords': integer(60, 0, 100_000, 'Failed base rollouts kept as the fixed alignment set.'),
  'eval.reasoningTasks': integer(
    60,
    0,
    100_000,
    'Right programs whose result is to be predicted: at most this many reference solutions, and as many own ones.',
  ),
  'eval.testOutputTasks': integer(60, 0, 100_000, 'Descriptions whose expected output is to be predicted.'),
  'eval.testOutputMaxNewTokens': integer(32, 1, 4096, 'Budget of one predicted output in tokens.'),

  'rollback.loss': live(
    number(1000, 0, 1e12, 'A loss beyond this size has exploded: the update is undone; 0 is off.'),
  ),
  'rollback.gradNorm': live(
    number(1000, 0, 1e12, 'A gradient norm beyond this has exploded: the update is undone; 0 is off.'),
  ),
  'save.every': live(
    integer(5, 0, 100_000, 'Steps between saves of the run; 0 saves at a pause and at the end alone.'),
  ),
  'memory.capMiB': integer(
    0,
    0,
    1_048_576,
    'Memory the run may take, in MiB, by prediction: above it micro-batches shrink or the load is refused; 0 is no cap.',
  ),
} as const;

export type Schema = typeof SCHEMA;
export type ConfigKey = keyof Schema;
