/**
 * Does learning to execute carry over to writing? The evidence as data, for the picture of chapter 6
 * (public/runs/transfer.json): what CodeRL+ has over RLVR in each experiment, how the two gradients lie to
 * each other, and why programs fail. Put together from files that the study, `tracewise compass`, `tracewise
 * census` and scripts/verified.ts wrote. It measures nothing and judges by intervals alone.
 */
import { isRecord } from '../base/is-record.ts';
import { FAILURE_KINDS, type FailureKind } from '../instruments/census/census.ts';
import { isFiniteNumber, isMean, type Mean } from './study-picture.ts';

/** A change of meaning bumps it. */
const TRANSFER_VERSION = 1;

/**
 * `variables`, `pass@1`: of the study. `chosen`: tasks solved by choosing among the same candidates by what
 * the policy says that they return. `computed`, `control`: pass@1 where the description leaves open what only
 * executing tells, and on the same problems where it does not.
 */
const EFFECTS = ['variables', 'pass@1', 'chosen', 'computed', 'control'] as const;
export type EffectName = (typeof EFFECTS)[number];

/** CodeRL+ minus RLVR, shares of 0 to 1, paired by seed; the interval is over seeds. */
export interface Effect {
  readonly name: EffectName;
  readonly seeds: number;
  readonly difference: Mean;
}

/**
 * Cosines between gradients of different tasks at an untrained adapter, over the largest that could
 * be seen through their noise (docs/instruments.md: corrected). The interval holds that largest one
 * fixed. `writing`: the likelihood of right programs against the likelihood of true traces, on
 * nano's tasks; `computed`: the same on the tasks that are decided by computing; `check`: the
 * reward for right programs against their likelihood on nano's tasks, which ought to agree.
 */
const ANGLES = ['check', 'writing', 'computed'] as const;
export type AngleName = (typeof ANGLES)[number];

export interface Angle {
  readonly name: AngleName;
  readonly cosine: Mean;
}

export interface TransferFailure {
  readonly kind: FailureKind;
  readonly count: number;
  /** Of the failed programs, with its interval over tasks. */
  readonly share: Mean;
}

export interface Transfer {
  readonly version: typeof TRANSFER_VERSION;
  readonly effects: readonly Effect[];
  readonly angles: readonly Angle[];
  readonly census: {
    readonly programs: number;
    readonly failed: number;
    /** The most frequent first; none of zero but `execution slip`, which the chapter speaks of. */
    readonly kinds: readonly TransferFailure[];
  };
}

/** Evidence that cannot be drawn. The message says which part. */
export class TransferError extends Error {
  override readonly name = 'TransferError';
}

/** The evidence as the commands wrote it, parsed JSON. An experiment that was not run is left out. */
export interface TransferSources {
  /** `npm run study -- --json`: of the presets on nano's tasks, and of E2's two kinds of tasks. */
  readonly study: unknown;
  readonly computed?: unknown;
  readonly control?: unknown;
  /** `scripts/verified.ts --json`. */
  readonly verified?: unknown;
  /** `tracewise compass --json`, on nano's tasks and on the computed ones. */
  readonly compass: unknown;
  readonly compassComputed: unknown;
  /** `tracewise census --json`. */
  readonly census: unknown;
}

/** @throws TransferError naming the source that lacks what is drawn */
export function transferOf(sources: TransferSources): Transfer {
  const { study, computed, control, verified, compass, compassComputed, census } = sources;
  return {
    version: TRANSFER_VERSION,
    effects: [
      effectOf('variables', study, 'eval_alignment/accuracy'),
      effectOf('pass@1', study, 'eval_heldout/pass@1'),
      ...(verified === undefined ? [] : [choiceOf(verified)]),
      ...(computed === undefined ? [] : [effectOf('computed', computed, 'eval_heldout/pass@1')]),
      ...(control === undefined ? [] : [effectOf('control', control, 'eval_heldout/pass@1')]),
    ],
    angles: [
      angleOf('check', compass, ['code', 'supervised code']),
      angleOf('writing', compass, ['supervised code', 'supervised trace']),
      angleOf('computed', compassComputed, ['supervised code', 'supervised trace']),
    ],
    census: censusOf(census),
  };
}

const listIn = (data: unknown, key: string): readonly unknown[] => {
  const found = isRecord(data) ? data[key] : undefined;
  return Array.isArray(found) ? (found as unknown[]) : [];
};

