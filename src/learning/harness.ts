/**
 * Guards calls to the sandbox, which may fail. A worker that died costs one rollout its verdict, never
 * the run. An abort, or a sandbox that is closed or never started, is no such accident and is thrown on.
 */
import { SandboxDisposedError, SandboxStartError } from '../sandbox/errors.ts';
import type { CallSpec, Sandbox, TraceResult } from '../sandbox/types.ts';

/** The result, or null when the harness failed. */
export async function resultOrNull<T>(call: Promise<T>, signal?: AbortSignal): Promise<T | null> {
  const answer = await orReason(call, signal);
  return 'reason' in answer ? null : answer.value;
}

/** The result, or in a sentence why there is none. */
export async function orReason<T>(
  call: Promise<T>,
  signal?: AbortSignal,
): Promise<{ readonly value: T } | { readonly reason: string }> {
  try {
    return { value: await call };
  } catch (error) {
    const isAbort = signal?.aborted === true || (error instanceof Error && error.name === 'AbortError');
    if (isAbort || error instanceof SandboxDisposedError || error instanceof SandboxStartError) throw error;
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * The steps of a call that comes to an end, by a result or an exception, within so
 * many lines; else null, also for a program that could have touched the tracer.
 */
export async function traceToEnd(
  code: string,
  call: CallSpec,
  mostLines: number,
  { sandbox, signal }: { readonly sandbox: Sandbox; readonly signal?: AbortSignal | undefined },
): Promise<TraceResult | null> {
  const job = { code, call, mode: 'steps', limits: { steps: mostLines } } as const;
  const result = await resultOrNull(sandbox.trace(job, signal), signal);
  const isWhole = result?.isPlain === true && (result.outcome === 'ok' || result.outcome === 'exception');
  return isWhole ? result : null;
}
