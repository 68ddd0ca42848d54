/**
 * `npm run attack`: the red team. It composes attacks from parts and runs them beside honest programs, in
 * Node or in Chromium. It counts what should not happen and prints each case as a program with its seed. What
 * it tries is in attack/, what it measures is in attack/campaign.ts.
 */
import type { Finding, FindingKind } from './attack/campaign.ts';
import { compose } from './attack/compose.ts';
import { readOptions, USAGE, type AttackOptions } from './attack/options.ts';
import { watched, type Outcome } from './attack/watch.ts';

const KINDS: readonly FindingKind[] = ['false-pass', 'lost', 'wrong-trace', 'abstained', 'stall'];
const NAMES: Readonly<Record<FindingKind, string>> = {
  'false-pass': 'false passes',
  lost: 'lost honest verdicts',
  'wrong-trace': 'wrong traces',
  abstained: 'attacks without a verdict',
  stall: 'stalls',
};

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), Date.now() % 1_000_000);
  if (options.help) return console.log(USAGE);
  if (options.show) return show(options);
  console.error(
    `seed ${options.seed}, ${options.frame ? 'Chromium, frame' : options.browser ? 'Chromium' : 'Node'}`,
  );
  const outcome = await watched(options, (finding) =>
    console.log(options.json ? JSON.stringify(finding) : printed(finding)),
  );
  console.log(options.json ? JSON.stringify(outcome.counts) : summary(outcome));
  process.exitCode = outcome.findings.length > 0 || outcome.counts.compositions === 0 ? 1 : 0;
}

function show({ seed, first, count }: AttackOptions): void {
  for (let number = first; number < first + Math.min(count, 1000); number++) {
    const { parts, program } = compose(seed, number);
    console.log(`--- --seed ${seed} --first ${number}: ${parts.join(' + ')}\n${program}\n`);
  }
}

function printed(finding: Finding): string {
  const { kind, seed, number, parts, says, program, victim, repeats, since } = finding;
  return [
    `=== ${kind}: ${says} (${repeats ? 'again when alone' : `not when alone: from --first ${since} on`})`,
    `--- --seed ${seed} --first ${number} --count 1: ${parts.join(' + ')}`,
    program,
    ...(victim === undefined ? [] : ['--- the program it was seen on', victim]),
    '',
  ].join('\n');
}

function summary({ counts, findings }: Outcome): string {
  const found = KINDS.map((kind) => `${findings.filter((f) => f.kind === kind).length} ${NAMES[kind]}`);
  const { compositions, runs, honest, traces } = counts;
  return `${compositions} compositions, ${runs} programs run, ${honest} honest verdicts, ${traces} traces: ${found.join(', ')}`;
}

await main();
