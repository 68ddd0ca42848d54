import fc from 'fast-check';
import { programs } from './programs.ts';
import { openComparer } from './compare.ts';
const cases = fc.sample(programs, { numRuns: Number(process.argv[2]), seed: Number(process.argv[3] ?? 1) });
const comparer = await openComparer();
const t = performance.now();
const out = await comparer.compare(cases);
console.error((performance.now() - t) / 1000, 's');
const counts: Record<string, number> = {};
let shown = 0;
for (const [i, c] of out.entries()) {
  const key = c.kind === 'unfit' ? `unfit ${c.why.slice(0, 60)}` : c.kind;
  counts[key] = (counts[key] ?? 0) + 1;
  if (c.kind === 'different' && shown++ < Number(process.argv[4] ?? 3)) {
    console.log(
      cases[i]!.code.split('\n')
        .map((l, k) => `${k + 1} ${l}`)
        .slice(48)
        .join('\n'),
      cases[i]!.args,
    );
    console.log(
      'only tracer  ',
      c.tracer.filter((x) => !c.observer.includes(x)),
    );
    console.log(
      'only observer',
      c.observer.filter((x) => !c.tracer.includes(x)),
    );
  }
}
console.log(counts);
await comparer.close();
process.exit(0);
