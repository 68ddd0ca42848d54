/**
 * What the page measures while it trains: fewer held-out tasks and samples than the command line, so that the
 * first step does not wait for minutes. The intervals in the charts are as much wider.
 */
import type { ConfigOverrides } from '../../learning/config.ts';

export const PAGE_EVALUATION: ConfigOverrides = {
  'eval.tasks': 40,
  'eval.samples': 4,
  'eval.k': 4,
  'eval.alignmentRecords': 24,
  'eval.reasoningTasks': 0,
  'eval.testOutputTasks': 0,
};
