/**
 * The accumulator while it is being written: does the state before each token of a program hold the value
 * that the lines written so far leave in the variable that will be returned? One row per token, so that a
 * program of many tokens weighs more; everything else is as in probe.ts. Values come from values-so-far.ts.
 */
import type { Random } from '../../base/random.ts';
import { percentiles, type Interval } from '../../learning/intervals.ts';
import type { Sequence } from '../../policy/types.ts';
import { readArms } from './arms.ts';
import type { Matrix } from './linear.ts';
import { PROBED, type Control, type ProbeCell } from './probe.ts';
import { compareWith, drawGroups, foldsOf, outOfFold, scorerOf } from './score.ts';
import type { TakeStates } from './states.ts';
import type { ProbeText } from './texts.ts';

/** Ends of the shares of a program whose tokens are scored on their own. */
export const QUARTERS = [0.25, 0.5, 0.75, 1] as const;

export interface AccumulatorReading {
  readonly programs: number;
  readonly tasks: number;
  readonly tokens: number;
  /** By layer, over all tokens; `place` is 1. `passed` is R^2 in programs that pass less that in others. */
  readonly whole: readonly (ProbeCell & {
    readonly passed: { readonly mean: number; readonly interval: Interval };
  })[];
  /** By layer and quarter of the program, of the same probes; `place` is where the quarter ends. */
  readonly cells: readonly ProbeCell[];
}

interface TokenRow {
  readonly text: number;
  readonly token: number;
  readonly value: number;
  /** Share of the completion that is read. */
  readonly share: number;
}

function rowsOf(texts: readonly ProbeText[]): readonly TokenRow[] {
  return texts.flatMap(({ accumulator, sequences }, text) =>
    (accumulator ?? []).flatMap((value, token) =>
      value === null
        ? []
        : [{ text, token, value, share: token / (sequences.writing.completion.length - 1) }],
    ),
  );
}

/** Keeps the states before the tokens of the rows, a matrix per layer, of texts that come in their order. */
export function accumulatorStates(
  texts: readonly ProbeText[],
  layers: readonly number[],
): { readonly take: TakeStates; readonly states: () => readonly Matrix[] } {
  const rows = rowsOf(texts);
  let out: Matrix[] = [];
  let at = 0;
  return {
    take(hidden, text, size) {
      if (out.length === 0)
        out = layers.map(() => ({ n: rows.length, d: size, values: new Float64Array(rows.length * size) }));
      for (; at < rows.length && rows[at]!.text === text; at++) {
        const from = rows[at]!.token * size;
        hidden.forEach((states, l) => out[l]!.values.set(states.subarray(from, from + size), at * size));
      }
    },
    states: () => out,
  };
}

/** How often each frequent token stands before a row's token, and how many tokens do. */
function bagsOf(texts: readonly ProbeText[], rows: readonly TokenRow[], most = 200): Matrix {
  const before = ({ text, token }: TokenRow): readonly number[] => {
    const { prompt, completion }: Sequence = texts[text]!.sequences.writing;
    return [...prompt, ...completion.slice(0, token)];
  };
  const counts = new Map<number, number>();
  for (const row of rows) for (const id of before(row)) counts.set(id, (counts.get(id) ?? 0) + 1);
  const frequent = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, most);
  const column = new Map(frequent.map(([id], i) => [id, i]));
  const d = frequent.length + 1;
  const values = new Float64Array(rows.length * d);
  rows.forEach((row, r) => {
    const tokens = before(row);
    for (const id of tokens) {
      const at = column.get(id);
      if (at !== undefined) values[r * d + at]!++;
    }
    values[r * d + d - 1] = tokens.length;
  });
  return { n: rows.length, d, values };
}

export interface AccumulatorStates {
  readonly trained: readonly Matrix[];
  readonly untrained: readonly Matrix[];
  readonly arms: ReadonlyMap<string, readonly (readonly Matrix[])[]>;
}

