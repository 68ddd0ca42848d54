/**
 * Takes the readings of the instruments for the page: the compass, self-verification
 * and the census, at the policy as it is. Each waits for its turn on the policy and
 * keeps it until it is done; the run stays as it is.
 */
import { readCensus, takeCensus, type CensusReading } from '../instruments/census/census.ts';
import { measureCompass, type CompassMeasurement } from '../instruments/compass/measure.ts';
import { canVerify, writeCandidates } from '../instruments/verify/candidates.ts';
import { predictOutputs } from '../instruments/verify/predictions.ts';
import { verification, type Verification } from '../instruments/verify/verify.ts';
import { sampleCodeAt } from '../learning/code-rollouts.ts';
import { programLimits } from '../learning/settings.ts';
import { createRandom } from '../base/random.ts';
import { withLimits } from '../sandbox/limits.ts';
import { alignmentFormats } from '../tasks/alignment/index.ts';
import type { Split, Task } from '../tasks/types.ts';
import type { AnswerContext } from './answer-context.ts';
import type { Question } from './questions.ts';

type LookedFor<A extends Question['ask']> = Extract<Question, { readonly ask: A }>;

/** Parts of the compass on the page: each is a pair of gradients, and a page should not wait long. */
const PAGE_PARTS = 8;
/** Programs per task. */
export const PAGE_SAMPLES = 8;

/** Some tasks of a split, others for another seed; a task set without that split gives any. */
export function drawn(tasks: readonly Task[], split: Split, count: number, seed: number): readonly Task[] {
  const own = tasks.filter((task) => task.split === split && canVerify(task));
  const pool = own.length > 0 ? own : tasks.filter(canVerify);
  return createRandom(seed).fork('instrument-tasks').shuffle(pool).slice(0, count);
}

export function lookAtCompass(
  { tasks: count, seed }: LookedFor<'compass'>,
  { policy, sandbox, trusted, tasks, config, turns }: AnswerContext,
): Promise<CompassMeasurement> {
  const chosen = drawn(tasks, 'train', count, seed);
  return turns.take(() =>
    measureCompass(chosen, {
      policy,
      sandbox: withLimits(sandbox, programLimits(config)),
      trusted,
      config,
      format: alignmentFormats[config['alignment.format']],
      parts: Math.min(PAGE_PARTS, chosen.length),
      random: createRandom(seed).fork('compass'),
    }),
  );
}

/** Candidates of the policy as it is, chosen by what it says they return, and by what the base model says. */
export async function lookAtVerification(
  { tasks: count, seed }: LookedFor<'verify'>,
  { policy, sandbox: all, trusted, tasks, config, turns }: AnswerContext,
): Promise<Verification> {
  const random = createRandom(seed).fork('verify');
  const sandbox = withLimits(all, programLimits(config));
  const written = await turns.take(() =>
    writeCandidates(
      drawn(tasks, 'heldout', count, seed),
      { policy, sandbox, trusted, config, random },
      PAGE_SAMPLES,
    ),
  );
  const format = alignmentFormats[config['alignment.format']];
  const asked = { policy, format, config, answers: 1, random };
  const by = (adapter: 'current' | 'base') =>
    turns.take(() => predictOutputs(written, { ...asked, adapter }));
  const predictions = new Map([
    ['current', await by('current')],
    ['base', await by('base')],
  ]);
  return verification(written, predictions, PAGE_SAMPLES, random);
}

export async function lookAtFailures(
  { tasks: count, seed, labels }: LookedFor<'census'>,
  { policy, sandbox: all, trusted, tasks, config, turns }: AnswerContext,
): Promise<CensusReading> {
  const random = createRandom(seed).fork('census');
  const sandbox = withLimits(all, programLimits(config));
  const groups = await turns.take(() =>
    sampleCodeAt(
      drawn(tasks, 'heldout', count, seed),
      { policy, sandbox, trusted, config, random },
      { groupSize: PAGE_SAMPLES, temperature: 1 },
    ),
  );
  return readCensus(await takeCensus(groups, { sandbox, labels }), labels, random);
}
