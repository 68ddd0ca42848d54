/**
 * What can go wrong between a model's name and its bytes, each with advice. Files
 * that are there and wrong are CheckpointErrors.
 */
import { PolicyError } from '../errors.ts';

/** The place has no such model, or keeps it from whoever has not agreed to its terms. */
export class ModelAccessError extends PolicyError {
  override readonly name: string = 'ModelAccessError';
}

/**
 * A model that is handed out only to those who agreed to its terms, or one that does
 * not exist: the Hub does not say which.
 */
export class GatedError extends ModelAccessError {
  override readonly name = 'GatedError';
  constructor(what: string, options?: ErrorOptions) {
    super(
      `${what} is gated, private, or does not exist`,
      'Agree to its terms on its page and give an access token, or choose another model.',
      options,
    );
  }
}

/** No connection, or one that broke; what came before is kept. */
export class ModelDownloadError extends PolicyError {
  override readonly name = 'ModelDownloadError';
}

/** The cache cannot take the model. */
export class ModelStorageError extends PolicyError {
  override readonly name = 'ModelStorageError';
}

/** The model would not fit into memory. */
export class TooLittleMemoryError extends PolicyError {
  override readonly name = 'TooLittleMemoryError';
}
