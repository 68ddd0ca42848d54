/**
 * The npm package as a stranger has it: built, packed, installed in an empty project.
 * Its three examples run there, its types hold under a strict compiler, and it is as
 * small as promised. What the exported functions do is tested where they are.
 */
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildLibrary, DOORS, packLibrary } from '../../scripts/library.ts';

const ROOT = resolve(import.meta.dirname, '../..');
let project: string;
let tarball: string;

/** Runs a program in the empty project; its output, or an error with all that it said. */
function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: project,
    encoding: 'utf8',
    // A test runner's own settings are none of a stranger's.
    env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'production' },
    shell: process.platform === 'win32',
  });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`);
  return stdout;
}

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'tracewise-library-'));
  await buildLibrary();
  tarball = packLibrary(project);
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  run('npm', 'install', tarball, '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline');
});

afterAll(() => rm(project, { recursive: true, force: true }));

const example = async (name: string): Promise<string[]> => {
  await cp(join(ROOT, 'examples', name), join(project, name));
  return run('node', name).trim().split('\n');
};

const installed = (...path: string[]): string => join(project, 'node_modules', 'tracewise', ...path);

describe('the package in an empty project', () => {
  it('trains in ten lines', async () => {
    const lines = await example('loop.mjs');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(/^step [123]: reward (0|1|0\.\d+)$/);
    const code = (await readFile(join(ROOT, 'examples/loop.mjs'), 'utf8')).split('\n');
    expect(code.filter((line) => line !== '' && !line.startsWith('//')).length).toBeLessThanOrEqual(25);
  });

  it('trains on tasks of one’s own', async () => {
    const lines = await example('own-tasks.mjs');
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/^double-all( (pass|wrong|[a-z-]+)){8}$/);
  });

  it('learns from a reward of one’s own', async () => {
    const lines = await example('custom-reward.mjs');
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      const [, reward, norm] = /^step \d: reward (\d\.\d+), gradient norm (\d+\.\d+)$/.exec(line)!;
      expect(Number(reward)).toBeGreaterThan(0);
      expect(Number(norm)).toBeGreaterThan(0);
    }
  });

  it('has the command line', () => {
    expect(run('npx', 'tracewise', 'settings')).toContain('optimizer.learningRate=');
  });

  it('has types that hold under a strict compiler, at every door', async () => {
    const doors = Object.keys(DOORS).map((door) => `tracewise${door.slice(1)}`);
    const uses = [
      ...doors.map((door, i) => `import * as door${i} from '${door}';\nvoid door${i};`),
      `import { presetConfig, type TrainerEvent } from 'tracewise';`,
      `import { Graph, gradients, ops } from 'tracewise/tensor';`,
      `const graph = new Graph('square');`,
      `const x = graph.parameter('x', [2]);`,
      `const loss = ops.reduceSum(ops.mul(x, x), [0]);`,
      `export const g: readonly unknown[] = gradients(loss, [x]);`,
      `export const steps: number = presetConfig('rlvr').steps;`,
      `export const stepOf = (event: TrainerEvent): number => ('step' in event ? event.step : 0);`,
      `// @ts-expect-error: no such preset setting`,
      `presetConfig('rlvr', { nothing: 1 });`,
    ];
    await writeFile(join(project, 'uses.ts'), `${uses.join('\n')}\n`);
    const options = [
      '--strict',
      '--noEmit',
      '--target',
      'es2023',
      '--module',
      'nodenext',
      '--skipLibCheck',
      'uses.ts',
    ];
    run('node', join(ROOT, 'node_modules/typescript/bin/tsc'), ...options);
  });

  it('holds no page, and is under 2.5 MB as a tarball with nano in it', async () => {
    const manifest = JSON.parse(await readFile(installed('package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(Object.keys(manifest.dependencies)).not.toContain('svelte');
    const names = await readdir(installed('lib'), { recursive: true });
    expect(names.filter((name) => /svelte|^ui\b|^learner\b/.test(name))).toEqual([]);
    expect((await stat(tarball)).size).toBeLessThan(2.5e6);
  });
});
