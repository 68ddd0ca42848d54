/**
 * `compass`: whether learning to execute and learning to write pull a model the same way: cosines between the
 * gradients of programs, of answers about programs, and of supervised learning on both. It trains nothing.
 */
import { FURTHER, type FurtherName } from '../instruments/compass/further.ts';
import { measureCompass, type CompassMeasurement } from '../instruments/compass/measure.ts';
import type { PairReading, GradientReading } from '../instruments/compass/reading.ts';
import { alignmentFormats } from '../tasks/alignment/index.ts';
import { createRandom } from '../base/random.ts';
import { adapterSnapshot } from './adapter-file.ts';
import { parseOptions, wholeNumber, type Command } from './command.ts';
import { UsageError } from './errors.ts';
import { INSTRUMENT_OPTIONS, instrumentUsage, withInstrument } from './instrument.ts';
import { table } from './report.ts';

const DEFAULTS = { suite: 'train', tasks: 64 };

export const compassCommand: Command = {
  usage: `compass [--suite train|heldout|easy|FILE|hub:ID] [--model PATH] [--adapter PATH] [--tasks N] [--parts N]
    [--further repair,surface] [--layers]
    [--preset NAME] [--seed S] [--set key=value]... [--device wasm|native] [--threads N] [--json]

${instrumentUsage(DEFAULTS)}
  --adapter PATH   the adapter at which gradients are taken (default: an untrained one)
  --parts N        the tasks are dealt into N parts, which reliability and intervals are over (default 16)
  --further NAMES  alignment prompts that are not trained, beside the four: repair (own failed program, what it gave,
                   what was expected -> a new program; a control with other tasks' values) and surface (what a
                   program returns, in nano's marks or as a comment, with the description and without)
  --layers         a table for each layer as well

  code              policy gradient of programs, rewarded by tests
  alignment         policy gradient of answers about own programs
  supervised code   gradient of the reference solutions' likelihood
  supervised trace  gradient of the true answers' likelihood

  A cosine stands beside the largest one that its gradients' noise lets anybody see. docs/instruments.md`,

  async run(argv, context) {
    const options = parseOptions(argv, {
      ...INSTRUMENT_OPTIONS,
      adapter: { type: 'string' },
      parts: { type: 'string' },
      layers: { type: 'boolean' },
      further: { type: 'string' },
    });
    const parts = wholeNumber(options.parts, 'parts', 16, 4, 1000);
    const further = furtherNamed(options.further);
    const adapters = options.adapter === undefined ? [] : [options.adapter];
    await withInstrument(
      { options, defaults: DEFAULTS, adapters },
      context,
      async (instrument, [adapter]) => {
        const { policy, config, tasks } = instrument;
        if (adapter !== undefined) await policy.restore(adapterSnapshot(adapter, policy));
        const measured = await measureCompass(tasks, {
          ...instrument,
          format: alignmentFormats[config['alignment.format']],
          parts,
          further,
          random: createRandom(config.seed).fork('compass'),
          signal: context.signal,
          onProgress: context.progress,
        });
        if (options.json === true) context.out(JSON.stringify(measured));
        else for (const line of compassLines(measured, options.layers === true)) context.out(line);
      },
    );
  },
};

/** @throws UsageError */
function furtherNamed(text: string | undefined): readonly FurtherName[] {
  const names = text?.split(',') ?? [];
  const unknown = names.find((name) => !(FURTHER as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new UsageError(
      `--further is one or more of ${FURTHER.join(', ')}, parted by commas; got "${unknown}"`,
    );
  return names as FurtherName[];
}

const shown = (value: number | null): string => (value === null ? '-' : value.toFixed(3));
const bounds = (interval: PairReading['interval']): string =>
  interval === null ? '' : ` [${shown(interval[0])}, ${shown(interval[1])}]`;

function compassLines(measured: CompassMeasurement, withLayers: boolean): string[] {
  const { tasks, records, passed, parts } = measured;
  const head = `${tasks} tasks in ${parts} parts, ${(100 * passed).toFixed(0)} % of the programs pass, ${records} programs asked about`;
  const layers = withLayers
    ? measured.layers.flatMap((reading) => ['', `layer ${reading.layer}`, ...readingLines(reading)])
    : [];
  return [head, '', ...readingLines(measured), ...layers];
}

function readingLines({ directions, pairs }: GradientReading): string[] {
  return [
    ...table([
      ['gradient', 'norm', 'parts', 'halves', 'reliability'],
      ...directions.map(({ name, norm, parts, halves, whole }) => [
        name,
        norm.toPrecision(3),
        String(parts),
        shown(halves),
        shown(whole),
      ]),
    ]),
    '',
    ...table([
      ['cosine', 'same tasks', 'different tasks', 'at most', 'corrected'],
      ...pairs.map(
        ({ a, b, cosine, interval, apart, apartInterval, ceiling, corrected, correctedInterval }) => [
          `${a} - ${b}`,
          `${shown(cosine)}${bounds(interval)}`,
          `${shown(apart)}${bounds(apartInterval)}`,
          shown(ceiling),
          `${shown(corrected)}${bounds(correctedInterval)}`,
        ],
      ),
    ]),
  ];
}
