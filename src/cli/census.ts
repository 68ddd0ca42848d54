/**
 * `census`: what kind of mistake makes a model's programs fail: a description misread, an execution slip, no
 * Python, no budget. It trains nothing.
 */
import { readCensus, takeCensus, type CensusReading } from '../instruments/census/census.ts';
import { LABELS_FILE, readLabels, type Labels } from '../instruments/census/labels.ts';
import { sampleCodeAt } from '../learning/code-rollouts.ts';
import { createRandom } from '../base/random.ts';
import { adapterSnapshot } from './adapter-file.ts';
import { parseOptions, wholeNumber, type Command } from './command.ts';
import { readPublicText } from './engine.ts';
import { readFileText } from './files.ts';
import { INSTRUMENT_OPTIONS, instrumentUsage, withInstrument } from './instrument.ts';
import { table } from './report.ts';

const DEFAULTS = { suite: 'heldout', tasks: 100 };

export const censusCommand: Command = {
  usage: `census [--suite heldout|train|easy|FILE|hub:ID] [--model PATH] [--adapter PATH] [--n 8] [--labels FILE]
    [--tasks N] [--preset NAME] [--seed S] [--set key=value]... [--device wasm|native] [--threads N] [--json]

${instrumentUsage(DEFAULTS)}
  --adapter PATH   whose programs are looked at (default: those of the model without an adapter)
  --n N            programs per task, at temperature 1 (default 8)
  --labels FILE    which behaviour shows which misconception, by task (default: those of nano's tasks)

  misread description  it answers all tests as a known misconception about the description does
  execution slip       it would pass if it were executed as nano misreads programs
  docs/instruments.md has the rules`,

  async run(argv, context) {
    const options = parseOptions(argv, {
      ...INSTRUMENT_OPTIONS,
      adapter: { type: 'string' },
      n: { type: 'string' },
      labels: { type: 'string' },
    });
    const n = wholeNumber(options.n, 'n', 8, 1, 1000);
    const labels: Labels =
      options.labels === undefined
        ? readLabels(await readPublicText(LABELS_FILE), `public/${LABELS_FILE}`)
        : readLabels(await readFileText(options.labels), options.labels);
    const adapters = options.adapter === undefined ? [] : [options.adapter];
    await withInstrument(
      { options, defaults: DEFAULTS, adapters },
      context,
      async (instrument, [adapter]) => {
        const { policy, sandbox, trusted, config, tasks } = instrument;
        if (adapter !== undefined) await policy.restore(adapterSnapshot(adapter, policy));
        const { signal } = context;
        const random = createRandom(config.seed).fork('census');
        const writer = adapter === undefined ? 'base' : 'current';
        const groups = await sampleCodeAt(
          tasks,
          { policy, sandbox, trusted, config, adapter: writer, random, signal },
          { groupSize: n, temperature: 1 },
        );
        context.progress(`${tasks.length} tasks, ${n} programs each; looks at those that failed`);
        const programs = await takeCensus(groups, { sandbox, labels, signal });
        const reading = readCensus(programs, labels, random);
        if (options.json === true) context.out(JSON.stringify({ ...reading, byProgram: programs }));
        else for (const line of censusLines(reading)) context.out(line);
      },
    );
  },
};

const share = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : '-');

function censusLines(reading: CensusReading): string[] {
  const { tasks, programs, failed, kinds, misconceptions, forms, unlabelled } = reading;
  const [low, high] = forms.interval;
  return [
    `${programs} programs for ${tasks} tasks, ${failed} failed`,
    ...(unlabelled > 0
      ? [`${unlabelled} tasks have no labels: their misread descriptions are unexplained`]
      : []),
    '',
    ...table([
      ['kind', 'programs', 'of those that failed'],
      ...kinds.map(({ kind, count, share: part, interval }) => [
        kind,
        String(count),
        `${share(part)} [${share(interval[0])}, ${share(interval[1])}]`,
      ]),
    ]),
    '',
    ...table([
      ['a line that nano misreads', 'programs', 'pass'],
      ['with', String(forms.with.programs), share(forms.with.passed)],
      ['without', String(forms.without.programs), share(forms.without.passed)],
    ]),
    `difference ${share(forms.difference)} [${share(low)}, ${share(high)}]`,
    '',
    ...table([
      ['misconception', 'programs'],
      ...misconceptions.map(({ name, count }) => [name, count.toFixed(1)]),
    ]),
  ];
}
