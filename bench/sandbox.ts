/**
 * Times the sandbox in Node: its start, the programs that one worker runs and traces per second, and the time
 * from a killed program to the next answer.
 */
import { builtInTasks, openSandbox } from '../src/cli/engine.ts';
import type { Sandbox, TraceJob } from '../src/sandbox/types.ts';

const PROGRAMS = 200;
const DEADLINE_MS = 300;

/** No line of Python is run in it, so that only the end of the worker ends it. */
const ENDLESS = 'def f():\n    return sum(range(10**13))\n';
const QUICK = 'def f():\n    return 1\n';

export async function benchSandbox(
  repeat: number,
  progress: (line: string) => void,
): Promise<Record<string, readonly number[]>> {
  const jobs = await microPrograms();
  const notPlain = jobs.map((job) => ({ ...job, code: `class Any: pass\n${job.code}` }));
  const start: number[] = [];
  const run: number[] = [];
  const traced: number[] = [];
  const putBack: number[] = [];
  const fromSpare: number[] = [];
  const fromSnapshot: number[] = [];
  const one = await openSandbox({ workers: 1, spare: false });
  const withSpare = await openSandbox({ workers: 1, spare: true });
  try {
    // WebAssembly is compiled in two tiers: the first pass is the slow one.
    await traceAll(one, jobs);
    await runAll(one, jobs);
    for (let round = 1; round <= repeat; round++) {
      start.push(await seconds(async () => (await openSandbox({ workers: 1, spare: false })).dispose()));
      run.push(jobs.length / (await seconds(() => runAll(one, jobs))));
      traced.push(jobs.length / (await seconds(() => traceAll(one, jobs))));
      putBack.push(jobs.length / (await seconds(() => runAll(one, notPlain))));
      fromSnapshot.push(await killToReady(one));
      fromSpare.push(await killToReady(withSpare));
      progress(`sandbox round ${round} of ${repeat}`);
    }
  } finally {
    await one.dispose();
    await withSpare.dispose();
  }
  return {
    'start of a sandbox with one worker (s)': start,
    'programs run per second and worker': run,
    'programs traced per second and worker': traced,
    'programs that are not plain, run per second and worker': putBack,
    'kill to next answer, no spare (s)': fromSnapshot,
    'kill to next answer, warm spare (s)': fromSpare,
  };
}

/** Solutions of the built-in tasks with their first input. */
async function microPrograms(): Promise<TraceJob[]> {
  const jobs = (await builtInTasks()).flatMap(
    ({ prompt, solution, entryPoint, visible: [example] }): TraceJob[] =>
      solution === undefined || example === undefined
        ? []
        : [{ code: prompt + solution, call: { entryPoint, args: example.args }, mode: 'final' }],
  );
  if (jobs.length === 0) throw new Error('The built-in tasks have no solutions to trace.');
  return Array.from({ length: PROGRAMS }, (_, i) => jobs[i % jobs.length]!);
}

async function traceAll(sandbox: Sandbox, jobs: readonly TraceJob[]): Promise<void> {
  for (const result of await Promise.all(jobs.map((job) => sandbox.trace(job)))) {
    if (result.outcome !== 'ok') throw new Error(`A built-in solution ended as ${result.outcome}.`);
  }
}

async function runAll(sandbox: Sandbox, jobs: readonly TraceJob[]): Promise<void> {
  await Promise.all(jobs.map(({ code, call }) => sandbox.run({ code, calls: [call] })));
}

/** From the verdict on an endless program to the answer of the next one. */
async function killToReady(sandbox: Sandbox): Promise<number> {
  const call = { entryPoint: 'f', args: '' };
  const limits = { callMs: DEADLINE_MS, jobMs: DEADLINE_MS };
  const killed = await sandbox.run({ code: ENDLESS, calls: [call], limits });
  const outcome = killed.calls[0]?.outcome;
  if (outcome !== 'timeout') throw new Error(`An endless program ended as ${outcome}.`);
  return seconds(() => sandbox.run({ code: QUICK, calls: [call] }));
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
