/**
 * The rewards of greedy rollouts, one for each prompt of a step: ReMax's baseline
 * (arXiv 2310.10505). They are judged and graded like the others and take no other
 * part in the step. Nothing is sampled, so no randomness is used up.
 */
import { gradeGroups, type GradedGroup } from './alignment-rollouts.ts';
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
  const [programs, answers] = await sampleParts(policy, parts, { temperature: 0, signal });
  const extraction = config['code.extraction'];
  const rewarded = await rewardStep(
    await judgeGroups(tasks, programs!, { sandbox, trusted, extraction, signal }),
    gradeGroups(records, answers!, format, gradeSettings(config)),
    { policy, sandbox, config, signal },
  );
  return [...rewarded.code, ...rewarded.alignment].map(({ rollouts }) => rollouts[0]?.reward ?? null);
}
