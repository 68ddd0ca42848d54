/**
 * The compass in a run: every so many steps the angle between what a step's programs and its answers
 * ask of the adapter, before its update, as metrics of the step. It samples nothing, and the run is the
 * one it would have been. A step is few tasks, so a reading is rough; the command `compass` takes more.
 */
import { createRandom } from '../../base/random.ts';
import type { BatchInstrument } from '../../learning/batch-instrument.ts';
import type { Metrics } from '../../learning/events.ts';
import { compassSettings, DIRECTIONS, directionsOf } from './directions.ts';
import { readDirections } from './measure.ts';
import type { CompassReading } from './reading.ts';

/** Parts that a step's tasks are dealt into. */
const PARTS = 8;
/** Of an interval; a run should not wait for digits that its few tasks cannot have. */
const LIVE_RESAMPLES = 200;

export const liveCompass: BatchInstrument = async ({
  step,
  config,
  code,
  alignment,
  policy,
  format,
  signal,
}) => {
  const every = config['compass.every'];
  if (every === 0 || step % every !== 0 || policy.gradient === undefined) return {};
  const tasks = [...new Map(code.map(({ task }) => [task.id, task])).values()];
  const ids = [...new Set([...tasks.map(({ id }) => id), ...alignment.map(({ record }) => record.taskId)])];
  const parts = Math.min(PARTS, tasks.length);
  if (parts < 2) return {};
  const context = { config, format, tokenizer: policy.tokenizer, parts };
  const directions = directionsOf({ tasks, code, alignment }, context, ids).filter(({ parts: byPart }) =>
    byPart.some((rows) => rows.length > 0),
  );
  const random = createRandom(config.seed).fork('compass').fork(`step ${step}`);
  const options = { policy, parts, signal };
  return metricsOf(
    await readDirections(directions, compassSettings(config), options, random, LIVE_RESAMPLES),
  );
};

const [CODE, ALIGNMENT, , TRACE] = DIRECTIONS;
/** Metric of each pair that a run tells, from the directions' names. */
const PAIRS = [
  [CODE, ALIGNMENT, 'compass/code_alignment'],
  [CODE, TRACE, 'compass/code_trace'],
] as const;

/** What cannot be told is left out: a metric is a finite number. */
function metricsOf({ pairs, directions }: CompassReading): Metrics {
  const all: Record<string, number | null | undefined> = {};
  for (const [a, b, name] of PAIRS) {
    const pair = pairs.find((one) => one.a === a && one.b === b);
    all[name] = pair?.apart;
    all[`${name}/low`] = pair?.apartInterval?.[0];
    all[`${name}/high`] = pair?.apartInterval?.[1];
    all[`${name}/at_most`] = pair?.ceiling;
  }
  for (const { name, whole } of directions) all[`compass/reliability/${name.replace(' ', '_')}`] = whole;
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
}
