/**
 * The example that a recording carries through Learn: of the log's examples that teach,
 * the one whose question the policy got wrong before training and right after it. And
 * what the update did to each token of its answers, by the trainer's own functions.
 */
import type { Moments, StoryPlace } from '../../src/experiment/moments.ts';
import { PREVIEW_VERSION, type Preview } from '../../src/experiment/preview.ts';
import { answerToFollow } from '../../src/experiment/lesson.ts';
import { storyCandidates, type StoryCandidate } from '../../src/experiment/story.ts';
import { makeBatch, type AnswerTokenizer } from '../../src/learning/batch.ts';
import type { Config } from '../../src/learning/config.ts';
import type { AlignmentGroup, TrainerEvent } from '../../src/learning/events.ts';
import { gradeAnswer } from '../../src/learning/grade.ts';
import { average } from '../../src/learning/intervals.ts';
import type { Prediction } from '../../src/learning/asked.ts';
import { alignmentFormats } from '../../src/tasks/alignment/index.ts';

const isRight = ({ malformed, variables }: Prediction): boolean =>
  malformed === null && variables.every(({ right }) => right);

/** Answers right at the end that were wrong before, less those that went the other way. */
function turned(answers: readonly (readonly Prediction[])[]): number {
  const [first = [], last = []] = [answers[0], answers.at(-1)];
  return first.reduce(
    (sum, one, i) => sum + (last[i] === undefined ? 0 : Number(isRight(last[i])) - Number(isRight(one))),
    0,
  );
}

/**
 * The question of an example as the page shows it before anything else is fetched;
 * null where it was not asked again.
 */
export function previewOf(moments: Moments, { program, args }: AlignmentGroup['record']): Preview | null {
  const asked = moments.programs.find((one) => one.program === program && one.args === args);
  if (asked === undefined) return null;
  const followed = answerToFollow(asked);
  return {
    version: PREVIEW_VERSION,
    program: asked.program,
    entryPoint: asked.entryPoint,
    args: asked.args,
    answer: asked.answer,
    moments: moments.steps.map((step, i) => ({
      step,
      completion: asked.answers[i]![followed]!.completion,
      right: asked.answers[i]!.filter(isRight).length,
      of: asked.answers[i]!.length,
    })),
  };
}

/** Half of the answers about it at least have to turn right; else nothing is shown by it. */
const LEAST_TURNED = 4;

export function chooseStory(events: readonly TrainerEvent[], { programs }: Moments): StoryCandidate | null {
  const scored = storyCandidates(events).flatMap((candidate) => {
    const { record } = candidate.alignment;
    const asked = programs.find(({ program, args }) => program === record.program && args === record.args);
    const gain = asked === undefined ? 0 : turned(asked.answers);
    return gain < LEAST_TURNED ? [] : [{ candidate, gain }];
  });
  return (
    scored.reduce<(typeof scored)[number] | null>(
      (best, next) => (best === null || next.gain > best.gain ? next : best),
      null,
    )?.candidate ?? null
  );
}

/**
 * Advantages of every token of the example's answers, as the step gave them, to three decimals.
 * @throws when their means are not the advantages of the log: then the log was made by other rules
 */
export function tokenAdvantages(
  events: readonly TrainerEvent[],
  { asked }: StoryPlace,
  config: Config,
  tokenizer: AnswerTokenizer,
): readonly (readonly number[])[] {
  const format = alignmentFormats[config['alignment.format']];
  const step = events.find((event) => event.type === 'rollouts' && event.step === asked.step);
  const groups = (step?.type === 'rollouts' ? step.groups : []).filter(
    (group): group is AlignmentGroup => group.kind === 'alignment',
  );
  const graded = groups.map(({ record, rollouts }) => ({
    record,
    rollouts: rollouts.map(({ completion, tokens, logProbs, finish, reward }) => ({
      promptTokens: [],
      tokens,
      logProbs,
      finish,
      text: completion,
      graded: gradeAnswer(record, { text: completion, finish }, format, config['alignment.grading']),
      reward,
    })),
  }));
  const place = groups.findIndex(({ record }) => record.id === asked.record);
  if (place < 0) throw new Error(`The log has no answers about ${asked.record} in step ${asked.step}.`);
  const found = makeBatch([], graded as never, config, format, tokenizer).rollouts.filter(
    ({ group }) => group === place,
  );
  return found.map(({ advantage, tokens }, i) => {
    const values = typeof advantage === 'number' ? tokens.map(() => advantage) : [...advantage];
    const logged = groups[place]!.rollouts[i]!.advantage;
    if (Math.abs(average(values) - logged) > 1e-3)
      throw new Error(
        `Advantages of ${asked.record} are not those of the log: ${average(values)}, ${logged}.`,
      );
    return values.map((value) => Number(value.toFixed(3)) + 0);
  });
}
