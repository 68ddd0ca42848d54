/**
 * The probe: what a linear reader finds in a network's hidden states about what a
 * program does, layer by layer and place by place, and how much of that it finds without
 * a trained network. From matrices of features to scores; states.ts reads the features.
 */
import type { Random } from '../../base/random.ts';
import type { Interval } from '../../learning/intervals.ts';
import { readArms, type ArmReading } from './arms.ts';
import { pickRows, type Matrix } from './linear.ts';
import { compareWith, foldsOf, outOfFold, type Selectivity, type TargetKind } from './score.ts';
import { bagOfTokens, PLACES } from './states.ts';
import { CONTEXTS, TARGETS, type ProbeContext, type ProbeText, type Target } from './texts.ts';

/** In the order of a cell's `controls`. */
export const CONTROLS = ['shuffled labels', 'untrained network', 'bag of tokens'] as const;
export type Control = (typeof CONTROLS)[number];

const KIND_OF: Readonly<Record<Target, TargetKind>> = {
  passes: 'class',
  value: 'number',
  branch: 'class',
};

/** How the probed adapter is called where it stands beside others. */
export const PROBED = 'probed';

export interface ProbeCell extends Partial<ArmReading> {
  readonly layer: number;
  /** Share of the text that was read. */
  readonly place: number;
  /** R^2 of a number, AUC of a class. */
  readonly score: number;
  readonly interval: Interval;
  /** What each control is worth, and how much more the network is. */
  readonly controls: readonly (Selectivity & { readonly control: Control })[];
}

export interface ProbeTable<T extends string = Target> {
  readonly context: ProbeContext;
  readonly target: T;
  readonly kind: TargetKind;
  /** Programs whose target is known. */
  readonly programs: number;
  readonly tasks: number;
  readonly cells: readonly ProbeCell[];
}

export interface ProbeReading {
  readonly layers: readonly number[];
  readonly tables: readonly ProbeTable[];
  /** What could not be probed, in words. */
  readonly left: readonly string[];
}

/** [layer][place] by context; one that is not asked for may be empty. */
export type States = Readonly<Record<ProbeContext, readonly (readonly Matrix[])[]>>;

export interface ProbedStates {
  readonly trained: States;
  /** Absent: without that control. */
  readonly untrained?: States | undefined;
  /** Other readers of the same texts, one per seed of each arm: cells at the end of the text hold them. */
  readonly arms?: ReadonlyMap<string, readonly States[]> | undefined;
}

export interface ProbeOptions {
  /** Default: all. */
  readonly contexts?: readonly ProbeContext[];
  /** Default: all. */
  readonly targets?: readonly Target[];
  readonly onProgress?: ((line: string) => void) | undefined;
  /** Called between two cells, which may each take a second. */
  readonly pause?: () => Promise<void>;
}

/** Fewer programs, or fewer of a class, say nothing. */
export const LEAST = { programs: 60, ofClass: 12 } as const;

export const isTooFew = (kind: TargetKind, targets: readonly number[]): boolean => {
  const ones = targets.filter((value) => value > 0).length;
  return (
    targets.length < LEAST.programs ||
    (kind === 'class' && Math.min(ones, targets.length - ones) < LEAST.ofClass)
  );
};

export async function readProbe(
  texts: readonly ProbeText[],
  layers: readonly number[],
  states: ProbedStates,
  random: Random,
  { contexts = CONTEXTS, targets: wanted = TARGETS, onProgress, pause }: ProbeOptions = {},
): Promise<ProbeReading> {
  const left: string[] = [];
  const tables: ProbeTable[] = [];
  for (const context of contexts) {
    const bags = PLACES.map((place) =>
      bagOfTokens(
        texts.map(({ sequences }) => sequences[context]),
        place,
      ),
    );
    for (const target of wanted) {
      const known = texts.flatMap(({ targets }, i) => (targets[target] === null ? [] : [i]));
      const kind = KIND_OF[target];
      const targets = known.map((i) => texts[i]!.targets[target]!);
      if (isTooFew(kind, targets)) {
        left.push(`${target} while ${context}: too few programs (${known.length})`);
        continue;
      }
      const groups = known.map((i) => texts[i]!.taskId);
      const stream = random.fork(`${context} ${target}`);
      const folds = foldsOf(groups, stream.fork('folds'));
      const task = { kind, targets, groups, folds };
      const shuffled = stream.fork('labels').shuffle(targets);
      const fit = (features: Matrix, labels: readonly number[] = targets) =>
        outOfFold(pickRows(features, known), { kind, targets: labels }, folds);
      const byBag = bags.map((bag) => fit(bag));
      const cellOf = (layer: number, l: number, p: number): ProbeCell => {
        const of = (one: States) => one[context][l]![p]!;
        const predicted: readonly (readonly [Control, Float64Array])[] = [
          ['shuffled labels', fit(of(states.trained), shuffled)],
          ...(states.untrained === undefined
            ? []
            : [['untrained network', fit(of(states.untrained))] as const]),
          ['bag of tokens', byBag[p]!],
        ];
        const own = fit(of(states.trained));
        const found = compareWith(
          own,
          predicted.map(([, values]) => values),
          task,
          stream.fork('bootstrap'),
        );
        const { score, interval, selectivity } = found;
        // Arms are held against each other at the end of the text alone: each is as much work as the probe.
        const compared = p === PLACES.length - 1 ? (states.arms ?? []) : [];
        const arms = new Map([...compared].map(([arm, seeds]) => [arm, seeds.map((one) => fit(of(one)))]));
        return {
          layer,
          place: PLACES[p]!,
          score,
          interval,
          controls: selectivity.map((gain, c) => ({ control: predicted[c]![0], ...gain })),
          ...(arms.size > 0 && readArms({ name: PROBED, predicted: own }, arms, task, stream.fork('arms'))),
        };
      };
      const cells: ProbeCell[] = [];
      for (const [l, layer] of layers.entries())
        for (const p of PLACES.keys()) {
          await pause?.();
          cells.push(cellOf(layer, l, p));
        }
      onProgress?.(`${target} while ${context}: ${known.length} programs`);
      tables.push({ context, target, kind, programs: known.length, tasks: new Set(groups).size, cells });
    }
  }
  return { layers, tables, left };
}

/** The cell with the largest gain over its best control. */
export function bestCell({ cells }: Pick<ProbeTable, 'cells'>): ProbeCell {
  const gain = ({ controls }: ProbeCell) => Math.min(...controls.map(({ mean }) => mean));
  return cells.reduce((best, cell) => (gain(cell) > gain(best) ? cell : best));
}
