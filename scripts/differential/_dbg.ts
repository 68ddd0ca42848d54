import { createSandbox } from '../../src/sandbox/node.ts';
import { readFileSync } from 'node:fs';
const sb = await createSandbox({ workers: 1 });
const code = readFileSync(process.argv[2]!, 'utf8');
const t = performance.now();
const r = await sb.run({ code, calls: [{ entryPoint: 'main', args: process.argv[3] ?? '' }], limits: { steps: 1e8, callMs: 60000, jobMs: 60000, codeBytes: 1e6 }, trusted: true });
console.log(r.calls[0]!.outcome, JSON.stringify(r.calls[0]!.error ?? ''), (performance.now() - t).toFixed(0), 'ms');
console.log(r.calls[0]!.stdout);
process.exit(0);
