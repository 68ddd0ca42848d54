import { createSandbox } from '../../src/sandbox/node.ts';
import { toLiteral } from '../../src/sandbox/literal.ts';
import { readFileSync } from 'node:fs';
const sb = await createSandbox({ workers: 1 });
const code = readFileSync(process.argv[2]!, 'utf8');
const args = process.argv[3]!;
const r = await sb.trace({ code, call: { entryPoint: 'f', args }, mode: 'steps' });
const mine = (r.steps ?? []).filter((s) => s.event === 'line').map((s) => s.line);
const OBS = readFileSync(new URL('observer.py', import.meta.url), 'utf8');
const driver = OBS + `
def lines(text, entry, *args, **named):
    plain = Observer(5000); plain.entry = False
    _run(compile(text, PROGRAM, 'exec'), entry, args, named, plain)
    return plain.lines
`;
const o = await sb.run({ code: driver, calls: [{ entryPoint: 'lines', args: `${toLiteral({ type: 'str', value: code })}, 'f', ${args}` }], limits: { steps: 1e7, callMs: 50000, jobMs: 60000 } });
console.log('tracer  ', mine.join(' '), r.outcome, r.error);
console.log('observer', toLiteral(o.calls[0]!.value!).replaceAll(/[[\],]/g, ''));
process.exit(0);
