/**
 * Asks a CPython for its verdict on a row of a public set, in a process of its own with a time limit and no
 * other wall: for programs that their set publishes, never for a model's.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface CPythonVerdict {
  readonly verdict: 'pass' | 'fail' | 'timeout';
  /** The exception, where there was one. */
  readonly why: string;
  readonly seconds: number;
}

export async function askCPython(
  command: string,
  source: string,
  row: Readonly<Record<string, unknown>>,
  timeoutMs: number,
): Promise<CPythonVerdict> {
  const began = performance.now();
  const child = spawn(command, [fileURLToPath(new URL('verdict.py', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, PYTHONHASHSEED: '0' },
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (said = (said + part).slice(-10_000)));
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify({ source, row }));
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  clearTimeout(timer);
  const seconds = Math.round(performance.now() - began) / 1000;
  if (isLate) return { verdict: 'timeout', why: '', seconds };
  // The last line is the script's own; what programs print goes nowhere.
  const line = said.trim().split('\n').at(-1) ?? '';
  if (line === '') return { verdict: 'fail', why: 'the process ended', seconds };
  const { verdict, why } = JSON.parse(line) as Pick<CPythonVerdict, 'verdict' | 'why'>;
  return { verdict, why, seconds };
}
