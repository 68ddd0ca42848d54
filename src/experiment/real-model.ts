/**
 * What differs for a model that was trained elsewhere: its settings and the memory of a run. The
 * settings are a layer below whatever else is set: how the model is asked, and steps small enough
 * for a CPU. They were measured with SmolLM2 (docs/real-models.md). No model is opened here.
 */
import type { Config, ConfigOverrides } from '../learning/config.ts';
import { codePrompt, leavesRoom, settingsFor } from '../learning/prompts.ts';
import type { OpenedModel } from '../policy/sources/open-model.ts';
import { encodePrompt } from '../policy/tokenizer/encode-prompt.ts';
import type { Tokenizer } from '../policy/types.ts';
import type { LinearFormat } from '../policy/model/weights.ts';
import { traceTokens } from '../tasks/alignment/vocabulary.ts';
import type { Task } from '../tasks/types.ts';
import { planFormats, type FormatPlan, type Machine } from './memory.ts';

/** Layers that get an adapter, the last ones: gradients end there, which saves most of the backward pass. */
export const ADAPTED_LAYERS = 8;

/**
 * Below any preset. `halfThePrompts` of the preset belongs on top of it, so that arms keep their proportions.
 */
export const realModelSettings = (tokenizer: Pick<Tokenizer, 'chat'>): ConfigOverrides => ({
  ...settingsFor(tokenizer),
  // Small groups are mixed often enough where a model passes a quarter; short answers
  // are most of what it has to learn first.
  'code.prompts': 8,
  'code.groupSize': 4,
  'alignment.groupSize': 4,
  'code.maxNewTokens': 32,
  // A trajectory in nano's notation is not what they speak.
  'alignment.reward': 'paper',
  'optimizer.learningRate': 1e-3,
  // Scoring what the update leaves out takes another graph in memory, which is what such a model is short of.
  'metrics.tokens': 'update',
  'eval.every': 0,
  'eval.tasks': 12,
  'eval.samples': 4,
  'eval.k': 4,
  'eval.alignmentRecords': 0,
  'eval.reasoningTasks': 0,
  'eval.testOutputTasks': 0,
});

/**
 * Whether a model's tokenizer holds the notation of trajectories whole, as that of nano and of what is
 * pretrained from it does. Such a model is asked, trained and evaluated with nano's settings.
 */
export const speaksNotation = (tokenizer: Pick<Tokenizer, 'encode'>): boolean =>
  traceTokens.every((token) => tokenizer.encode(token).length === 1);

/** Tokens of the longest prompt. @throws PromptStyleError */
export const longestPrompt = (tasks: readonly Task[], tokenizer: Tokenizer, config: Config): number =>
  tasks.reduce(
    (most, task) =>
      Math.max(most, encodePrompt(tokenizer, codePrompt(task, tokenizer, config['prompt.style'])).length),
    0,
  );

/**
 * The tasks that leave room for an answer: a context may be short, and problems of a
 * benchmark long. @throws PromptStyleError
 */
export function fittingTasks(
  tasks: readonly Task[],
  { tokenizer, architecture }: Pick<OpenedModel, 'tokenizer' | 'architecture'>,
  config: Config,
): Task[] {
  return tasks.filter((task) => leavesRoom(task, tokenizer, architecture.contextLength, config));
}

/**
 * What a run will take, with working sizes that keep it under `memory.capMiB` and
 * under what the device can address.
 * @param longest tokens of the longest prompt
 * @throws MemoryCapError, RequestError
 */
export function planOwnModel(
  config: Config,
  {
    architecture,
    checkpoint,
  }: Pick<OpenedModel, 'architecture'> & { readonly checkpoint: { readonly bytes: number } },
  machine: Machine,
  longest: number,
  {
    linears,
    adapterLayers = ADAPTED_LAYERS,
  }: { readonly linears?: LinearFormat; readonly adapterLayers?: number } = {},
): FormatPlan {
  const model = { architecture, fileBytes: checkpoint.bytes };
  return planFormats(config, model, machine, { adapterLayers, longestPrompt: longest }, linears);
}
