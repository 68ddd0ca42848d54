/**
 * Settings of alignment: its prompts, how answers are graded and weighed, and the records that they are drawn
 * from. A part of the table in config-schema.ts.
 */
import { alignmentFormats } from '../tasks/alignment/index.ts';
import { choice, flag, integer, live, names, number } from './setting.ts';

export const ALIGNMENT_SETTINGS = {
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
} as const;
