/**
 * `verify`: whether a model's idea of what programs do helps it to choose among programs it wrote. Every
 * executor that is named judges the same candidates. It trains nothing.
 */
import { canVerify, writeCandidates } from '../instruments/verify/candidates.ts';
import { predictOutputs, type ExecutorPredictions } from '../instruments/verify/predictions.ts';
import { verification, type Verification } from '../instruments/verify/verify.ts';
import { alignmentFormats } from '../tasks/alignment/index.ts';
import { createRandom } from '../base/random.ts';
import type { LoraPolicy } from '../policy/lora/policy.ts';
import type { OpenedAdapter } from '../policy/lora/read-adapter.ts';
import { adapterSnapshot } from './adapter-file.ts';
import { parseOptions, wholeNumber, type Command } from './command.ts';
import { CommandError, UsageError } from './errors.ts';
import { INSTRUMENT_OPTIONS, instrumentUsage, withInstrument } from './instrument.ts';
import { table } from './report.ts';

const DEFAULTS = { suite: 'heldout', tasks: 100 };
const BASE = 'base';

export const verifyCommand: Command = {
  usage: `verify [--suite heldout|train|easy|FILE|hub:ID] [--model PATH] [--adapter PATH] [--executor [NAME=]PATH]...
    [--n 8] [--answers 1] [--tasks N] [--preset NAME] [--seed S] [--set key=value]... [--device wasm|native]
    [--threads N] [--json]

${instrumentUsage(DEFAULTS)}
  --adapter PATH   who writes the candidates (default: base, the model without an adapter)
  --executor [NAME=]PATH
                   who says what the candidates return: an adapter, or base; may be repeated, and all of them
                   are asked about the same candidates (default: whoever wrote them)
  --n N            candidates per task, at temperature 1 (default 8)
  --answers N      answers about each program and visible test: 1 is the greedy one (default), more are drawn
                   at temperature 1 and their share of agreement counts

  The share of tasks solved by the candidate that is chosen at random, by its probability, by each executor's
  agreement with the visible tests, by these tests themselves, and by whoever knows all tests (any).
  docs/instruments.md`,

  async run(argv, context) {
    const options = parseOptions(argv, {
      ...INSTRUMENT_OPTIONS,
      adapter: { type: 'string' },
      executor: { type: 'string', multiple: true },
      n: { type: 'string' },
      answers: { type: 'string' },
    });
    const n = wholeNumber(options.n, 'n', 8, 2, 1000);
    const answers = wholeNumber(options.answers, 'answers', 1, 1, 100);
    const writer = options.adapter ?? BASE;
    const executors = namedExecutors(options.executor ?? [`writer=${writer}`]);
    const paths = [...new Set([writer, ...executors.map(({ path }) => path)])].filter(
      (path) => path !== BASE,
    );
    await withInstrument(
      { options, defaults: DEFAULTS, adapters: paths, isOfUse: canVerify },
      context,
      async (instrument, adapters) => {
        const { policy, config, tasks } = instrument;
        const format = alignmentFormats[config['alignment.format']];
        const random = createRandom(config.seed).fork('verify');
        const { signal } = context;
        const opened = new Map(paths.map((path, i) => [path, adapters[i]!]));
        // Each has to fit before anything is sampled.
        for (const adapter of adapters) adapterSnapshot(adapter, policy);
        const wearing = await wear(policy, opened.get(writer));
        const written = await writeCandidates(tasks, { ...instrument, adapter: wearing, random, signal }, n);
        context.progress(`${tasks.length} tasks, ${n} candidates each, by ${writer}`);
        const predictions = new Map<string, ExecutorPredictions>();
        for (const { name, path } of executors) {
          const adapter = await wear(policy, opened.get(path));
          const asked = { policy, adapter, format, config, answers, random, signal };
          const predicted = await predictOutputs(written, asked);
          predictions.set(name, predicted);
          context.progress(`${name} answered ${predicted.reading.asked} questions about them`);
        }
        const found = verification(written, predictions, n, random);
        if (found.tasks === 0)
          throw new CommandError('no task has enough candidates with a verdict: its tests do not run');
        if (options.json === true) context.out(JSON.stringify(found));
        else for (const line of verificationLines(found)) context.out(line);
      },
    );
  },
};

/** Puts an adapter on the policy; without one the base is asked. */
async function wear(policy: LoraPolicy, adapter: OpenedAdapter | undefined): Promise<'current' | 'base'> {
  if (adapter === undefined) return 'base';
  await policy.restore(adapterSnapshot(adapter, policy));
  return 'current';
}

/** `NAME=PATH` or a path, which is then its name. @throws UsageError */
function namedExecutors(
  given: readonly string[],
): readonly { readonly name: string; readonly path: string }[] {
  const named = given.map((text) => {
    const [, name, path] = /^([\w+.-]+)=(.+)$/.exec(text) ?? [];
    return { name: name ?? text, path: path ?? text };
  });
  const twice = named.find(({ name }, i) => named.some((other, j) => j < i && other.name === name));
  if (twice !== undefined)
    throw new UsageError(
      `two executors are called ${JSON.stringify(twice.name)}; name them: --executor NAME=PATH`,
    );
  return named;
}

const share = (value: number | null): string => (value === null ? '-' : value.toFixed(3));
const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;

function verificationLines({ tasks, n, choices, differences, executors }: Verification): string[] {
  const sizes = [1, 2, 4, 8, 16, 32, 64].filter((size) => size <= n);
  if (!sizes.includes(n)) sizes.push(n);
  return [
    `${tasks} tasks, ${n} candidates each`,
    '',
    ...table([
      ['chosen by', 'solved', ...sizes.map((size) => `of ${size}`)],
      ...choices.map(({ choice, mean, interval: [low, high], curve }) => [
        choice,
        `${share(mean)} [${share(low)}, ${share(high)}]`,
        ...sizes.map((size) => share(curve[size - 1]!)),
      ]),
    ]),
    '',
    ...table([
      ['difference', ''],
      ...differences.map(({ from, to, mean, interval: [low, high] }) => [
        `${to} - ${from}`,
        `${signed(mean)} [${signed(low)}, ${signed(high)}]`,
      ]),
    ]),
    '',
    ...table([
      ['executor', 'asked', 'unreadable', 'agrees, passed', 'agrees, failed'],
      ...Object.entries(executors).map(([name, reading]) => [
        name,
        `${reading.asked} of ${reading.questions}`,
        share(reading.malformed),
        share(reading.agreesWhenPassed),
        share(reading.agreesWhenFailed),
      ]),
    ]),
  ];
}
