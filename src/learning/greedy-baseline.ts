/**
 * The rewards of greedy rollouts, one for each prompt of a step: ReMax's baseline
 * (arXiv 2310.10505). They are judged and graded like the others and take no other
 * part in the step. Nothing is sampled, so no randomness is used up.
 */
import { gradeGroups, type GradedGroup } from './alignment-rollouts.ts';
import type { Clock } from './clock.ts';
import { judgeGroups, type JudgedGroup } from './code-rollouts.ts';
import { codePrompt, questionPrompt } from './prompts.ts';
import { rewardStep } from './reward-step.ts';
import type { RolloutContext } from './rollout-step.ts';
import { sampleParts } from './sample.ts';
import { alignmentSampling, codeSampling, gradeSettings } from './settings.ts';

/** One per group, code before alignment; null where the greedy rollout has no reward. */
export async function greedyRewards(
  code: readonly JudgedGroup[],
  alignment: readonly GradedGroup[],
  { policy, sandbox, trusted, format, config, random, signal }: RolloutContext,
  clock: Clock,
): Promise<(number | null)[]> {
  const tasks = code.map(({ task }) => task);
  const records = alignment.map(({ record }) => record);
  const { style } = gradeSettings(config);
  const parts = [
    {
      ...codeSampling(config),
      groupSize: 1,
      prompts: tasks.map((task) => codePrompt(task, policy.tokenizer, style)),
      random,
    },
    {
      ...alignmentSampling(config),
      groupSize: 1,
      prompts: records.map(({ prompt }) => questionPrompt(prompt, policy.tokenizer, style)),
      random,
    },
  ];
  const [programs, answers] = await clock.time('time/generate', () =>
    sampleParts(policy, parts, { temperature: 0, signal }),
  );
  const extraction = config['code.extraction'];
  const judged = await clock.time('time/execute', () =>
    judgeGroups(tasks, programs!, { sandbox, trusted, extraction, signal }),
  );
  const graded = gradeGroups(records, answers!, format, gradeSettings(config));
  const rewarded = await rewardStep(judged, graded, { policy, sandbox, config, signal }, clock);
  return [...rewarded.code, ...rewarded.alignment].map(({ rollouts }) => rollouts[0]?.reward ?? null);
}
