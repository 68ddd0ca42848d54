/**
 * The directions that the compass compares, as rows of an update (what policy.gradient takes), part by part
 * of the tasks: the policy gradient of programs and of answers about them, and the gradient of supervised
 * learning on right programs and on true trajectories. It samples nothing and computes no gradient.
 */
import { makeBatch } from '../../learning/batch.ts';
import type { GradedGroup } from '../../learning/alignment-rollouts.ts';
import type { JudgedGroup } from '../../learning/code-rollouts.ts';
import type { Config } from '../../learning/config.ts';
import type { AlignmentRecord } from '../../learning/events.ts';
import { updateRows } from '../../learning/normalise.ts';
import { codePrompt, questionPrompt } from '../../learning/prompts.ts';
import { normaliseSettings, updateSettings } from '../../learning/settings.ts';
import { encodePrompt } from '../../policy/tokenizer/encode-prompt.ts';
import type { Tokenizer, UpdateRow, UpdateSettings } from '../../policy/types.ts';
import type { AlignmentFormat } from '../../tasks/alignment/types.ts';
import type { Task } from '../../tasks/types.ts';

/** In the order in which they are shown. */
export const DIRECTIONS = ['code', 'alignment', 'supervised code', 'supervised trace'] as const;
export type DirectionName = (typeof DIRECTIONS)[number];

/** Rows of one direction by part. */
export interface Direction {
  readonly name: string;
  readonly parts: readonly (readonly UpdateRow[])[];
}

/** What the directions are made of. */
export interface CompassMaterial {
  readonly tasks: readonly Task[];
  readonly code: readonly JudgedGroup[];
  /** Answers about programs of these tasks. */
  readonly alignment: readonly GradedGroup[];
}

export interface DirectionContext {
  readonly config: Config;
  readonly format: AlignmentFormat;
  readonly tokenizer: Tokenizer;
  readonly parts: number;
}

/**
 * The settings that gradients are taken with: the policy term alone, on policy. KL and entropy pull all
 * directions alike, and would make a cosine that says nothing about the rewards.
 */
export const compassSettings = (config: Config): UpdateSettings =>
  updateSettings({ ...config, 'kl.coefficient': 0, 'entropy.coefficient': 0 }, 1);

/**
 * All four. A part has every `parts`-th task; answers are in the part of their program's task.
 * @param ids of all tasks that anything is about, in the order in which they are dealt
 */
export function directionsOf(
  material: CompassMaterial,
  context: DirectionContext,
  ids: readonly string[] = material.tasks.map(({ id }) => id),
): Direction[] {
  const { tasks, code, alignment } = material;
  const split = (rows: readonly TaskRow[]) => splitRows(rows, ids, context.parts);
  const records = alignment.map(({ record }) => record);
  return [
    { name: DIRECTIONS[0], parts: split(policyRows(code, [], context)) },
    { name: DIRECTIONS[1], parts: split(policyRows([], alignment, context)) },
    { name: DIRECTIONS[2], parts: split(solutionRows(tasks, context)) },
    { name: DIRECTIONS[3], parts: split(answerRows(records, context)) },
  ];
}

export interface TaskRow {
  readonly taskId: string;
  readonly row: UpdateRow;
}

/** Rows by part: a part has every `parts`-th id. */
export function splitRows(
  rows: readonly TaskRow[],
  ids: readonly string[],
  parts: number,
): readonly (readonly UpdateRow[])[] {
  const partOf = new Map(ids.map((id, t) => [id, t % parts]));
  const split = Array.from({ length: parts }, (): UpdateRow[] => []);
  for (const { taskId, row } of rows) split[partOf.get(taskId) ?? 0]!.push(row);
  return split;
}

/** Rollouts of one kind with their advantages, as an update of that kind alone would have them. */
export function policyRows(
  code: readonly JudgedGroup[],
  alignment: readonly GradedGroup[],
  { config, format, tokenizer }: DirectionContext,
): TaskRow[] {
  const batch = makeBatch(code, alignment, config, format, tokenizer);
  const settings = normaliseSettings({
    ...config,
    'kl.coefficient': 0,
    'entropy.coefficient': 0,
    // How much a kind counts beside the other changes no angle between them; zero would leave it out.
    'alignment.weight': 1,
  });
  return updateRows(batch.rollouts, settings).map(({ index, row }) => {
    const group = batch.groups[batch.rollouts[index]!.group]!;
    return { taskId: group.kind === 'code' ? group.taskId : group.record.taskId, row };
  });
}

/** The reference solutions, in the words that the policy is to answer with. */
export function solutionRows(tasks: readonly Task[], { config, tokenizer }: DirectionContext): TaskRow[] {
  const style = config['prompt.style'];
  const solved = tasks.flatMap((task) => {
    const solution = task.solution?.trimEnd();
    if (solution === undefined) return [];
    const text = style === 'chat' ? `\`\`\`python\n${task.prompt}${solution}\n\`\`\`` : solution;
    return [{ taskId: task.id, prompt: codePrompt(task, tokenizer, style), text }];
  });
  return supervised(solved, tokenizer);
}

function answerRows(records: readonly AlignmentRecord[], { config, tokenizer }: DirectionContext): TaskRow[] {
  return supervised(
    records.map(({ taskId, prompt, answer }) => ({
      taskId,
      prompt: questionPrompt(prompt, tokenizer, config['prompt.style']),
      text: answer,
    })),
    tokenizer,
  );
}

/** Mean negative log-likelihood over the tokens: a policy gradient whose advantages are 1. */
export function supervised(
  texts: readonly { readonly taskId: string; readonly prompt: string; readonly text: string }[],
  tokenizer: Tokenizer,
): TaskRow[] {
  const encoded = texts.map(({ taskId, prompt, text }) => ({
    taskId,
    prompt: encodePrompt(tokenizer, prompt),
    completion: [...tokenizer.encode(text), tokenizer.eosId],
  }));
  const tokens = encoded.reduce((sum, { completion }) => sum + completion.length, 0);
  return encoded.map(({ taskId, prompt, completion }) => ({
    taskId,
    row: {
      prompt,
      completion,
      advantages: new Float32Array(completion.length).fill(1),
      weights: new Float32Array(completion.length).fill(1 / tokens),
    },
  }));
}
