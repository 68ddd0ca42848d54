import fc from 'fast-check';
import { programs } from '/work/w-truth-b/scripts/differential/programs.ts';
for (const p of fc.sample(programs, { numRuns: Number(process.argv[2]), seed: Number(process.argv[3] ?? 1) }))
  console.log(JSON.stringify(p));
