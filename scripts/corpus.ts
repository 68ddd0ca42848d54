/**
 * `npm run corpus`: makes everything that nano is trained on and asked, in order: tasks, documents of code
 * and test output, execution documents. It is seeded, and each script can be run alone. It takes about a
 * quarter of an hour on two cores. Only pretraining needs it.
 */
import { spawnSync } from 'node:child_process';

const FOLDER = '.cache/corpus';
const LAST = '.cache/corpus-last';
const STEPS = [
  'tasks.ts',
  `code.ts --count 180000 --outputs 60000 --seed 1 --out ${FOLDER}`,
  `execution.ts --count 110000 --seed 1 --out ${FOLDER}`,
  `code.ts --count 26000 --outputs 7000 --wrong-kept 0.7 --seed 2 --out ${LAST}`,
  `execution.ts --misread --count 22000 --seed 2 --out ${LAST}`,
];

for (const step of STEPS) {
  console.log(step);
  const [script, ...options] = step.split(' ');
  const command = ['--import', 'tsx', `scripts/corpus/${script}`, ...options];
  const { status } = spawnSync(process.execPath, command, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
