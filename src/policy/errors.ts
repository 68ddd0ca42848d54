/** What can go wrong with a model's files or with a request to the policy. Each error carries advice. */
import { oneLine } from '../base/shown.ts';

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

/** A checkpoint file that is not what it says it is, or not what is asked of it. */
export class CheckpointError extends PolicyError {
  override readonly name = 'CheckpointError';
  constructor(place: string, problem: string, advice = 'The file is damaged or incomplete; fetch it again.') {
    super(`${place}: ${problem}`, advice);
  }
}

/** A prompt or a batch that does not fit the model. */
export class RequestError extends PolicyError {
  override readonly name = 'RequestError';
}

/** Arithmetic that has left the numbers; what would be learned from it is nothing. */
export class NotANumberError extends PolicyError {
  override readonly name = 'NotANumberError';
  constructor(what: string) {
    super(
      `${what} is not a number`,
      'In fp16 an activation beyond 65504 does this: choose fp32 (precision=fp32 in the address, --precision fp32). In fp32 the adapter is not finite: go back to an earlier one.',
    );
  }
}
