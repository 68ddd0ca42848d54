/**
 * `npx tsx scripts/transfer.ts`: puts the evidence of chapter 6 (does learning to
 * execute carry over to writing?) into public/runs/transfer.json. It measures nothing:
 * docs/experiments.md has the commands that wrote the files which are read here.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transferOf } from '../src/experiment/transfer.ts';

const root = join(import.meta.dirname, '..');
const read = (...path: string[]): unknown => JSON.parse(readFileSync(join(root, ...path), 'utf8'));
const experiment = (name: string): unknown =>
  existsSync(join(root, 'docs', 'experiments', `${name}.json`))
    ? read('docs', 'experiments', `${name}.json`)
    : undefined;

const transfer = transferOf({
  study: read('public', 'runs', 'study.json'),
  computed: experiment('computed-aloud'),
  control: experiment('computed-control'),
  verified: experiment('verified'),
  compass: experiment('compass-nano'),
  compassComputed: experiment('compass-v3-aloud'),
  census: experiment('census-nano'),
});
writeFileSync(join(root, 'public', 'runs', 'transfer.json'), `${JSON.stringify(transfer)}\n`);
for (const { name, seeds, difference } of transfer.effects)
  console.log(
    `${name}: ${difference.mean.toFixed(3)} [${difference.low}, ${difference.high}], ${seeds} seeds`,
  );
