/**
 * The words in which a question is put to a policy: the bare text that a base model continues, or a message
 * in the chat template of an instruct model. It also says whether a prompt leaves room for an answer.
 * judge.ts and the alignment formats read answers.
 */
import { LONGEST_ROW } from '../policy/lora/packing.ts';
import { encodePrompt } from '../policy/tokenizer/encode-prompt.ts';
import type { Policy, Tokenizer } from '../policy/types.ts';
import type { Task } from '../tasks/types.ts';
import type { Config, ConfigOverrides } from './config.ts';

export type PromptStyle = 'completion' | 'chat';

/** A chat prompt was asked of a model without a chat template. */
export class PromptStyleError extends Error {
  override readonly name = 'PromptStyleError';
  readonly advice = 'Set prompt.style to completion: this is a base model.';
  constructor() {
    super('The model has no chat template.');
  }
}

/** A question in words, as the policy gets it. @throws PromptStyleError */
export function questionPrompt(text: string, tokenizer: Tokenizer, style: PromptStyle): string {
  if (style === 'completion') return text;
  if (!tokenizer.chat) throw new PromptStyleError();
  return tokenizer.chat([{ role: 'user', content: text }]);
}

/**
 * The text that a base model continues, without the line's end that files put after it. A
 * tokenizer keeps a line's end and the indentation after it in one token, so that a model
 * has hardly ever seen a text cut between the two (SmolLM2 passed 0 of 264 answers with it).
 */
export const continuedPrompt = ({ prompt }: Pick<Task, 'prompt'>): string => prompt.trimEnd();

/** A code task, as the policy gets it. @throws PromptStyleError */
export function codePrompt(task: Pick<Task, 'prompt'>, tokenizer: Tokenizer, style: PromptStyle): string {
  if (style === 'completion') return continuedPrompt(task);
  const text = [
    'Complete this Python function. Answer with the whole function in one ```python code block and nothing else.',
    '',
    '```python',
    continuedPrompt(task),
    '```',
  ].join('\n');
  return questionPrompt(text, tokenizer, style);
}

/** Whether a program can be written behind a prompt. @param contextLength of the model, tokens */
export const hasRoom = (
  prompt: string,
  tokenizer: Tokenizer,
  contextLength: number,
  config: Config,
): boolean => encodePrompt(tokenizer, prompt).length + config['code.maxNewTokens'] <= contextLength;

/**
 * Whether a program can be written behind a task's prompt, as the policy gets it. @throws PromptStyleError
 */
export const leavesRoom = (
  task: Pick<Task, 'prompt'>,
  tokenizer: Tokenizer,
  contextLength: number,
  config: Config,
): boolean => hasRoom(codePrompt(task, tokenizer, config['prompt.style']), tokenizer, contextLength, config);

/**
 * The settings that go with a general model: chat and code fences with a chat
 * template, bare text cut at the function's end without.
 */
export function settingsFor(tokenizer: Pick<Tokenizer, 'chat'>): ConfigOverrides {
  return tokenizer.chat
    ? { 'prompt.style': 'chat', 'code.extraction': 'fence', 'alignment.format': 'json' }
    : { 'prompt.style': 'completion', 'code.extraction': 'body', 'alignment.format': 'json' };
}

/**
 * Whether a question and its answer fit the model. Together they must fit its context and
 * the longest row of an update; the answer must fit its budget, with one token for the end.
 */
export function fitsModel(policy: Policy, config: Config): (prompt: string, answer: string) => boolean {
  const budget = config['alignment.maxNewTokens'];
  const cap = config['records.maxAnswerTokens'];
  return (prompt, answer) => {
    const asked = questionPrompt(prompt, policy.tokenizer, config['prompt.style']);
    const longest = Math.min(policy.info.contextLength, LONGEST_ROW);
    const room = longest - encodePrompt(policy.tokenizer, asked).length;
    const needed = policy.tokenizer.encode(answer).length + 1;
    return budget <= room && needed <= budget && (cap === 0 || needed <= cap);
  };
}
