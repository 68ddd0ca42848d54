/**
 * A sandbox that starts when it gets its first job. Most runs never need its interpreters, and then they cost
 * nothing.
 */
import { SandboxDisposedError } from './errors.ts';
import type { Boundary, Sandbox } from './types.ts';

/**
 * @param open starts the sandbox; after a failure the next job tries again
 * @param known what `open` will give, for those who ask before
 */
export function lazySandbox(
  open: () => Promise<Sandbox>,
  known: { readonly boundary: Boundary; readonly workers: number },
): Sandbox {
  let opened: Promise<Sandbox> | undefined;
  let isClosed = false;
  const started = (): Promise<Sandbox> => {
    if (isClosed) return Promise.reject(new SandboxDisposedError());
    if (opened === undefined) {
      opened = open();
      opened.catch(() => (opened = undefined));
    }
    return opened;
  };
  return {
    ...known,
    run: async (job, signal) => (await started()).run(job, signal),
    converse: async (job, talk, signal) => (await started()).converse(job, talk, signal),
    trace: async (job, signal) => (await started()).trace(job, signal),
    operations: async (job, signal) => (await started()).operations(job, signal),
    fingerprint: async (codes) => (await started()).fingerprint(codes),
    async dispose() {
      isClosed = true;
      // One that never started has nothing to free.
      const sandbox = await opened?.catch(() => undefined);
      await sandbox?.dispose();
    },
  };
}