/** Null where fewer than `least` programs have an accumulator. */
export function readAccumulator(
  texts: readonly ProbeText[],
  layers: readonly number[],
  states: AccumulatorStates,
  random: Random,
  least: number,
): AccumulatorReading | null {
  const rows = rowsOf(texts);
  const programs = new Set(rows.map(({ text }) => text)).size;
  if (programs < least) return null;
  const stream = random.fork('accumulator');
  const groups = rows.map(({ text }) => texts[text]!.taskId);
  const targets = rows.map(({ value }) => value);
  const folds = foldsOf(groups, stream.fork('folds'));
  const shuffled = stream.fork('labels').shuffle(targets);
  const fit = (features: Matrix, labels: readonly number[] = targets) =>
    outOfFold(features, { kind: 'number', targets: labels }, folds);
  const byBag = fit(bagsOf(texts, rows));
  const all = rows.map((_, i) => i);
  const quarters = QUARTERS.map((to) =>
    all.filter((i) => rows[i]!.share <= to && rows[i]!.share > to - QUARTERS[0]),
  );
  const found = layers.map((layer, l) => {
    const own = fit(states.trained[l]!);
    const controls: readonly (readonly [Control, Float64Array])[] = [
      ['shuffled labels', fit(states.trained[l]!, shuffled)],
      ['untrained network', fit(states.untrained[l]!)],
      ['bag of tokens', byBag],
    ];
    const arms = [...states.arms].map(([arm, seeds]) => [arm, seeds.map((one) => fit(one[l]!))] as const);
    const cellOf = (place: number, which: readonly number[]): ProbeCell => {
      const pick = <T>(values: ArrayLike<T>): T[] => which.map((i) => values[i]!);
      const task = {
        kind: 'number' as const,
        targets: pick(targets),
        groups: pick(groups),
        folds: pick(folds),
      };
      const { score, interval, selectivity } = compareWith(
        pick(own),
        controls.map(([, values]) => pick(values)),
        task,
        stream.fork('bootstrap'),
      );
      const others = new Map(arms.map(([arm, seeds]) => [arm, seeds.map((one) => pick(one))]));
      return {
        layer,
        place,
        score,
        interval,
        controls: selectivity.map((gain, c) => ({ control: controls[c]![0], ...gain })),
        ...(others.size > 0 &&
          readArms({ name: PROBED, predicted: pick(own) }, others, task, stream.fork('arms'))),
      };
    };
    const passes = rows.map(({ text }) => texts[text]!.targets.passes);
    return {
      whole: { ...cellOf(1, all), passed: passedGap(own, { targets, groups, folds, passes }, stream) },
      cells: QUARTERS.flatMap((to, q) => (quarters[q]!.length < least ? [] : [cellOf(to, quarters[q]!)])),
    };
  });
  return {
    programs,
    tasks: new Set(groups).size,
    tokens: rows.length,
    whole: found.map(({ whole }) => whole),
    cells: found.flatMap(({ cells }) => cells),
  };
}

/** R^2 over tokens of programs that pass less that over tokens of the others. */
function passedGap(
  predicted: ArrayLike<number>,
  about: {
    readonly targets: readonly number[];
    readonly groups: readonly string[];
    readonly folds: readonly number[];
    readonly passes: readonly (number | null)[];
  },
  random: Random,
): { readonly mean: number; readonly interval: Interval } {
  const worth = scorerOf(predicted, { kind: 'number', ...about });
  const draw = drawGroups(about.groups, random.fork('passed'));
  const gap = (weights: Float64Array) =>
    worth(weights.map((weight, i) => (about.passes[i] === 1 ? weight : 0))) -
    worth(weights.map((weight, i) => (about.passes[i] === 0 ? weight : 0)));
  return {
    mean: gap(new Float64Array(about.groups.length).fill(1)),
    interval: percentiles(Array.from({ length: 300 }, () => gap(draw()))),
  };
}
