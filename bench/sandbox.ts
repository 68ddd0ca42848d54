/**
 * Speed of the sandbox: `npx tsx bench/sandbox.ts`. Start from nothing and from the stored snapshot, micro-programs run and traced per second and
 * worker, time from a kill to the next result. Figures are for the machine and its load at that moment.
 */
import { createSandbox } from '../src/sandbox/node.ts';
import type { Pool } from '../src/sandbox/pool.ts';

const program = `def f(xs):
    total = 0
    seen = []
    for x in xs:
        if x % 2 == 0:
            total += x
            seen.append(x)
    return total
`;
const entryPoint = 'f';
const args = '[1, 2, 3, 4, 5, 6]';

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
}

async function rate(name: string, count: number, job: (code: string) => Promise<unknown>): Promise<void> {
  const all = () => Promise.all(Array.from({ length: count }, (_, i) => job(`${program}# ${i}\n`)));
  await all(); // WebAssembly is compiled in two tiers
  const [, ms] = await timed(all);
  console.log(`${name}: ${((count / ms) * 1000).toFixed(0)} per second and worker`);
}

async function killToReady(sandbox: Pool): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const bad = sandbox.run({
      code: 'def f(): return sum(range(10**12))',
      calls: [{ entryPoint, args: '' }],
      limits: { callMs: 300 },
    });
    const [, ms] = await timed(async () => {
      await bad;
      await sandbox.run({ code: 'def f(): return 1', calls: [{ entryPoint, args: '' }] });
    });
    times.push(ms - 300);
  }
  console.log(`deadline to next result: ${times.map((ms) => ms.toFixed(0)).join(', ')} ms`);
}

const [plain, plainMs] = await timed(() => createSandbox({ workers: 1, spare: false, snapshot: false }));
console.log(`start without a snapshot: ${plainMs.toFixed(0)} ms`);
await plain.dispose();
await (await createSandbox({ workers: 1 })).dispose();
const [sandbox, ms] = await timed(() => createSandbox({ workers: 1 }));
console.log(`start from the stored snapshot: ${ms.toFixed(0)} ms`);
await rate('run, one call', 500, (code) => sandbox.run({ code, calls: [{ entryPoint, args }] }));
await rate('run, eight calls', 500, (code) =>
  sandbox.run({ code, calls: Array.from({ length: 8 }, () => ({ entryPoint, args })) }),
);
await rate('trace, final', 500, (code) => sandbox.trace({ code, call: { entryPoint, args }, mode: 'final' }));
await rate('trace, steps', 500, (code) => sandbox.trace({ code, call: { entryPoint, args }, mode: 'steps' }));
await rate('fingerprint', 500, (code) => sandbox.fingerprint([code]));
await killToReady(sandbox);
await sandbox.dispose();
