/**
 * Settings of what is around the learning: the limits of the sandbox, what is measured, when an update is
 * undone, when the run is saved, how much memory it may take. A part of the table in config-schema.ts.
 */
import { flag, integer, live, number } from './setting.ts';

export const UPKEEP_SETTINGS = {
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
  'eval.verifiedTasks': integer(
    0,
    0,
    100_000,
    'Held-out tasks of whose samples one is chosen by what the policy predicts of the visible tests; 0 is none.',
  ),
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
