/** A recording, a file that belongs to one, or the list of them, that cannot be used. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
  readonly kept = 'Everything that was open before is still open.';
  readonly advice: string;
  constructor(
    file: string,
    problem: string,
    advice = 'Use a run log or a recording made by this program.',
    options?: ErrorOptions,
  ) {
    super(`${file}: ${problem}`, options);
    this.advice = advice;
  }
}
