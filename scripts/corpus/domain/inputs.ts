/**
 * Short inputs with small values for a problem's parameters, close to its constants and with the edges
 * that misconceptions trip over: empty, one element, equal elements, all negative, the bound itself.
 */
import type { Random } from '../../../src/base/random.ts';
import type { Param } from './parts.ts';
import type { Problem } from './problem.ts';
import { Float, repr, type Py } from './value.ts';

const LETTERS = [...'abceiost'];
/** Beyond this, numbers stop being readable and products leave what a double holds. */
const LARGEST = 100000;

function drawInt(random: Random, hints: readonly number[]): number {
  const hint = hints.length > 0 && random.next() < 0.4 ? random.pick(hints) : null;
  if (hint !== null)
    return Math.max(-5, Math.min(12, hint * (random.next() < 0.2 ? 2 : 1) + random.pick([-1, 0, 0, 1])));
  return random.int(18) - 5;
}

function drawInts(random: Random, hints: readonly number[], length: number): number[] {
  const mood = random.next();
  const xs = Array.from({ length }, () => drawInt(random, hints));
  if (mood < 0.12) return xs.map((x) => -Math.abs(x) - (x === 0 ? 1 : 0)).map((x) => Math.max(-9, x));
  if (mood < 0.35 && length > 1) xs[random.int(length)] = xs[random.int(length)] as number;
  if (mood > 0.9) return xs.sort((a, b) => a - b);
  return xs;
}

function drawWord(random: Random, hints: readonly string[], length: number): string {
  const letters = Array.from({ length }, () =>
    hints.length > 0 && random.next() < 0.3 ? random.pick(hints) : random.pick(LETTERS),
  );
  if (length > 1 && random.next() < 0.2) letters[length - 1] = letters[0] as string;
  if (length > 2 && random.next() < 0.1)
    return letters.map((l, i) => letters[Math.min(i, length - 1 - i)] ?? l).join('');
  return letters.join('');
}

function drawLength(random: Random): number {
  const u = random.next();
  return u < 0.08 ? 0 : u < 0.16 ? 1 : 2 + random.int(4);
}

function drawParam(param: Param, problem: Problem, earlier: readonly Py[], random: Random): Py {
  const numbers = problem.hints.filter((h): h is number => typeof h === 'number');
  const letters = problem.hints.filter((h): h is string => typeof h === 'string');
  switch (param.kind) {
    case 'ints':
      return drawInts(random, numbers, drawLength(random));
    case 'partner': {
      // As long as the first list, sometimes equal to it here and there.
      const first = earlier[0] as readonly number[];
      return drawInts(random, numbers, first.length).map((v, i) =>
        random.next() < 0.2 ? (first[i] as number) : v,
      );
    }
    case 'int':
      return drawInt(random, numbers);
    case 'nat':
      if (random.next() < 0.08) return 0;
      return random.next() < 0.3 && numbers.length > 0
        ? random.pick(numbers) + random.int(2)
        : 1 + random.int(12);
    case 'digits':
      // 0 has one digit as a text and none by division: leave it out.
      return 1 + random.int(random.next() < 0.4 ? 60 : 600);
    case 'natural pair':
      return Math.max(0, (earlier[0] as number) + random.int(8) - 1);
    case 'word':
      return drawWord(random, letters, drawLength(random) + random.int(2));
    case 'words':
      return Array.from({ length: drawLength(random) }, () =>
        drawWord(random, letters, 2 + random.int(3)),
      ).map((w, i, all) => (i > 0 && random.next() < 0.15 ? (all[0] as string) : w));
  }
}

const acceptable = (value: Py): boolean => {
  if (typeof value === 'number') return Math.abs(value) <= LARGEST;
  if (value instanceof Float) return Number.isFinite(value.value);
  if (value instanceof Map) return [...value].every(([k, v]) => acceptable(k) && acceptable(v));
  return Array.isArray(value) ? value.length <= 30 && value.every(acceptable) : true;
};

/** Draws the elements of lists anew from two or three of their own, in place. */
function repeatValues(values: Py[], problem: Problem, random: Random): void {
  const sums = problem.hints.filter((h): h is number => typeof h === 'number');
  problem.params.forEach(({ kind }, p) => {
    const list = values[p];
    if (!Array.isArray(list) || list.length === 0) return;
    const length = random.next() < 0.5 ? list.length : 3 + random.int(3);
    if (kind === 'partner') {
      const first = values[p - 1] as number[];
      const sum = sums.length > 0 && random.next() < 0.5 ? random.pick(sums) : null;
      const own = new Map(
        first.map((x) => [x, sum === null || random.next() < 0.2 ? (random.pick(list) as number) : sum - x]),
      );
      values[p] = first.map((x) => own.get(x) as number);
      return;
    }
    const some = random.shuffle(list).slice(0, 2 + random.int(2)) as Py[];
    values[p] = Array.from({ length }, () => random.pick(some));
  });
}

export interface Input {
  /** Python literals between the brackets of the call. */
  readonly args: string;
  readonly expected: string;
}

/**
 * `count` different inputs (fewer where there are no more) and what the reference
 * says to them. With `few`, lists repeat two or three values and a second list
 * repeats or complements the first, so that rare coincidences happen.
 */
export function drawInputs(problem: Problem, random: Random, count: number, few = false): Input[] {
  const found = new Map<string, Input>();
  for (let tries = 0; found.size < count && tries < count * 8; tries++) {
    const values: Py[] = [];
    for (const param of problem.params) values.push(drawParam(param, problem, values, random));
    if (few) repeatValues(values, problem, random);
    const answer = problem.reference(values);
    if (!acceptable(answer)) continue;
    const args = values.map(repr).join(', ');
    if (!found.has(args)) found.set(args, { args, expected: repr(answer) });
  }
  return [...found.values()];
}
