/**
 * Runs built-in solutions and hostile programs, mixed by seed, through the pool of a page in Chromium under
 * the policy that its workers have.
 */
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { serve } from '../scripts/serve.ts';
import { builtInTasks } from '../src/cli/engine.ts';
import type { Sandbox } from '../src/sandbox/types.ts';
import { createRandom } from '../src/base/random.ts';
import { descendantsMemory, type Sample } from './memory-samples.ts';

const ROOT = resolve(import.meta.dirname, '..');
const BUILT = join(ROOT, '.cache/soak');
const HOSTILE_SHARE = 0.05;
/** Programs between two samples of memory. */
const BATCH = 100;

/** Each with the outcomes that are right for it. */
const HOSTILE: readonly { readonly code: string; readonly ends: readonly string[] }[] = [
  { code: 'def f():\n    while True:\n        pass\n', ends: ['step-limit', 'timeout'] },
  { code: 'def f():\n    return sum(range(10**13))\n', ends: ['timeout'] },
  { code: 'def f():\n    return [0] * 10**10\n', ends: ['memory', 'exception'] },
  {
    code: 'def f():\n    xs = []\n    while True:\n        xs.append("x" * 10**7)\n',
    ends: ['memory', 'step-limit', 'timeout', 'exception'],
  },
  { code: 'def f():\n    return f()\n', ends: ['exception', 'memory', 'step-limit'] },
  {
    code: 'def f():\n    while True:\n        print("x" * 10**6)\n',
    ends: ['output-limit', 'step-limit', 'timeout'],
  },
  { code: 'import os\ndef f():\n    os._exit(0)\n', ends: ['exit', 'exception'] },
  { code: 'import sys\ndef f():\n    sys.exit(3)\n', ends: ['exit'] },
  {
    code: 'import builtins\nbuiltins.len = lambda x: 0\nbuiltins.sorted = None\ndef f():\n    return 1\n',
    ends: ['ok', 'tamper', 'exception'],
  },
  {
    code: 'import sys\nsys.settrace(None)\ndef f():\n    while True:\n        pass\n',
    ends: ['tamper', 'timeout', 'step-limit', 'exception'],
  },
  {
    code: 'def f():\n    try:\n        while True: pass\n    except BaseException:\n        return 1\n',
    ends: ['step-limit', 'timeout', 'tamper'],
  },
  { code: 'import js\ndef f():\n    return js.fetch("/")\n', ends: ['exception'] },
];

interface Job {
  readonly code: string;
  readonly entryPoint: string;
  readonly args: string;
  readonly isTraced: boolean;
  readonly ends: readonly string[];
  readonly isHostile: boolean;
}

export async function soakPrograms(
  browser: Browser,
  {
    count,
    seed,
    say,
  }: { readonly count: number; readonly seed: number; readonly say: (line: string) => void },
) {
  const jobs = await mixture(count, seed);
  // Built, as what is shipped: the workers' file is the one that the server sends the stricter policy with.
  await build({
    root: ROOT,
    configFile: join(ROOT, 'vite.config.ts'),
    publicDir: false,
    logLevel: 'warn',
    build: { outDir: BUILT, emptyOutDir: true, rolldownOptions: { input: join(ROOT, 'bench/soak.html') } },
  });
  const served = await serve(BUILT, 0);
  const samples: Sample[] = [];
  const counts: Record<string, number> = {};
  const surprises: string[] = [];
  try {
    const page = await browser.newPage();
    await page.goto(`${served.url}bench/soak.html`);
    await page.waitForFunction(() => 'soak' in window, undefined, { timeout: 600_000 });
    for (let first = 0; first < jobs.length; first += BATCH) {
      const batch = jobs.slice(first, first + BATCH);
      const outcomes = await page.evaluate(runInPage, batch);
      outcomes.forEach((outcome, i) => {
        const job = batch[i]!;
        const name = `${job.isHostile ? 'hostile' : 'honest'} ${outcome}`;
        counts[name] = (counts[name] ?? 0) + 1;
        if (!job.ends.includes(outcome))
          surprises.push(`${outcome} from ${JSON.stringify(job.code.slice(0, 200))}`);
      });
      const bytes = await descendantsMemory('chrom');
      if (bytes !== null) samples.push({ at: first + batch.length, bytes });
      say(`${first + batch.length} of ${count} programs, ${((bytes ?? 0) / 2 ** 20).toFixed(0)} MiB`);
    }
  } finally {
    await served.close();
  }
  return { samples, counts, surprises };
}

/** Runs in the page. */
async function runInPage(jobs: readonly Job[]): Promise<string[]> {
  const { sandbox } = (window as unknown as { soak: { sandbox: Sandbox } }).soak;
  return Promise.all(
    jobs.map(async ({ code, entryPoint, args, isTraced }) => {
      const call = { entryPoint, args };
      // Deadlines short enough for a soak of thousands.
      const limits = { callMs: 2000, jobMs: 4000 };
      try {
        if (isTraced) return (await sandbox.trace({ code, call, mode: 'final', limits })).outcome;
        return (await sandbox.run({ code, calls: [call], limits })).calls[0]?.outcome ?? 'nothing';
      } catch (error) {
        // Names of classes are shortened in a built page; messages are not.
        return `error: ${(error as Error).message}`;
      }
    }),
  );
}

async function mixture(count: number, seed: number): Promise<readonly Job[]> {
  const random = createRandom(seed).fork('soak');
  const honest = (await builtInTasks()).flatMap(({ prompt, solution, entryPoint, visible: [example] }) =>
    solution === undefined || example === undefined
      ? []
      : [{ code: prompt + solution, entryPoint, args: example.args, ends: ['ok'], isHostile: false }],
  );
  return Array.from({ length: count }, (): Job => {
    const isTraced = random.next() < 0.5;
    if (random.next() >= HOSTILE_SHARE) return { ...random.pick(honest), isTraced };
    return { ...random.pick(HOSTILE), entryPoint: 'f', args: '', isTraced, isHostile: true };
  });
}
