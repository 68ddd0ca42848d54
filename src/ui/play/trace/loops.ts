/**
 * Loops of a traced program as tables: a row per iteration, a column per variable that the loop
 * changes. It reads lines and their indentation, not syntax: what Python accepted is indented right.
 */
import type { Frame, Moment } from './moments.ts';

export interface Loop {
  /** 1-based line of its head. */
  readonly line: number;
  /** Last line of its body. */
  readonly end: number;
  readonly text: string;
}

export interface Iteration {
  /** From 1. */
  readonly number: number;
  /** Moments of its first and last line. */
  readonly from: number;
  readonly to: number;
  readonly cells: readonly { readonly value: string | null; readonly changed: boolean }[];
}

export interface LoopTable {
  readonly loop: Loop;
  readonly columns: readonly string[];
  readonly iterations: readonly Iteration[];
}

const HEAD = /^(\s*)(?:async\s+)?(?:for|while)\b/;
const indentOf = (text: string): number => /^\s*/.exec(text)![0].length;

export function loopsOf(source: string): readonly Loop[] {
  const lines = source.split('\n');
  return lines.flatMap((text, i): Loop[] => {
    if (!HEAD.test(text)) return [];
    let end = i;
    for (let at = i + 1; at < lines.length; at++) {
      const line = lines[at]!;
      if (line.trim() === '') continue;
      if (indentOf(line) <= indentOf(text)) break;
      end = at;
    }
    return [{ line: i + 1, end: end + 1, text: text.trim() }];
  });
}

const contains = ({ line, end }: Loop, at: number | null): boolean => at !== null && at >= line && at <= end;

/** The innermost loop around what a moment has just run or runs next; null outside of loops. */
export function loopAt(loops: readonly Loop[], moment: Moment): Loop | null {
  const { line } = moment.frames.at(-1)!;
  const around = loops.filter((loop) => [line, moment.just].some((at) => contains(loop, at)));
  return around.sort((a, b) => b.line - a.line)[0] ?? null;
}

/** The iterations of a loop within one call, over the whole trace. */
export function loopTable(moments: readonly Moment[], loop: Loop, frameId: number): LoopTable {
  const own = moments.flatMap((moment, at) => {
    const frame = moment.frames.find(({ id }) => id === frameId);
    const isInside = frame !== undefined && contains(loop, moment.just ?? frame.line);
    const isTop = moment.frames.at(-1)?.id === frameId;
    return isInside && isTop ? [{ at, moment, frame }] : [];
  });
  const starts = own.filter(({ moment }) => moment.just === loop.line && moment.event === 'line');
  const columns: string[] = [];
  for (const { frame } of own) {
    for (const { name, state } of frame.variables)
      if (state !== 'same' && !columns.includes(name)) columns.push(name);
  }
  const iterations = starts.flatMap(({ at }, i): Omit<Iteration, 'number'>[] => {
    const until = starts[i + 1]?.at ?? Infinity;
    const part = own.filter((other) => other.at >= at && other.at < until);
    // The last test of a loop runs no line of its body.
    const isEntered = contains(loop, moments[at]!.next) && moments[at]!.next !== loop.line;
    const hasBody = part.length > 1 || isEntered || loop.line === loop.end;
    if (!hasBody) return [];
    return [
      {
        from: at,
        to: part.at(-1)!.at,
        cells: cellsOf(
          columns,
          part.map(({ frame }) => frame),
        ),
      },
    ];
  });
  return { loop, columns, iterations: iterations.map((iteration, i) => ({ number: i + 1, ...iteration })) };
}

/** Values at the end of an iteration; changed when one of its lines defined them. */
function cellsOf(columns: readonly string[], frames: readonly Frame[]): Iteration['cells'] {
  const last = frames.at(-1)!;
  return columns.map((column) => ({
    value: last.variables.find(({ name }) => name === column)?.value ?? null,
    changed: frames.some(({ variables }) =>
      variables.some(({ name, state }) => name === column && state !== 'same'),
    ),
  }));
}
