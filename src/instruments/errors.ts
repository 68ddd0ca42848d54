/** What stops an instrument: nothing was changed by it, and the message says what to do. */
export class InstrumentError extends Error {
  override readonly name = 'InstrumentError';
  constructor(
    message: string,
    readonly advice: string,
  ) {
    super(message);
  }
}
