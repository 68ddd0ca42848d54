/**
 * Pretraining documents of the first and third kind as JSONL: `code` (description -> body,
 * right or wrong, labelled by execution) and `output` (description and input -> expected
 * value). `npx tsx scripts/corpus/code.ts --count N --seed S --out DIR [--wrong-kept SHARE]`.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createRandom } from '../../src/base/random.ts';
import { drawProblem, promptOf } from './domain/index.ts';
import { openExecutor, type Execute } from './execute.ts';
import { isTelling, labelledPrograms, testsOf, type LabelCounts } from './label.ts';
import { ConceptRates } from './rates.ts';

export interface CorpusOptions {
  readonly count: number;
  readonly outputs: number;
  readonly seed: number;
  /** Share of the wrong bodies that is kept. */
  readonly wrongKept: number;
  readonly out: string;
}

/** Writes code.jsonl, output.jsonl and rates.json into a folder; each appears only when it is complete. */
export async function writeCorpus(
  options: CorpusOptions,
  execute: Execute,
  progress: (line: string) => void,
): Promise<void> {
  const random = createRandom(options.seed).fork('corpus');
  mkdirSync(options.out, { recursive: true });
  const counts: LabelCounts = { relabelled: 0, dropped: 0, degenerate: 0 };
  const rates = new ConceptRates();
  const rows: string[] = [];
  const labelled = labelledPrograms(random.fork('code'), options.count, execute, counts, options);
  for await (const s of labelled) {
    rates.add(s.problem, s.faults, s.passes);
    rows.push(
      JSON.stringify({
        kind: 'code',
        prompt: s.prompt,
        completion: s.completion,
        right: s.passes,
        concept: s.concept,
        faults: s.faults,
      }),
    );
    if (rows.length % 10000 === 0) progress(`${rows.length} programs`);
  }
  publish(`${options.out}/code.jsonl`, rows.join('\n') + '\n');
  const outputs = outputDocuments(options.outputs, random.fork('output'));
  publish(`${options.out}/output.jsonl`, outputs.join('\n') + '\n');
  publish(`${options.out}/rates.json`, JSON.stringify(rates.report(counts), null, 1) + '\n');
  progress(rates.summary(counts));
}

/** Documents of the third kind: what a right function gives for one short input. */
function outputDocuments(count: number, random: ReturnType<typeof createRandom>): string[] {
  const rows: string[] = [];
  while (rows.length < count) {
    const problem = drawProblem(random, 'train');
    const tests = testsOf(problem);
    if (!isTelling(tests)) continue;
    const description = promptOf(problem, random).split('\n')[0] as string;
    // No more than two inputs of one wording, or short recipes would fill the corpus.
    for (const { args, expected } of random.shuffle(tests).slice(0, 2)) {
      rows.push(
        JSON.stringify({
          kind: 'output',
          prompt: `${description}\n# f(${args}) ==`,
          completion: ` ${expected}`,
        }),
      );
    }
  }
  return rows.slice(0, count);
}

function publish(path: string, text: string): void {
  writeFileSync(`${path}.part`, text);
  renameSync(`${path}.part`, path);
}

if (process.argv[1]?.endsWith('code.ts')) {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '180000' },
      outputs: { type: 'string', default: '60000' },
      seed: { type: 'string', default: '1' },
      'wrong-kept': { type: 'string', default: '1' },
      out: { type: 'string', default: '.cache/corpus' },
    },
  });
  const wrongKept = Number(values['wrong-kept']);
  if (!(wrongKept >= 0 && wrongKept <= 1))
    throw new Error(`--wrong-kept ${values['wrong-kept']}: a share from 0 to 1`);
  const executor = await openExecutor();
  try {
    const options = {
      count: Number(values.count),
      outputs: Number(values.outputs),
      seed: Number(values.seed),
      wrongKept,
      out: values.out,
    };
    await writeCorpus(options, executor.execute, (line) => process.stderr.write(`${line}\n`));
  } finally {
    await executor.close();
  }
}
