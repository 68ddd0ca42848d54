/**
 * The probe: what a linear reader finds in a network's hidden states about what a
 * program does, layer by layer and place by place, and how much of that it finds without
 * a trained network. From matrices of features to scores; states.ts reads the features.
 */
import type { Random } from '../../base/random.ts';
import type { Interval } from '../../learning/intervals.ts';
import { pickRows, type Matrix } from './linear.ts';
import { compareWith, foldsOf, outOfFold, worth, type TargetKind } from './score.ts';
import { bagOfTokens, PLACES } from './states.ts';
import { CONTEXTS, TARGETS, type ProbeContext, type ProbeText, type Target } from './texts.ts';

/** Controls in the order of a cell's `selectivity`. */
export const CONTROLS = ['shuffled labels', 'untrained network', 'bag of tokens'] as const;

const KIND_OF: Readonly<Record<Target, TargetKind>> = {
  passes: 'class',
  value: 'number',
  branch: 'class',
};

export interface ProbeCell {
  readonly layer: number;
  /** Share of the text that was read. */
  readonly place: number;
  /** R^2 of a number, AUC of a class. */
  readonly score: number;
  readonly interval: Interval;
  /** By control: its score, and how much more the network has. */
  readonly controls: readonly {
    readonly score: number;
    readonly mean: number;
    readonly interval: Interval;
  }[];
}

export interface ProbeTable {
  readonly context: ProbeContext;
  readonly target: Target;
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

/** [layer][place] by context. */
export type States = Readonly<Record<ProbeContext, readonly (readonly Matrix[])[]>>;

/** Fewer programs, or fewer of a class, say nothing. */
const LEAST = { programs: 60, ofClass: 12 };

export function readProbe(
  texts: readonly ProbeText[],
  layers: readonly number[],
  states: { readonly trained: States; readonly untrained: States },
  random: Random,
  onProgress?: (line: string) => void,
): ProbeReading {
  const left: string[] = [];
  const tables = CONTEXTS.flatMap((context) => {
    const bags = PLACES.map((place) =>
      bagOfTokens(
        texts.map(({ sequences }) => sequences[context]),
        place,
      ),
    );
    return TARGETS.flatMap((target): ProbeTable[] => {
      const known = texts.flatMap(({ targets }, i) => (targets[target] === null ? [] : [i]));
      const kind = KIND_OF[target];
      const targets = known.map((i) => texts[i]!.targets[target]!);
      const ones = targets.filter((value) => value > 0).length;
      const isFew =
        known.length < LEAST.programs ||
        (kind === 'class' && Math.min(ones, known.length - ones) < LEAST.ofClass);
      if (isFew) {
        left.push(`${target} while ${context}: too few programs (${known.length})`);
        return [];
      }
      const groups = known.map((i) => texts[i]!.taskId);
      const stream = random.fork(`${context} ${target}`);
      const folds = foldsOf(groups, stream.fork('folds'));
      const task = { kind, targets, groups };
      const shuffled = stream.fork('labels').shuffle(targets);
      const fit = (features: Matrix, labels: readonly number[]) =>
        outOfFold(pickRows(features, known), { kind, targets: labels }, folds);
      const byBag = bags.map((bag) => fit(bag, targets));
      const cells = layers.flatMap((layer, l) =>
        PLACES.map((place, p): ProbeCell => {
          const trained = states.trained[context][l]![p]!;
          const controls = [
            fit(trained, shuffled),
            fit(states.untrained[context][l]![p]!, targets),
            byBag[p]!,
          ];
          const own = fit(trained, targets);
          const found = compareWith(own, controls, task, stream.fork('bootstrap'));
          const { score, interval, selectivity } = found;
          return {
            layer,
            place,
            score,
            interval,
            controls: selectivity.map((gain, c) => ({ score: worth(kind)(controls[c]!, targets), ...gain })),
          };
        }),
      );
      onProgress?.(`${target} while ${context}: ${known.length} programs`);
      return [{ context, target, kind, programs: known.length, tasks: new Set(groups).size, cells }];
    });
  });
  return { layers, tables, left };
}

/** The cell with the largest gain over its best control. */
export function bestCell({ cells }: ProbeTable): ProbeCell {
  const gain = ({ controls }: ProbeCell) => Math.min(...controls.map(({ mean }) => mean));
  return cells.reduce((best, cell) => (gain(cell) > gain(best) ? cell : best));
}
