/**
 * A Python that can run the exported loop, and the loop's folder: for the tests of
 * src/experiment/export/tracewise_rl.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loopPackage } from '../../../src/experiment/export/loop-package.ts';

const NEW_ENOUGH = 'import sys; sys.exit(0 if sys.version_info >= (3, 12) else 1)';

/** The first Python of 3.12 or later: TRACEWISE_PYTHON, else one in PATH; undefined where there is none. */
export const newPython = [
  process.env['TRACEWISE_PYTHON'],
  'python3',
  'python3.14',
  'python3.13',
  'python3.12',
].find((name) => name !== undefined && spawnSync(name, ['-c', NEW_ENOUGH]).status === 0);

export class LoopFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'tracewise-loop-'));

  constructor() {
    for (const [name, text] of loopPackage) this.write(name, text);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(join(this.path, name)), { recursive: true });
    writeFileSync(join(this.path, name), text);
  }

  /**
   * Runs a program that reads `data` as JSON from standard input. Returns the JSON
   * that it prints. @throws with its error
   */
  run(code: string, data: unknown): unknown {
    const done = spawnSync(newPython!, ['-c', code], {
      cwd: this.path,
      input: JSON.stringify(data),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    if (done.status !== 0) throw new Error(done.stderr);
    return JSON.parse(done.stdout);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
