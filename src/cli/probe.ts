/**
 * `probe`: what a linear reader finds in a model's hidden states about what programs do,
 * layer by layer, beside what it finds without a trained model and in other adapters. It
 * trains no policy. What is printed is in probe-lines.ts.
 */
import {
  accumulatorStates,
  readAccumulator,
  type AccumulatorReading,
} from '../instruments/probe/accumulator.ts';
import { LEAST, readProbe, type ProbeReading } from '../instruments/probe/probe.ts';
import { PLACES, probedLayers, statesOf, type TakeStates } from '../instruments/probe/states.ts';
import { CONTEXTS, probeTexts, TARGETS, type ProbeContext } from '../instruments/probe/texts.ts';
import { sampleCodeAt } from '../learning/code-rollouts.ts';
import { alignmentFormats } from '../tasks/alignment/index.ts';
import { LONGEST_ROW } from '../policy/lora/packing.ts';
import type { LoraPolicy } from '../policy/lora/policy.ts';
import { createRandom } from '../base/random.ts';
import { adapterSnapshot } from './adapter-file.ts';
import { parseOptions, wholeNumber, type Command } from './command.ts';
import { CommandError, UsageError } from './errors.ts';
import { INSTRUMENT_OPTIONS, instrumentUsage, withInstrument } from './instrument.ts';
import { probeLines } from './probe-lines.ts';

/** What `--json` writes. */
export interface ProbeReport extends ProbeReading {
  /** Null: too few programs have an accumulator, or it was not asked for. */
  readonly accumulator: AccumulatorReading | null;
}

const ACCUMULATOR = 'accumulator';
const ALL_TARGETS = [...TARGETS, ACCUMULATOR] as const;
const DEFAULTS = { suite: 'heldout', tasks: 150 };
/** Layers that are read of a deep model. */
const MOST_LAYERS = 9;

export const probeCommand: Command = {
  usage: `probe [--suite heldout|train|easy|FILE|hub:ID] [--model PATH] [--writer PATH] [--adapter PATH]
    [--against NAME=PATH]... [--context NAME]... [--target NAME]... [--n 4] [--tasks N] [--preset NAME] [--seed S] [--set key=value]... [--device wasm|native] [--threads N] [--json]

${instrumentUsage(DEFAULTS)}
  --adapter PATH   the adapter whose hidden states are read (default: the model without one)
  --writer PATH    who writes the programs (default: the model without an adapter, so that adapters that are
                   compared are probed on the same programs)
  --against N=PATH another adapter that reads the same programs, or "base"; a name that comes again is another
                   seed of that arm. How much more it has than the adapter, and than the arms before it
  --context NAME   writing or reading alone
  --target NAME    passes, value, branch or accumulator alone, may be repeated
  --n N            programs per task, at temperature 1 (default 4)

  passes  whether the program passes its tests                              AUC of logistic regression
  value   a variable's last value, on the first visible input               R^2 of ridge regression
  branch  whether its first if is true when it is first met, same input     AUC of logistic regression

  Each behind the description while it is written, and in a question with an input while it is read. Beside
  these, at every token while it is written:

  accumulator  the value so far of the variable that is returned, same input   R^2 of ridge regression

  Scores are out of fold, split by task. docs/instruments.md`,

  async run(argv, context) {
    const options = parseOptions(argv, {
      ...INSTRUMENT_OPTIONS,
      adapter: { type: 'string' },
      writer: { type: 'string' },
      against: { type: 'string', multiple: true },
      context: { type: 'string', multiple: true },
      target: { type: 'string', multiple: true },
      n: { type: 'string' },
    });
    const n = wholeNumber(options.n, 'n', 4, 1, 1000);
    const against = armsOf(options.against ?? []);
    const contexts = chosen('context', options.context, CONTEXTS);
    const asked = chosen('target', options.target, ALL_TARGETS);
    const targets = TARGETS.filter((target) => asked.includes(target));
    const isAccumulated = asked.includes(ACCUMULATOR) && contexts.includes('writing');
    const named = [options.writer, options.adapter, ...[...against.values()].flat()];
    const paths = [...new Set(named.filter((path) => path !== undefined))];
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
      const layers = probedLayers(policy.architecture.layers, MOST_LAYERS);
      const sequencesOf = (of: 'writing' | 'reading') => texts.map(({ sequences }) => sequences[of]);
      const read = async (from: LoraPolicy, adapter: 'current' | 'base') => {
        const reader = { policy: from, layers, adapter, signal };
        const { take, states } = accumulatorStates(texts, layers);
        const of = async (context: ProbeContext, also?: TakeStates) =>
          contexts.includes(context) ? statesOf(sequencesOf(context), reader, also) : [];
        const writing = await of('writing', isAccumulated ? take : undefined);
        return { at: { writing, reading: await of('reading') }, each: states() };
      };
      const trained = await read(policy, await wear(options.adapter));
      const arms = new Map<string, (typeof trained)[]>();
      for (const [arm, seeds] of against) {
        const found = [];
        for (const path of seeds) found.push(await read(policy, await wear(path)));
        arms.set(arm, found);
      }
      const blank = await openUntrained();
      const untrained = await read(blank, 'base').finally(() => blank.dispose());
      progress(`hidden states after ${layers.length} layers at ${PLACES.length} places`);
      const part = <T>(of: (one: typeof trained) => T) => ({
        trained: of(trained),
        untrained: of(untrained),
        arms: new Map([...arms].map(([arm, seeds]) => [arm, seeds.map(of)])),
      });
      const report: ProbeReport = {
        ...(await readProbe(
          texts,
          layers,
          part(({ at }) => at),
          random,
          { contexts, targets, onProgress: progress },
        )),
        accumulator: !isAccumulated
          ? null
          : readAccumulator(
              texts,
              layers,
              part(({ each }) => each),
              random,
              LEAST.programs,
            ),
      };
      if (options.json === true) context.out(JSON.stringify(report));
      else for (const line of probeLines(report)) context.out(line);
    });
  },
};

/** What was named, or all. @throws UsageError */
function chosen<T extends string>(
  option: string,
  given: readonly string[] | undefined,
  all: readonly T[],
): readonly T[] {
  const unknown = given?.find((name) => !(all as readonly string[]).includes(name));
  if (unknown !== undefined) throw new UsageError(`--${option} is ${all.join(', ')}, not "${unknown}"`);
  return given === undefined ? all : all.filter((name) => given.includes(name));
}

/** Paths by name; undefined is the base. @throws UsageError */
function armsOf(given: readonly string[]): ReadonlyMap<string, readonly (string | undefined)[]> {
  const arms = new Map<string, (string | undefined)[]>();
  for (const one of given) {
    const at = one.indexOf('=');
    const [name, path] = at < 0 ? [one, one] : [one.slice(0, at), one.slice(at + 1)];
    if (name === '' || path === '') throw new UsageError(`--against is NAME=PATH, not "${one}"`);
    arms.set(name, [...(arms.get(name) ?? []), path === 'base' ? undefined : path]);
  }
  return arms;
}
