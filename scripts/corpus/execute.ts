/**
 * Executes many small programs in the project's sandbox and gives their answers as
 * Python literals. It batches: a job holds several programs under names of their own,
 * because starting a job costs more than running one function.
 */
import { createSandbox } from '../../src/sandbox/node.ts';
import type { CallResult, CallSpec, Sandbox } from '../../src/sandbox/types.ts';

export interface Program {
  /** Source that defines `f`. */
  readonly code: string;
  /** Arguments of each call: Python literals. */
  readonly calls: readonly string[];
}

/**
 * Per program and call: the Python literal of the answer, or `!` and what happened
 * (`!IndexError`, `!step-limit`).
 */
export type Execute = (programs: readonly Program[]) => Promise<readonly (readonly string[])[]>;

export interface Executor {
  readonly execute: Execute;
  close(): Promise<void>;
}

const PROGRAMS_PER_JOB = 200;
/**
 * Turns of loops and starts of functions for all inputs of a program together, the
 * library's included. Right bodies on short inputs need a few hundred each; a program
 * that does not end is ended after a fraction of a second.
 */
const LIMITS = { steps: 1_000_000, callMs: 5000, jobMs: 60000, codeBytes: 2 ** 20 } as const;

/** Starts a sandbox of `workers` interpreters for corpus work; close it when done. */
export async function openExecutor(workers = 2): Promise<Executor> {
  const sandbox = await createSandbox({ workers });
  return {
    execute: async (programs) => {
      const batches: (readonly Program[])[] = [];
      for (let i = 0; i < programs.length; i += PROGRAMS_PER_JOB)
        batches.push(programs.slice(i, i + PROGRAMS_PER_JOB));
      return (await Promise.all(batches.map((batch) => runBatch(sandbox, batch)))).flat();
    },
    close: () => sandbox.dispose(),
  };
}

async function runBatch(sandbox: Sandbox, batch: readonly Program[]): Promise<string[][]> {
  const code = [
    DRIVER,
    ...batch.map((p, k) => `${p.code.replace(/\bf\(/g, `f${k}(`)}\nrun${k} = every(f${k})`),
  ].join('\n\n');
  const calls = batch.map((p, k): CallSpec => ({
    entryPoint: `run${k}`,
    args: p.calls.map((args) => `(${args},)`).join(', '),
  }));
  const results = (await sandbox.run({ code, calls, limits: LIMITS })).calls;
  if (batch.length > 1 && results.some((r) => r.outcome !== 'ok' && r.outcome !== 'step-limit')) {
    // One program took the others with it: each for itself.
    const apart: string[][] = [];
    for (const program of batch) apart.push(...(await runBatch(sandbox, [program])));
    return apart;
  }
  return batch.map((p, k) => answers(results[k] as CallResult, p.calls.length));
}

/**
 * All answers of one program in one call: the programs are ours, so they may share a frame with their driver.
 */
const DRIVER = `def every(function):
    def run(*inputs):
        answers = []
        for arguments in inputs:
            try:
                answers.append(repr(function(*arguments))[:300])
            except Exception as error:
                answers.append('!' + type(error).__name__)
        return answers
    return run`;

function answers(result: CallResult, count: number): string[] {
  const items = result.outcome === 'ok' && result.value?.type === 'list' ? result.value.items : [];
  return Array.from({ length: count }, (_, i) => {
    const item = items[i];
    return item?.type === 'str' ? item.value : `!${result.outcome}`;
  });
}
