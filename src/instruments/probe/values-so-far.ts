/**
 * What a program's accumulator holds while the program is being written: the variable that it will return, as
 * the lines leave it that are there so far. From a trace to a value per token; nothing runs here.
 */
import type { TraceStep } from '../../sandbox/types.ts';

/** sign(v) log(1 + |v|), so that large values do not outweigh all others. */
export const squeezed = (value: number): number => Math.sign(value) * Math.log1p(Math.abs(value));

/** A whole number that a line gave to the accumulator, in order of execution. */
interface ValueChange {
  /** 1-based in the program. */
  readonly line: number;
  readonly value: number;
}

/**
 * The variable that the last line returns by its name, and what lines gave it; null unless at least two
 * lines gave it whole numbers, and nothing else.
 */
export function accumulatorOf(program: string, steps: readonly TraceStep[]): readonly ValueChange[] | null {
  const name = /\n\s+return ([A-Za-z_]\w*)\s*$/.exec(program)?.[1];
  if (name === undefined) return null;
  const changes = steps
    .filter(({ event, depth }) => event === 'line' && depth === 0)
    .flatMap(({ line, changed }) =>
      changed
        .filter((one) => one.name === name)
        .map(({ value }) => ({ line, value: value.type === 'int' ? Number(value.value) : Number.NaN })),
    );
  const areNumbers = changes.every(({ value }) => Number.isFinite(value));
  return areNumbers && new Set(changes.map(({ line }) => line)).size > 1 ? changes : null;
}

/**
 * By token of a completion: the accumulator's value (squeezed) as the lines leave it that are whole before
 * the token, by the last of them that ran; null before the first.
 * @param ends characters of the completion up to and including each token
 * @param place of the program in the completion (placeInCompletion)
 */
export function valuesSoFar(
  changes: readonly ValueChange[],
  program: string,
  ends: readonly number[],
  place: number,
): readonly (number | null)[] {
  let end = -1;
  const lineEnds = program.split('\n').map((line) => (end += line.length + 1));
  return ends.map((_, token) => {
    const read = (token === 0 ? 0 : ends[token - 1]!) - place;
    const last = changes.findLast(({ line }) => lineEnds[line - 1]! <= read);
    return last === undefined ? null : squeezed(last.value);
  });
}
