/** What `probe` prints: tables of scores by layer and place, controls, and arms beside each other. */
import type { AccumulatorReading } from '../instruments/probe/accumulator.ts';
import {
  bestCell,
  PROBED,
  type Control,
  type ProbeCell,
  type ProbeReading,
  type ProbeTable,
} from '../instruments/probe/probe.ts';
import { PLACES } from '../instruments/probe/states.ts';
import { pairedDifference } from '../experiment/statistics.ts';
import { table } from './report.ts';

const shown = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : '-');
const range = ([low, high]: readonly [number, number]): string => `[${shown(low)}, ${shown(high)}]`;
const percent = (place: number): string => `${Math.round(100 * place)} %`;
const layerName = (layer: number): string => (layer === 0 ? 'embedding' : `layer ${layer}`);

export function probeLines({
  tables,
  layers,
  left,
  accumulator,
}: ProbeReading & { readonly accumulator: AccumulatorReading | null }): string[] {
  return [
    ...tables.flatMap((one) => tableLines(one, layers)),
    ...(accumulator === null ? [] : accumulatorLines(accumulator, layers)),
    ...left.map((line) => `left out: ${line}`),
  ];
}

const controlOf = ({ controls }: ProbeCell, name: Control): number =>
  controls.find(({ control }) => control === name)?.score ?? Number.NaN;

function grid(cells: readonly ProbeCell[], layers: readonly number[], places: readonly number[]): string[] {
  const at = (layer: number, place: number) =>
    cells.find((cell) => cell.layer === layer && cell.place === place);
  const score = (cell: ProbeCell | undefined) => (cell === undefined ? '-' : shown(cell.score));
  return table([
    ['after', ...places.map(percent)],
    ...layers.map((layer) => [layerName(layer), ...places.map((place) => score(at(layer, place)))]),
    [
      'bag of tokens',
      ...places.map((place) => {
        const cell = at(layers[0]!, place);
        return cell === undefined ? '-' : shown(controlOf(cell, 'bag of tokens'));
      }),
    ],
  ]);
}

const controlLines = ({ controls }: ProbeCell): string[] =>
  controls.map(
    ({ control, score, mean, interval }) =>
      `  over ${control} (${shown(score)}): ${shown(mean)} ${range(interval)}`,
  );

/** Differences of arms at one cell: over seeds and tasks, and over seeds where there are several. */
function armLines({ score, arms = [], gains = [] }: ProbeCell): string[] {
  const scores = new Map<string, readonly number[]>(arms.map((one) => [one.arm, one.scores]));
  return gains.map(({ from, to, mean, interval }) => {
    const b = scores.get(to)!;
    const a = from === PROBED ? b.map(() => score) : scores.get(from)!;
    const overSeeds = b.length < 2 ? '' : `, over seeds ${range(pairedDifference(a, b).interval)}`;
    return `  ${to} minus ${from}: ${shown(mean)} ${range(interval)}${overSeeds}`;
  });
}

function tableLines(one: ProbeTable, layers: readonly number[]): string[] {
  const { target, context, kind, programs, tasks, cells } = one;
  const best = bestCell(one);
  const last = cells.at(-1)!;
  return [
    `${target} while ${context}: ${kind === 'class' ? 'AUC' : 'R^2'}, ${programs} programs of ${tasks} tasks`,
    ...grid(cells, layers, PLACES),
    `most above its controls: layer ${best.layer}, ${percent(best.place)}: ${shown(best.score)}`,
    ...controlLines(best),
    ...(last.gains === undefined
      ? []
      : [`layer ${last.layer}, ${percent(last.place)}: ${shown(last.score)}`, ...armLines(last)]),
    '',
  ];
}

function accumulatorLines(one: AccumulatorReading, layers: readonly number[]): string[] {
  const { programs, tasks, tokens, cells, whole } = one;
  const last = whole.at(-1)!;
  return [
    `accumulator while writing: R^2, ${tokens} tokens of ${programs} programs of ${tasks} tasks`,
    ...grid(
      cells,
      layers,
      [...new Set(cells.map(({ place }) => place))].sort((a, b) => a - b),
    ),
    `all tokens: ${whole.map(({ layer, score }) => `${layerName(layer)} ${shown(score)}`).join(', ')}`,
    `layer ${last.layer}: ${shown(last.score)} ${range(last.interval)}`,
    ...controlLines(last),
    ...armLines(last),
    `  programs that pass minus others: ${shown(last.passed.mean)} ${range(last.passed.interval)}`,
    '',
  ];
}
