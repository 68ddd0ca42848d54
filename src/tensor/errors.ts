/**
 * What can go wrong between a graph and a device, as classes a caller can tell apart.
 * Each carries `advice`: one sentence that says what the person can do.
 */

export class TensorError extends Error {
  override readonly name: string = 'TensorError';
  constructor(
    message: string,
    readonly advice: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The graph itself is wrong: shapes or types that do not fit. A mistake of ours, not of the device. */
export class GraphError extends TensorError {
  override readonly name = 'GraphError';
  constructor(message: string) {
    super(message, 'This is a mistake in the program that built the graph; please report it.');
  }
}

export class NoAdapterError extends TensorError {
  override readonly name = 'NoAdapterError';
  constructor(reason: string) {
    super(
      `WebGPU is not available: ${reason}`,
      'Use the WASM device, or open the page in a browser with WebGPU switched on.',
    );
  }
}

export class OutOfMemoryError extends TensorError {
  override readonly name = 'OutOfMemoryError';
  constructor(message: string, options?: ErrorOptions) {
    super(
      `out of memory: ${message}`,
      'Choose a smaller batch, a shorter context or a smaller model, or close other tabs.',
      options,
    );
  }
}

export class DeviceLostError extends TensorError {
  override readonly name = 'DeviceLostError';
  constructor(message: string, options?: ErrorOptions) {
    super(
      `the GPU device was lost: ${message}`,
      'The last snapshot is kept; the run can go on with a new device or on WASM.',
      options,
    );
  }
}

export class UnsupportedOperatorError extends TensorError {
  override readonly name = 'UnsupportedOperatorError';
  constructor(message: string, options?: ErrorOptions) {
    super(
      `an operator of the graph is not supported: ${message}`,
      'Use another device; the WASM device supports every operator that is used here.',
      options,
    );
  }
}

export class RuntimeUsageError extends TensorError {
  override readonly name = 'RuntimeUsageError';
  constructor(message: string) {
    super(message, 'This is a mistake in the program that called the runtime; please report it.');
  }
}

/** Sorts what onnxruntime throws (mostly plain text) into the classes above. */
export function classifyRuntimeError(cause: unknown, doing: string): TensorError {
  if (cause instanceof TensorError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  const message = `${doing}: ${text.slice(0, 400)}`;
  if (/device.{0,20}(was |is )?lost|lost device/i.test(text)) return new DeviceLostError(message, { cause });
  if (
    /out of memory|bad_alloc|memory access out of bounds|cannot enlarge memory|allocation failed|failed to allocate|Array buffer allocation/i.test(
      text,
    )
  ) {
    return new OutOfMemoryError(message, { cause });
  }
  if (
    /not implemented|NOT_IMPLEMENTED|no kernel|no op registered|could not find an implementation|not a registered function|unsupported/i.test(
      text,
    )
  ) {
    return new UnsupportedOperatorError(message, { cause });
  }
  return new TensorError(message, 'Reload the page; if it happens again, please report it.', { cause });
}
