/**
 * `npm test`: sees that there is a Chromium, checks types and style, runs every
 * vitest project and ends with one line that counts: `N passed, N failed`. Failed
 * checks count as failures. What the tests are is in vitest.config.ts.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureChromium } from './chromium.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** What vitest's json reporter writes, as far as we read it. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numTotalTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly unknown[];
  }[];
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const notes: string[] = [];

function say(line: string): void {
  console.error(`[test] ${line}`);
}

/** Its exit status. @param output what it says: shown at once, or all together at its end */
function npx(args: readonly string[], output: 'now' | 'at the end'): Promise<number> {
  const child = spawn('npx', ['--no-install', ...args], {
    stdio: [
      'ignore',
      ...(output === 'now' ? (['inherit', 'inherit'] as const) : (['pipe', 'pipe'] as const)),
    ],
    shell: process.platform === 'win32',
  });
  const said: Buffer[] = [];
  child.stdout?.on('data', (data: Buffer) => said.push(data));
  child.stderr?.on('data', (data: Buffer) => said.push(data));
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (status) => {
      process.stderr.write(Buffer.concat(said));
      resolve(status ?? 1);
    });
  });
}

const secondsSince = (start: number): string => `${((performance.now() - start) / 1000).toFixed(0)} s`;

async function check(name: string, args: readonly string[]): Promise<void> {
  const start = performance.now();
  if ((await npx(args, 'at the end')) === 0) total.passed += 1;
  else {
    total.failed += 1;
    notes.push(`check failed: ${name}`);
  }
  say(`${name}: ${secondsSince(start)}`);
}

/**
 * Runs one vitest project and adds its counts; a run that ends badly without a failed
 * test counts as one failure.
 */
async function project(name: string, folder: string): Promise<void> {
  say(`vitest project ${name}`);
  const start = performance.now();
  const report = join(folder, `${name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const status = await npx(['vitest', 'run', '--project', name, ...reporters], 'now');
  let failed = 0;
  try {
    const counts = JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
    // A file that cannot be loaded has no tests to count and fails all the same.
    const brokenFiles = counts.testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.length === 0,
    );
    failed = counts.numFailedTests + brokenFiles.length;
    total.passed += counts.numPassedTests;
    total.skipped += counts.numPendingTests + counts.numTodoTests;
    if (counts.numTotalTests === 0) {
      failed += 1;
      notes.push(`project ${name}: no tests ran`);
    }
  } catch {
    notes.push(`project ${name}: no report (vitest did not finish)`);
  }
  if (status !== 0 && failed === 0) {
    failed = 1;
    notes.push(`project ${name}: vitest ended with code ${status} though no test failed`);
  }
  total.failed += failed;
  say(`vitest project ${name}: ${secondsSince(start)}`);
}

async function checks(): Promise<void> {
  await check('types (tsc)', ['tsc', '--noEmit', '-p', '.']);
  await check('types of components (svelte-check)', [
    'svelte-check',
    '--tsconfig',
    './tsconfig.json',
    '--fail-on-warnings',
  ]);
  await check('lint (eslint)', ['eslint', '.']);
  await check('lint of Python (ruff)', ['tsx', 'scripts/lint/python.ts']);
  await check('format (prettier)', ['prettier', '--check', '--log-level', 'warn', '.']);
}

const began = performance.now();
const folder = mkdtempSync(join(tmpdir(), 'tracewise-test-'));
try {
  let chromium: string | undefined;
  try {
    chromium = ensureChromium(say);
    process.env['CHROMIUM'] = chromium;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    notes.push('no Chromium: the browser and e2e projects did not run');
    total.failed += 1;
  }
  // Each keeps one core busy: side by side they take as long as the longer one. The
  // other projects take both cores.
  await Promise.all([checks(), chromium === undefined ? undefined : project('browser', folder)]);
  await project('node', folder);
  if (chromium !== undefined) await project('e2e', folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

for (const note of notes) say(note);
if (total.skipped > 0) say(`${total.skipped} skipped (each says why above)`);
say(`${secondsSince(began)} in all`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
