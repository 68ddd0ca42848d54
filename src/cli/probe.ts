/**
 * `probe`: what a linear reader finds in a model's hidden states about what programs do,
 * layer by layer, beside what it finds without a trained model. It trains no policy.
 */
import {
  bestCell,
  CONTROLS,
  readProbe,
  type ProbeReading,
  type ProbeTable,
} from '../instruments/probe/probe.ts';
import { PLACES, statesOf } from '../instruments/probe/states.ts';
import { probeTexts } from '../instruments/probe/texts.ts';
import { sampleCodeAt } from '../learning/code-rollouts.ts';
import { alignmentFormats } from '../tasks/alignment/index.ts';
import { LONGEST_ROW } from '../policy/lora/packing.ts';
import type { LoraPolicy } from '../policy/lora/policy.ts';
import { createRandom } from '../base/random.ts';
import { adapterSnapshot } from './adapter-file.ts';
import { parseOptions, wholeNumber, type Command } from './command.ts';
import { CommandError } from './errors.ts';
import { INSTRUMENT_OPTIONS, instrumentUsage, withInstrument } from './instrument.ts';
import { table } from './report.ts';

const DEFAULTS = { suite: 'heldout', tasks: 150 };
/** Layers that are read of a deep model. */
const MOST_LAYERS = 9;

export const probeCommand: Command = {
  usage: `probe [--suite heldout|train|easy|FILE|hub:ID] [--model PATH] [--writer PATH] [--adapter PATH] [--n 4]
    [--tasks N] [--preset NAME] [--seed S] [--set key=value]... [--device wasm|native] [--threads N] [--json]

${instrumentUsage(DEFAULTS)}
  --adapter PATH   the adapter whose hidden states are read (default: the model without one)
  --writer PATH    who writes the programs (default: the model without an adapter, so that adapters that are
                   compared are probed on the same programs)
  --n N            programs per task, at temperature 1 (default 4)

  passes  whether the program passes its tests                              AUC of logistic regression
  value   a variable's last value, on the first visible input               R^2 of ridge regression
  branch  whether its first if is true when it is first met, same input     AUC of logistic regression

  Each behind the description while it is written, and in a question with an input while it is read. Scores
  are out of fold, split by task. docs/instruments.md`,

  async run(argv, context) {
    const options = parseOptions(argv, {
      ...INSTRUMENT_OPTIONS,
      adapter: { type: 'string' },
      writer: { type: 'string' },
      n: { type: 'string' },
    });
    const n = wholeNumber(options.n, 'n', 4, 1, 1000);
    const paths = [...new Set([options.writer, options.adapter].filter((path) => path !== undefined))];
    const request = { options, defaults: DEFAULTS, adapters: paths };
    const { signal, progress } = context;
    await withInstrument(request, context, async (instrument, adapters) => {
      const { policy, sandbox, trusted, config, tasks, openUntrained } = instrument;
      const style = config['prompt.style'];
      const random = createRandom(config.seed).fork('probe');
      const wear = async (path: string | undefined): Promise<'current' | 'base'> => {
        if (path === undefined) return 'base';
        await policy.restore(adapterSnapshot(adapters[paths.indexOf(path)]!, policy));
        return 'current';
      };
      const groups = await sampleCodeAt(
        tasks,
        { policy, sandbox, trusted, config, adapter: await wear(options.writer), random, signal },
        { groupSize: n, temperature: 1 },
      );
      const format = alignmentFormats[config['alignment.format']];
      const longest = Math.min(policy.info.contextLength, LONGEST_ROW);
      const about = { sandbox, format, tokenizer: policy.tokenizer, style, longest, signal };
      const texts = await probeTexts(groups, about);
      progress(`${texts.length} different programs that end on their first visible input`);
      if (texts.length === 0) throw new CommandError('no program ends on its first visible input');
      const layers = layersOf(policy.architecture.layers);
      const read = async (from: LoraPolicy, adapter: 'current' | 'base') => ({
        writing: await statesOf(sequencesOf('writing'), { policy: from, layers, adapter, signal }),
        reading: await statesOf(sequencesOf('reading'), { policy: from, layers, adapter, signal }),
      });
      const sequencesOf = (of: 'writing' | 'reading') => texts.map(({ sequences }) => sequences[of]);
      const trained = await read(policy, await wear(options.adapter));
      const blank = await openUntrained();
      const untrained = await read(blank, 'base').finally(() => blank.dispose());
      progress(`hidden states after ${layers.length} layers at ${PLACES.length} places`);
      const reading = readProbe(texts, layers, { trained, untrained }, random, progress);
      if (options.json === true) context.out(JSON.stringify(reading));
      else for (const line of probeLines(reading)) context.out(line);
    });
  },
};

/** From the embedding to the last layer, evenly. */
function layersOf(count: number): number[] {
  const steps = Math.min(count, MOST_LAYERS - 1);
  return [...new Set(Array.from({ length: steps + 1 }, (_, i) => Math.round((i * count) / steps)))];
}

const shown = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : '-');
const percent = (place: number): string => `${Math.round(100 * place)} %`;

function probeLines({ tables, layers, left }: ProbeReading): string[] {
  return [...tables.flatMap((one) => tableLines(one, layers)), ...left.map((line) => `left out: ${line}`)];
}

function tableLines(one: ProbeTable, layers: readonly number[]): string[] {
  const { target, context, kind, programs, tasks, cells } = one;
  const at = (layer: number, place: number) =>
    cells.find((cell) => cell.layer === layer && cell.place === place)!;
  const best = bestCell(one);
  return [
    `${target} while ${context}: ${kind === 'class' ? 'AUC' : 'R^2'}, ${programs} programs of ${tasks} tasks`,
    ...table([
      ['after', ...PLACES.map(percent)],
      ...layers.map((layer) => [
        layer === 0 ? 'embedding' : `layer ${layer}`,
        ...PLACES.map((place) => shown(at(layer, place).score)),
      ]),
      ['bag of tokens', ...PLACES.map((place) => shown(at(layers[0]!, place).controls[2]!.score))],
    ]),
    `most above its controls: layer ${best.layer}, ${percent(best.place)}: ${shown(best.score)}`,
    ...best.controls.map(
      ({ score, mean, interval: [low, high] }, c) =>
        `  over ${CONTROLS[c]} (${shown(score)}): ${shown(mean)} [${shown(low)}, ${shown(high)}]`,
    ),
    '',
  ];
}
