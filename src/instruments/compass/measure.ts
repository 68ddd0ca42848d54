/**
 * Takes a reading of the compass: samples programs and answers with the policy as it is, and asks it for the
 * gradients of each direction, part by part. It changes nothing. The arithmetic is in reading.ts.
 */
import type { Random } from '../../base/random.ts';
import { gradeGroups } from '../../learning/alignment-rollouts.ts';
import { sampleCode } from '../../learning/code-rollouts.ts';
import type { Config } from '../../learning/config.ts';
import { makeRecords } from '../../learning/funnel.ts';
import { fitsModel, questionPrompt } from '../../learning/prompts.ts';
import { RecordBuffer } from '../../learning/records.ts';
import { sampleGroups } from '../../learning/sample.ts';
import {
  alignmentSampling,
  codeSampling,
  drawSettings,
  funnelSettings,
  gradeSettings,
} from '../../learning/settings.ts';
import type { Gradient, Policy, UpdateRow, UpdateSettings } from '../../policy/types.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import type { AlignmentFormat } from '../../tasks/alignment/types.ts';
import type { Task } from '../../tasks/types.ts';
import { InstrumentError } from '../errors.ts';
import {
  compassSettings,
  directionsOf,
  type CompassMaterial,
  type Direction,
  type DirectionContext,
} from './directions.ts';
import { furtherDirections, type FurtherName } from './further.ts';
import { productsOf } from './products.ts';
import { readCompass, type CompassReading } from './reading.ts';

export interface CompassOptions {
  readonly policy: Policy;
  readonly sandbox: Sandbox;
  readonly trusted?: Sandbox | undefined;
  readonly format: AlignmentFormat;
  readonly config: Config;
  /** Directions beside the four (further.ts). */
  readonly further?: readonly FurtherName[];
  /** The tasks are dealt into so many parts, which are what is resampled. */
  readonly parts: number;
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
}

/** What a reading was made of, for whoever wants to know how much it rests on. */
export interface CompassMeasurement extends CompassReading {
  readonly tasks: number;
  /** Rows with a gradient by direction. */
  readonly rows: Readonly<Record<string, number>>;
  readonly records: number;
  /** Share of the programs that pass. */
  readonly passed: number;
}

/** @throws InstrumentError where the policy tells no gradients, or there are fewer tasks than parts */
export async function measureCompass(
  tasks: readonly Task[],
  options: CompassOptions,
): Promise<CompassMeasurement> {
  const { policy, config, format, parts, random } = options;
  if (tasks.length < parts)
    throw new InstrumentError(
      `${tasks.length} tasks cannot be dealt into ${parts} parts.`,
      'Nothing was sampled. Give more tasks or fewer parts.',
    );
  const material = await sampleMaterial(tasks, options);
  const context: DirectionContext = { config, format, tokenizer: policy.tokenizer, parts };
  const directions = directionsOf(material, context);
  for (const name of options.further ?? [])
    directions.push(...(await furtherDirections(name, material, context, options)));
  const reading = await readDirections(directions, compassSettings(config), options, random);
  const rewards = material.code.flatMap(({ rollouts }) => rollouts.map(({ reward }) => reward));
  const known = rewards.filter((reward) => reward !== null);
  return {
    tasks: tasks.length,
    records: material.alignment.length,
    passed: known.filter((reward) => reward === 1).length / Math.max(1, known.length),
    rows: Object.fromEntries(
      directions.map(({ name, parts: byPart }) => [name, byPart.reduce((sum, rows) => sum + rows.length, 0)]),
    ),
    ...reading,
  };
}

/** From rows to a reading. @throws InstrumentError where the policy tells no gradients */
export async function readDirections(
  directions: readonly Direction[],
  settings: UpdateSettings,
  { policy, parts, signal, onProgress }: Pick<CompassOptions, 'policy' | 'parts' | 'signal' | 'onProgress'>,
  random: Random,
  resamples?: number,
): Promise<CompassReading> {
  const gradients: (Gradient | null)[][] = [];
  for (const { name, parts: byPart } of directions) {
    const own: (Gradient | null)[] = [];
    for (const rows of byPart) {
      signal?.throwIfAborted();
      own.push(rows.length === 0 ? null : await gradientOf(policy, rows, settings));
    }
    gradients.push(own);
    onProgress?.(`${name}: gradients of ${own.filter((gradient) => gradient !== null).length} parts`);
  }
  const names = directions.map(({ name }) => name);
  return readCompass(productsOf({ names, parts, gradients }), random.fork('reading'), resamples);
}

function gradientOf(policy: Policy, rows: readonly UpdateRow[], settings: UpdateSettings): Promise<Gradient> {
  if (policy.gradient === undefined)
    throw new InstrumentError(
      'This policy does not tell its gradients.',
      'Nothing was changed. Load the model as one that is trained.',
    );
  return policy.gradient(rows, settings);
}

/** Programs of every task, judged, and answers about some of those that failed. */
async function sampleMaterial(tasks: readonly Task[], options: CompassOptions): Promise<CompassMaterial> {
  const { policy, sandbox, trusted, format, config, random, signal, onProgress } = options;
  const style = config['prompt.style'];
  const extraction = config['code.extraction'];
  const judging = { sandbox, trusted, extraction, signal };
  const code = await sampleCode(
    policy,
    tasks,
    { ...codeSampling(config), ...judging, style },
    random.fork('code'),
  );
  onProgress?.(`${tasks.length} tasks, ${config['code.groupSize']} programs each`);
  const candidates = code.flatMap(({ task, rollouts }) => rollouts.map((rollout) => ({ ...rollout, task })));
  const born = await makeRecords(candidates, 1, funnelSettings(config), {
    sandbox,
    format,
    fits: fitsModel(policy, config),
    isKnown: () => false,
    signal,
  });
  const buffer = new RecordBuffer(Infinity, born.records);
  const records = buffer.draw(2, tasks.length, drawSettings(config), random.fork('records'));
  const { groupSize, maxNewTokens, temperature } = alignmentSampling(config);
  const answers = await sampleGroups(
    policy,
    records.map(({ prompt }) => questionPrompt(prompt, policy.tokenizer, style)),
    { groupSize, maxNewTokens, temperature, signal },
    random.fork('answers'),
  );
  onProgress?.(`${records.length} of their programs, ${groupSize} answers about each`);
  return { tasks, code, alignment: gradeGroups(records, answers, format, gradeSettings(config)) };
}
