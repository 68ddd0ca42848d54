/** What can go wrong with a tokenizer's files. The error carries advice. */
import { oneLine } from '../../base/shown.ts';

/** A tokenizer file that cannot be used. Nothing was loaded; `advice` says what to look at. */
export class TokenizerError extends Error {
  override readonly name = 'TokenizerError';
  constructor(
    message: string,
    readonly advice: string,
    options?: ErrorOptions,
  ) {
    super(oneLine(`${message} ${advice}`), options);
  }
}
