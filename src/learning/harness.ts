/**
 * Calls to the sandbox that may fail: a worker that died costs one rollout its verdict, never the run. An abort or a sandbox that is
 * closed or never started is no such accident and gets through.
 */
import { SandboxDisposedError, SandboxStartError } from '../sandbox/errors.ts';
import type { Limits } from '../sandbox/types.ts';
import type { Config } from './config.ts';

/** The result, or null when the harness failed. */
export async function orNull<T>(call: Promise<T>, signal?: AbortSignal): Promise<T | null> {
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

/** Limits of the programs of a run. Test programs (`task.check`) have those of benchmarks. */
export function programLimits(config: Config): Limits {
  return {
    codeBytes: config['sandbox.codeBytes'],
    outputBytes: config['sandbox.outputBytes'],
    valueBytes: config['sandbox.valueBytes'],
    steps: config['sandbox.steps'],
    callMs: config['sandbox.callMs'],
    jobMs: config['sandbox.jobMs'],
  };
}

/** Bytes that one interpreter may take. */
export const heapLimit = (config: Config): number => config['sandbox.heapMegabytes'] * 2 ** 20;