/** From `{mean, interval}`, whose open ends are null in JSON. */
function meanIn(data: unknown, mean: unknown, interval: unknown, what: string): Mean {
  if (!isRecord(data) || !isFiniteNumber(mean) || !Array.isArray(interval))
    throw new TransferError(`${what}: no mean with an interval.`);
  const [low, high] = (interval as unknown[]).map((end) => (isFiniteNumber(end) ? end : null));
  return { mean, low: low ?? null, high: high ?? null };
}

function differenceIn(data: unknown, what: string): { seeds: number; difference: Mean } {
  const found = isRecord(data) ? data : {};
  const difference = meanIn(data, found['mean'], found['interval'], what);
  if (!isFiniteNumber(found['n'])) throw new TransferError(`${what}: no number of seeds.`);
  return { seeds: found['n'], difference };
}

/** The second arm of a study minus its first. */
function effectOf(name: EffectName, summary: unknown, measure: string): Effect {
  const found = listIn(summary, 'comparisons').find((one) => isRecord(one) && one['measure'] === measure);
  return { name, ...differenceIn(isRecord(found) ? found['difference'] : undefined, `${name}: ${measure}`) };
}

function choiceOf(verified: unknown): Effect {
  const found = listIn(verified, 'differences').find(
    (one) => isRecord(one) && one['from'] === 'rlvr' && one['to'] === 'coderl-plus',
  );
  return { name: 'chosen', ...differenceIn(isRecord(found) ? found['overSeeds'] : undefined, 'chosen') };
}

function angleOf(name: AngleName, reading: unknown, [a, b]: readonly [string, string]): Angle {
  const found = listIn(reading, 'pairs').find((pair) => isRecord(pair) && pair['a'] === a && pair['b'] === b);
  const pair = isRecord(found) ? found : {};
  const what = `compass ${name}: ${a}, ${b}`;
  const { mean, low, high } = meanIn(pair, pair['apart'], pair['apartInterval'] ?? [], what);
  const { ceiling } = pair;
  if (!isFiniteNumber(ceiling) || ceiling <= 0)
    throw new TransferError(`${what}: nothing can be seen through the noise.`);
  const corrected = (value: number | null) => (value === null ? null : value / ceiling);
  return { name, cosine: { mean: mean / ceiling, low: corrected(low), high: corrected(high) } };
}

function censusOf(reading: unknown): Transfer['census'] {
  const found = isRecord(reading) ? reading : {};
  const { programs, failed } = found;
  if (!isFiniteNumber(programs) || !isFiniteNumber(failed))
    throw new TransferError('census: no number of programs.');
  const kinds = listIn(reading, 'kinds').map((data): TransferFailure => {
    const one = isRecord(data) ? data : {};
    const kind = FAILURE_KINDS.find((known) => known === one['kind']);
    if (kind === undefined || !isFiniteNumber(one['count']))
      throw new TransferError('census: an unknown mistake.');
    return { kind, count: one['count'], share: meanIn(one, one['share'], one['interval'], 'census') };
  });
  const drawn = kinds.filter(({ kind, count }) => count > 0 || kind === 'execution slip');
  return { programs, failed, kinds: drawn.sort((a, b) => b.count - a.count) };
}

/** What {@link transferOf} gave, from a file. @throws TransferError */
export function readTransfer(data: unknown): Transfer {
  if (!isRecord(data) || data['version'] !== TRANSFER_VERSION)
    throw new TransferError(`Evidence of version ${TRANSFER_VERSION} was expected.`);
  const whole =
    listIn(data, 'effects').every(
      (one) =>
        isRecord(one) &&
        EFFECTS.some((name) => name === one['name']) &&
        isMean(one['difference']) &&
        isFiniteNumber(one['seeds']),
    ) &&
    listIn(data, 'angles').every(
      (one) => isRecord(one) && ANGLES.some((name) => name === one['name']) && isMean(one['cosine']),
    ) &&
    listIn(data['census'], 'kinds').every(
      (one) =>
        isRecord(one) &&
        FAILURE_KINDS.some((kind) => kind === one['kind']) &&
        isFiniteNumber(one['count']) &&
        isMean(one['share']),
    );
  if (!whole || listIn(data, 'effects').length === 0 || listIn(data['census'], 'kinds').length === 0)
    throw new TransferError('The evidence is not whole.');
  return data as unknown as Transfer;
}
