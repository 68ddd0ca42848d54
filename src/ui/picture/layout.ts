/**
 * Where everything of a panel of the study's picture stands: data in, points out. The
 * page draws them as SVG, the picture that is saved on a canvas. Both panels have one
 * scale, so that equal differences look equal. It draws nothing.
 */
import type { Mean, PicturedPanel, PicturedRun } from '../../experiment/study-picture.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Dot extends Point {
  readonly run: PicturedRun;
  /** Place of its arm, and its own in the arm. */
  readonly arm: number;
  readonly index: number;
  /** Where its value before training stands; null where that is not known. */
  readonly from: Point | null;
}

export interface ArmDrawing {
  /** From base to trained, low ends and back along the high ones; null without an interval at an end. */
  readonly band: readonly Point[] | null;
  readonly mean: readonly [Point, Point];
  readonly dots: readonly Dot[];
  /** Its name and value beside its end, moved apart from the other's. */
  readonly label: Point;
}

export interface PanelDrawing {
  readonly width: number;
  readonly height: number;
  readonly ticks: readonly { readonly y: number; readonly share: number }[];
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly before: number;
  readonly after: number;
  readonly arms: readonly [ArmDrawing, ArmDrawing];
}

export interface Size {
  readonly width: number;
  readonly height: number;
  /** Room for the arms' names at the right. */
  readonly labels: number;
}

const TICK_ROOM = 38;
const TOP = 12;
const FOOT = 30;
/** From the end of an arm's line to the middle of the place of both. */
const COLUMN = 15;
/** Between the two arms' labels of two lines. */
const LABEL_GAP = 34;

const valuesOf = ({ arms }: PicturedPanel): readonly number[] =>
  arms.flatMap(({ before, after, runs }) => [
    ...endsOf(before),
    ...endsOf(after),
    ...runs.flatMap((run) => [run.after, ...(run.before === null ? [] : [run.before])]),
  ]);
const endsOf = ({ mean, low, high }: Mean): readonly number[] => [low ?? mean, mean, high ?? mean];

/** Shares from the foot to the top of every panel: enough for the one that needs most, in tenths. */
export function spanOf(panels: readonly PicturedPanel[]): number {
  const needed = panels.map((panel) => {
    const values = valuesOf(panel);
    return Math.max(...values) - Math.min(...values);
  });
  return Math.min(1, Math.ceil(10 * (Math.max(...needed) + 0.04)) / 10);
}

/** The lowest share that a panel shows: its values in the middle, within 0 and 1, on a whole twentieth. */
function footOf(panel: PicturedPanel, span: number): number {
  const values = valuesOf(panel);
  const middle = (Math.max(...values) + Math.min(...values)) / 2;
  const foot = Math.round(20 * (middle - span / 2)) / 20;
  return Math.max(0, Math.min(1 - span, foot));
}

/**
 * Pixels of a name's letters in the panel's type, at most: of CJK ones a square, of
 * others what bold ones need.
 */
export function nameWidth(name: string): number {
  return [...name].reduce((sum, letter) => sum + (/[\u2e80-\u9fff\uf900-\uffef]/.test(letter) ? 13 : 8.6), 0);
}

/**
 * Room for the arms' names at the right: what they need, but never so much that little is left to draw in.
 */
export function labelRoom(names: readonly string[], width: number): number {
  const needed = Math.max(...names.map(nameWidth)) + 6;
  return Math.round(Math.max(70, Math.min(needed, 0.4 * width)));
}

export function layOut(panel: PicturedPanel, span: number, { width, height, labels }: Size): PanelDrawing {
  const [left, right, bottom] = [TICK_ROOM, width - labels, height - FOOT];
  const foot = footOf(panel, span);
  const y = (share: number): number => bottom - ((share - foot) / span) * (bottom - TOP);
  const before = left + 14;
  const after = right - 2 * COLUMN - 10;
  const step = span > 0.5 ? 0.2 : 0.1;
  const ticks: { y: number; share: number }[] = [];
  for (let i = Math.ceil(foot / step - 1e-9); i * step <= foot + span + 1e-9; i++)
    ticks.push({ y: y(i * step), share: i * step });
  const drawn = panel.arms.map((arm, a): Omit<ArmDrawing, 'label'> & { end: number } => {
    const x = after + (a === 0 ? -COLUMN : COLUMN);
    const ends = [arm.before, arm.after];
    const isBounded = ends.every(({ low, high }) => low !== null && high !== null);
    const at = (share: number, place: number): Point => ({ x: place === 0 ? before : x, y: y(share) });
    return {
      band: isBounded
        ? [...ends.map(({ low }, i) => at(low!, i)), ...ends.map(({ high }, i) => at(high!, i)).reverse()]
        : null,
      mean: [at(arm.before.mean, 0), at(arm.after.mean, 1)],
      dots: arm.runs.map((run, i) => ({
        x: x + (arm.runs.length === 1 ? 0 : (i / (arm.runs.length - 1) - 0.5) * COLUMN * 1.3),
        y: y(run.after),
        run,
        arm: a,
        index: i,
        from: run.before === null ? null : { x: before, y: y(run.before) },
      })),
      end: y(arm.after.mean),
    };
  });
  const apart = spread([drawn[0]!.end, drawn[1]!.end], LABEL_GAP, TOP + 12, bottom - 12);
  const arms = drawn.map(({ end: _, ...arm }, a) => ({ ...arm, label: { x: right, y: apart[a]! } }));
  return { width, height, ticks, left, right, bottom, before, after, arms: [arms[0]!, arms[1]!] };
}

/** Two heights at least `gap` apart, in their order, as near to where they were as the room lets them. */
function spread(
  [a, b]: readonly [number, number],
  gap: number,
  top: number,
  bottom: number,
): [number, number] {
  if (a > b) return spread([b, a], gap, top, bottom).reverse() as [number, number];
  const missing = Math.max(0, gap - (b - a)) / 2;
  let [first, second] = [a - missing, b + missing];
  const up = Math.max(0, top - first);
  const down = Math.max(0, second + up - bottom);
  [first, second] = [first + up - down, second + up - down];
  return [first, second];
}

/** The dot nearest to a point, within a finger's reach; null where none is. */
export function nearestDot({ arms }: PanelDrawing, { x, y }: Point, reach = 26): Dot | null {
  const dots = arms.flatMap((arm) => arm.dots);
  const far = (dot: Dot): number => Math.hypot(dot.x - x, dot.y - y);
  const best = dots.reduce<Dot | null>(
    (found, dot) => (found === null || far(dot) < far(found) ? dot : found),
    null,
  );
  return best !== null && far(best) <= reach ? best : null;
}
