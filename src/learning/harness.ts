/**
 * Guards calls to the sandbox, which may fail. A worker that died costs one rollout its verdict, never the run. An abort, or a
 * sandbox that is closed or never started, is no such accident and is thrown on.
 */
import { SandboxDisposedError, SandboxStartError } from '../sandbox/errors.ts';

/** The result, or null when the harness failed. */
export async function orNull<T>(call: Promise<T>, signal?: AbortSignal): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    const isAbort = signal?.aborted === true || (error instanceof Error && error.name === 'AbortError');
    if (isAbort || error instanceof SandboxDisposedError || error instanceof SandboxStartError) throw error;
    return null;
  }
}
