import { createSandbox } from '../../src/sandbox/node.ts';
import { readFileSync } from 'node:fs';
const sb = await createSandbox({ workers: 1 });
let lines = readFileSync(process.argv[2]!, 'utf8').split('\n');
const from = Number(process.argv[4]);
const bad = async (l: string[]) => { const r = await sb.trace({ code: l.join('\n'), call: { entryPoint: 'f', args: process.argv[3]! }, mode: 'final', limits: { callMs: 3000, jobMs: 4000 }, trusted: true }); return r.outcome === 'timeout'; };
console.log(await bad(lines));
for (let size = 8; size >= 1; size = size >> 1)
for (let i = lines.length - size; i >= from; i--) { const l = [...lines.slice(0, i), ...lines.slice(i + size)]; if (await bad(l)) { lines = l; i = Math.min(i, lines.length - size + 1);} }
console.log(lines.join('\n'));
process.exit(0);
