/** Encodes a prompt as ids. It does not know how a tokenizer works. */
import type { Tokenizer } from '../types.ts';

/**
 * A prompt as the model was trained to begin a text: with its beginning-of-sequence
 * token, where it has one and the text does not spell it.
 */
export function encodePrompt(tokenizer: Pick<Tokenizer, 'encode' | 'beginId'>, text: string): number[] {
  const { beginId } = tokenizer;
  const ids = tokenizer.encode(text);
  return beginId === undefined || ids[0] === beginId ? ids : [beginId, ...ids];
}
