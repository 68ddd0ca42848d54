/**
 * A problem of the domain: what is asked, what is right, and how people get it wrong. Families
 * (pipelines, branches, recipes) make problems; everything downstream knows only this interface.
 */
import { hashText, type Random } from '../../../src/base/random.ts';
import type { ConstantKind, Param } from './parts.ts';
import type { Py } from './value.ts';

/** A concept a problem exercises, and the misconceptions about it; the first one is the common one. */
export interface Concept {
  readonly name: string;
  readonly flaws: readonly string[];
}

/** Concept name -> misconception that a body is to show. Empty: a right body. */
export type Faults = ReadonlyMap<string, string>;

export interface Problem {
  /** Unique, constants included. */
  readonly key: string;
  /** The same without constants: what the split is decided by. */
  readonly combination: string;
  readonly family: string;
  readonly params: readonly Param[];
  readonly concepts: readonly Concept[];
  /** Constants that inputs should come close to. */
  readonly hints: readonly Py[];
  describe(random: Random): string;
  /**
   * Body lines without the outer indentation, or null where the drawn style cannot
   * show these faults (draw again).
   */
  body(random: Random, faults: Faults): readonly string[] | null;
  reference(args: readonly Py[]): Py;
}

export type Split = 'train' | 'heldout';

/**
 * Whether a combination is held out (15 %): decided by its name alone, so that no sampling order can move it.
 */
export function splitOf(problem: Pick<Problem, 'combination' | 'family'>): Split {
  // A recipe is one idea with its own words: held out it could only be guessed.
  if (problem.family === 'recipe') return 'train';
  return hashText(problem.combination, 15) % 100 < 15 ? 'heldout' : 'train';
}

/** Concepts most people get wrong: there the common misconception outweighs the right way. */
const MAJORITY: ReadonlySet<string> = new Set([
  'reduce product',
  'reduce largest',
  'reduce running total',
  'reduce last in alphabet',
  'reduce longest',
  'filter above',
  'filter between',
  'filter far apart',
  'filter longer',
  'map half',
  'map times plus',
  'map pair difference',
  'walk neighbours',
  'walk zero to n',
  'branch order',
  'recipe is prime',
  'recipe second largest',
  'recipe binary search',
  'recipe fibonacci',
]);

/** Probability that a body of the corpus shows a misconception about this concept. */
export function faultRate(concept: string): number {
  const u = hashText(concept, 77) / 4294967296;
  if (MAJORITY.has(concept)) return 0.55 + 0.15 * u;
  if (concept === 'return') return 0.04;
  return 0.05 + 0.2 * u;
}

/**
 * Draws the faults of one corpus body, each concept by its own rate; the first
 * misconception is the common one.
 */
export function drawFaults(problem: Problem, random: Random): Faults {
  const faults = new Map<string, string>();
  for (const { name, flaws } of problem.concepts) {
    if (flaws.length === 0 || random.next() >= faultRate(name)) continue;
    faults.set(name, random.next() < 0.7 ? (flaws[0] as string) : random.pick(flaws));
  }
  return faults;
}

/** Every single misconception about a problem. */
export function singleFaults(problem: Problem): readonly Faults[] {
  return problem.concepts.flatMap(({ name, flaws }) => flaws.map((flaw) => new Map([[name, flaw]])));
}

const LETTERS = 'abceost';

export function drawConstant(kind: ConstantKind, random: Random): Py {
  if (kind === 'letter') return random.pick([...LETTERS]);
  return kind === 'small' ? 2 + random.int(3) : 2 + random.int(8);
}

/**
 * Replaces capital placeholders by their fragments; a placeholder stands alone, between non-word characters.
 */
export function fill(template: string, fragments: Readonly<Record<string, string>>): string {
  return template.replace(/\b([A-Z])\b/g, (whole, letter: string) => fragments[letter] ?? whole);
}

/** Indents lines by `levels` steps of four spaces. */
export function indent(lines: readonly string[], levels = 1): string[] {
  return lines.map((line) => '    '.repeat(levels) + line);
}

/** The opposite of a condition, as `ast.unparse` writes it. */
export function negate(condition: string): string {
  return / and | or /.test(condition) ? `not (${condition})` : `not ${condition}`;
}
