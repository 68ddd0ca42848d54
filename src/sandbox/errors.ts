/**
 * Errors of the sandbox itself. They say that no verdict could be reached. What a program does wrong is an
 * outcome (types.ts) and never an error here.
 */

/** Base of all sandbox errors: `message` is what happened, `advice` what was kept and what to do. */
export class SandboxError extends Error {
  override readonly name: string = 'SandboxError';
  constructor(
    message: string,
    readonly advice: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The interpreter could not be started: files missing, worker refused, WebAssembly unavailable. */
export class SandboxStartError extends SandboxError {
  override readonly name = 'SandboxStartError';
  constructor(detail: string, options?: ErrorOptions) {
    super(
      `The Python interpreter could not be started: ${detail}`,
      'No program was run. Check that the pyodide files are installed (npm install) or served under pyodide/, and that the browser allows module workers and WebAssembly.',
      options,
    );
  }
}

/** A worker died or answered nonsense for a reason that is not the program's. No verdict, no reward. */
export class HarnessError extends SandboxError {
  override readonly name = 'HarnessError';
  constructor(detail: string, options?: ErrorOptions) {
    super(
      `The sandbox failed while running a program: ${detail}`,
      'The worker was replaced and other programs are unaffected; this one has no verdict. Run it again; if it repeats, report it with the program.',
      options,
    );
  }
}

/** The sandbox was disposed while the job was waiting or running. */
export class SandboxDisposedError extends SandboxError {
  override readonly name = 'SandboxDisposedError';
  constructor() {
    super(
      'The sandbox was closed before the program finished.',
      'Create a new sandbox to run more programs.',
    );
  }
}
