/**
 * A model's chat template (Jinja, from tokenizer_config.json, chat_template.jinja or a GGUF
 * file) as a function from messages to the text that the model continues. It encodes nothing.
 * Templates are other people's files: how much one may do is in bounded-template.ts.
 */
import { boundedTemplate } from './bounded-template.ts';
import { TokenizerError } from './tokenizer-error.ts';
import type { Message, Tokenizer } from '../types.ts';
import type { JsonObject } from '../../base/json-object.ts';

/**
 * `chat` of a tokenizer whose configuration holds a template, nothing for a base
 * model's. @throws TokenizerError when it cannot be read
 */
export function chatTemplate(config: JsonObject): Pick<Tokenizer, 'chat'> {
  const source = sourceOf(config['chat_template']);
  if (source === null) return {};
  const special = Object.fromEntries(
    ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'].flatMap(
      (name) => {
        const token = config[name];
        const content =
          typeof token === 'object' && token !== null ? (token as JsonObject)['content'] : token;
        return typeof content === 'string' ? [[name, content]] : [];
      },
    ),
  );
  const template = guarded(() => boundedTemplate(source));
  return {
    chat: (messages: readonly Message[]) =>
      guarded(() =>
        template({
          ...special,
          messages: [...messages],
          tools: null,
          documents: null,
          add_generation_prompt: true,
        }),
      ),
  };
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new TokenizerError(
      `The chat template could not be used (${(cause as Error).message}).`,
      'Use the completion style of prompts, or correct chat_template in tokenizer_config.json.',
      { cause },
    );
  }
}

/** A template is a text, or a list of named ones of which `default` is meant. */
function sourceOf(template: unknown): string | null {
  if (typeof template === 'string') return template;
  if (!Array.isArray(template)) return null;
  const named = template.find((entry: unknown) => (entry as JsonObject | null)?.['name'] === 'default') as
    JsonObject | undefined;
  return typeof named?.['template'] === 'string' ? named['template'] : null;
}
