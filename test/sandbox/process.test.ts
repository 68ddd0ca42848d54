/**
 * What a process for each interpreter is for: JavaScript that cannot be ended, or that takes all memory,
 * costs the program that came to it and nobody else. No way from Python to such JavaScript is known, so
 * it is put into the process (broken-random.mjs). And a process ends with the one that started it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { createSandbox, pythonProcess } from '../../src/sandbox/node.ts';
import { spawnPython } from '../../src/sandbox/node-process.ts';
import type { Pool } from '../../src/sandbox/pool.ts';
import { checkProgram } from '../../src/sandbox/check.ts';

const broken = fileURLToPath(new URL('broken-random.mjs', import.meta.url));
const limits = { callMs: 60_000, jobMs: 120_000 };
let pool: Pool | undefined;
afterEach(() => pool?.dispose());

async function brokenPool(workers: number): Promise<Pool> {
  const python = await pythonProcess();
  const spawnBroken = () => spawnPython({ script: broken, folder: python.folder, more: [python.script] });
  return (pool = await createSandbox({ spawn: spawnBroken, workers }));
}

const random = (length: number) => `import os\ndef f():\n    return len(os.urandom(${length}))\n`;
const run = async (code: string, own: object = limits) => {
  const { calls } = await pool!.run({ code, calls: [{ entryPoint: 'f', args: '' }], limits: own });
  return calls[0];
};
const neighbour = 'def f():\n    return sum(range(50_000))\n';

describe.each<[string, number, string, object]>([
  ['JavaScript that no clock ends', 201, 'timeout', { callMs: 1500, jobMs: 1500 }],
  ['JavaScript that takes all memory', 202, 'memory', limits],
  ['the end of its process', 203, 'tamper', limits],
])('%s', (_what, length, outcome, own) => {
  test('costs one program, while its neighbours go on', async () => {
    await brokenPool(2);
    expect(await run(random(200)), 'other lengths are as ever').toMatchObject({ value: { value: 200 } });
    const attacked = run(random(length), own);
    const neighbours = await Promise.all(Array.from({ length: 20 }, () => run(neighbour)));
    for (const result of neighbours) expect(result).toMatchObject({ value: { value: 1_249_975_000 } });
    expect(await attacked).toMatchObject({ outcome });
    expect(await run(neighbour)).toMatchObject({ outcome: 'ok' });
  }, 300_000);
});

test('a check whose program cannot be ended has a verdict, and the one after it has its own', async () => {
  await brokenPool(1);
  const trusted = await pool!.sibling(1);
  const job = {
    code: 'import os\ndef f(n):\n    return len(os.urandom(n))\n',
    entryPoint: 'f',
    prompt: '',
    limits: { callMs: 1500, jobMs: 20_000 },
  };
  const check = (n: number) =>
    `def check(candidate):\n    assert candidate(5) == 5\n    assert candidate(${n}) == ${n}\n`;
  expect(await checkProgram({ ...job, check: check(201) }, pool!, trusted)).toMatchObject({
    outcome: 'timeout',
  });
  const patient = { ...job, limits };
  expect(await checkProgram({ ...patient, check: check(202) }, pool!, trusted)).toMatchObject({
    outcome: 'memory',
  });
  expect(await checkProgram({ ...patient, check: check(77) }, pool!, trusted)).toMatchObject({
    outcome: 'pass',
    calls: 2,
  });
  await trusted.dispose();
}, 300_000);

/** The two processes of one interpreter, and who started them. */
const parent = `
import { createSandbox, pythonProcess } from '${new URL('../../src/sandbox/node.ts', import.meta.url).href}';
import { spawnPython } from '${new URL('../../src/sandbox/node-process.ts', import.meta.url).href}';
const python = await pythonProcess();
const spawn = () => spawnPython({ script: '${broken}', folder: python.folder, more: [python.script] });
const pool = await createSandbox({ spawn, workers: 1, spare: false });
console.log('started');
void pool.run({ code: ${JSON.stringify(random(201))}, calls: [{ entryPoint: 'f', args: '' }], limits: { callMs: 1e8, jobMs: 1e8 } });
`;

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

test.skipIf(process.platform !== 'linux')(
  'an interpreter in JavaScript that no clock ends ends with the process that started it, however that ends',
  async () => {
    const holder = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', parent], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    const [child] = childrenOf(holder.pid!).filter((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('broken-random'),
    );
    expect(child).toBeDefined();
    holder.kill('SIGKILL');
    while (existsSync(`/proc/${child}`) && !/^State:\tZ/m.test(readFileSync(`/proc/${child}/status`, 'utf8')))
      await new Promise((resolve) => setTimeout(resolve, 50));
  },
  120_000,
);

test('Node bars the process from files that are not its own, and from starting programs', async () => {
  // The same flags and paths, with a script that tries.
  const folder = mkdtempSync(join(tmpdir(), 'tracewise-test-'));
  const written = join(folder, 'written');
  const trying = fileURLToPath(new URL('trying-out.mjs', import.meta.url));
  const { script, folder: python } = await pythonProcess();
  const said: string[] = [];
  const handle = spawnPython({ script: trying, folder: python, more: [script, written] });
  await new Promise<void>((resolve) =>
    handle.onEnd((reason) => {
      said.push(reason);
      resolve();
    }),
  );
  expect(said[0]).toContain('read ERR_ACCESS_DENIED, wrote ERR_ACCESS_DENIED, started ERR_ACCESS_DENIED');
  expect(existsSync(written)).toBe(false);
  rmSync(folder, { recursive: true });
  expect(spawnSync(process.execPath, ['-e', '0']).status, 'this process may').toBe(0);
});
