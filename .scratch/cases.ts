import { readFileSync } from 'node:fs';
import { createSandbox } from '../src/sandbox/node.ts';
import { checkProgram } from '../src/sandbox/check.ts';
const untrusted = await createSandbox({ workers: 1 });
const trusted = await untrusted.sibling(1);
if (process.argv[3] === 'replay') for (const p of [untrusted, trusted]) {
  (p as any).options = { ...(p as any).options, spawn: ((f: any) => () => ({ ...f(), sharesMemory: false }))((p as any).options.spawn) };
}
const dir = process.argv[2] ?? '/work/shared/cases/judge';
const rows = (f: string) => readFileSync(f, 'utf8').trim().split('\n').map((l) => JSON.parse(l));
const tasks = new Map(rows(dir + '/tasks.jsonl').map((t) => [t.task_id, t]));
const want = new Map(rows(dir + '/expected.jsonl').map((t) => [t.task_id, t.cpython]));
const only = process.argv[4];
let bad = 0;
for (const s of rows(dir + '/samples.jsonl')) {
  if (only && s.task_id !== only) continue;
  const t = tasks.get(s.task_id);
  const start = performance.now();
  let got: any;
  try { got = await checkProgram({ code: t.prompt + s.completion, entryPoint: t.entry_point, check: t.test, prompt: t.prompt }, untrusted, trusted); }
  catch (e) { got = { outcome: 'ERR ' + e }; }
  const ok = (got.outcome === 'pass') === (want.get(s.task_id) === 'pass') && !got.outcome.startsWith('ERR');
  if (!ok) bad++;
  console.log(ok ? 'ok ' : 'BAD', s.task_id, want.get(s.task_id), (performance.now() - start).toFixed(0), ok && !only ? got.outcome : JSON.stringify(got));
}
console.log('bad', bad);
await untrusted.dispose(); await trusted.dispose();
