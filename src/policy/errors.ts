/**
 * What can go wrong with a model's files or with a request to the policy, with advice.
 */
import { oneLine } from '../tasks/shown.ts';

export class PolicyError extends Error {
  override readonly name: string = 'PolicyError';
  constructor(
    message: string,
    readonly advice: string,
    options?: ErrorOptions,
  ) {
    super(oneLine(message), options);
  }
}

/** A checkpoint file that is not what it says it is. */
export class CheckpointError extends PolicyError {
  override readonly name = 'CheckpointError';
  constructor(place: string, problem: string) {
    super(`${place}: ${problem}`, 'The file is damaged or incomplete; fetch it again.');
  }
}

/** A prompt or a batch that does not fit the model. */
export class RequestError extends PolicyError {
  override readonly name = 'RequestError';
}
