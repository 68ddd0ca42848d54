/**
 * `npm run soak -- --programs 10000 --steps 300`: sends many programs through the real pool and then takes
 * many training steps on the built page, both in headless Chromium. The memory of all its processes is
 * sampled on the way. It prints a table and a JSON line; `--write` puts the table into docs/reliability.md.
 * It ends with code 1 when memory grew after warm-up or an outcome was not the expected one.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Browser } from 'playwright-core';
import { CHROMIUM_FLAGS, ensureChromium } from '../scripts/chromium.ts';
import { table } from '../src/cli/report.ts';
import { trend, type Sample } from './memory-samples.ts';
import { soakPrograms } from './soak-programs.ts';
import { soakSteps } from './soak-steps.ts';

/** Memory in the last quarter of the samples may be this much above that of the second quarter. */
const GROWTH_ALLOWED = 0.1;
const REPORT = resolve(import.meta.dirname, '../docs/reliability.md');
const [BEGIN, END] = ['<!-- soak:begin -->', '<!-- soak:end -->'];

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '10000' },
    steps: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    /** Settings of the training run, as in the page's address. */
    set: { type: 'string', multiple: true, default: [] },
    write: { type: 'boolean', default: false },
  },
});
const [programs, steps, seed] = [values.programs, values.steps, values.seed].map(Number) as [
  number,
  number,
  number,
];
if (![programs, steps, seed].every((count) => Number.isSafeInteger(count) && count >= 0)) {
  console.error('npm run soak -- [--programs N] [--steps N] [--seed S] [--set key=value]... [--write]');
  process.exit(2);
}

const say = (line: string): void => console.error(line);
const executablePath = ensureChromium(say);
const launch = (): Promise<Browser> => chromium.launch({ args: [...CHROMIUM_FLAGS], executablePath });

interface Part {
  readonly samples: readonly Sample[];
  readonly seconds: number;
  readonly counts: Readonly<Record<string, number>>;
  /** Empty when all went as expected. */
  readonly surprises: readonly string[];
}

async function timed(work: (browser: Browser) => Promise<Omit<Part, 'seconds'>>): Promise<Part> {
  const browser = await launch();
  const start = performance.now();
  try {
    const part = await work(browser);
    return { ...part, seconds: (performance.now() - start) / 1000 };
  } finally {
    await browser.close();
  }
}

const parts: Record<string, Part> = {};
if (programs > 0)
  parts[`${programs} programs, 5 % hostile`] = await timed((browser) =>
    soakPrograms(browser, { count: programs, seed, say }),
  );
if (steps > 0)
  parts[`${steps} training steps`] = await timed((browser) =>
    soakSteps(browser, { steps, seed, settings: values.set, say }),
  );

const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
const rows = Object.entries(parts).map(([name, { samples, seconds }]) => {
  const { early, late, peak, growth } = trend(samples);
  return [name, seconds.toFixed(0), mib(early), mib(late), mib(peak), `${(100 * growth).toFixed(1)} %`];
});
const heading = ['', 'seconds', 'MiB after warm-up', 'MiB at the end', 'MiB peak', 'growth'];
const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${process.platform}`;
console.log(machine);
for (const line of table([heading, ...rows])) console.log(line);
for (const [name, { counts }] of Object.entries(parts)) {
  const list = Object.entries(counts).map(([outcome, count]) => `${outcome} ${count}`);
  console.log(`${name}: ${list.join(', ')}`);
}
const failures = Object.entries(parts).flatMap(([name, { samples, surprises }]) => [
  ...surprises.slice(0, 5).map((surprise) => `${name}: ${surprise}`),
  ...(trend(samples).growth > GROWTH_ALLOWED ? [`${name}: memory grew`] : []),
]);
for (const failure of failures) console.log(`NOT AS EXPECTED  ${failure}`);
console.log(JSON.stringify({ machine, parts, failures }));

if (values.write) {
  const text = await readFile(REPORT, 'utf8');
  const command = `npm run soak -- --programs ${programs} --steps ${steps}${values.set.map((set) => ` --set ${set}`).join('')}`;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const block = [
    BEGIN,
    '',
    `\`${command}\` on ${machine}:`,
    '',
    line(heading),
    line(heading.map(() => '---')),
    ...rows.map(line),
    '',
    ...Object.entries(parts).map(
      ([name, { counts }]) =>
        `- ${name}: ${Object.entries(counts)
          .map(([outcome, count]) => `${outcome} ${count}`)
          .join(', ')}`,
    ),
    '',
    END,
  ].join('\n');
  await writeFile(
    REPORT,
    text.slice(0, text.indexOf(BEGIN)) + block + text.slice(text.indexOf(END) + END.length),
  );
}
process.exit(failures.length === 0 ? 0 : 1);
