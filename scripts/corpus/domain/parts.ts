/**
 * The pieces a pipeline is put together from, as types. Python fragments hold capital
 * placeholders that the assembler fills: X element, Y partner or position, K and J
 * constants, E mapped element, T the accumulator, U a second one, L a list.
 */
import type { Py } from './value.ts';

/**
 * `int` any sign, `nat` from 0, `indexed` int with its position in Y, `pair` two
 * ints, `word`, `char` a one-letter string.
 */
export type ElementKind = 'int' | 'nat' | 'indexed' | 'pair' | 'word' | 'char';
/** `int` 2..9, `small` 2..4, `letter` one letter. */
export type ConstantKind = 'int' | 'small' | 'letter';
export type ParamKind = 'ints' | 'nat' | 'digits' | 'int' | 'words' | 'word' | 'natural pair' | 'partner';

export interface Param {
  readonly name: string;
  readonly kind: ParamKind;
}

export interface Filter {
  readonly name: string;
  readonly on: readonly ElementKind[];
  readonly k?: ConstantKind;
  /** A second constant, smaller than K. */
  readonly j?: true;
  /** Adjectives before the noun. */
  readonly before?: readonly string[];
  readonly after: readonly string[];
  readonly code: string;
  /** Another right way to write it. */
  readonly alt?: string;
  /** The opposite, for `continue`. */
  readonly neg: string;
  test(x: Py, y: Py, k: Py, j: Py): boolean;
  /** Misconception -> what it writes, and the opposite of that where `continue` may be used. */
  readonly flaws: Readonly<Record<string, readonly [string, string?]>>;
}

export interface Mapping {
  readonly name: string;
  readonly on: readonly ElementKind[];
  readonly k?: ConstantKind;
  readonly j?: true;
  readonly to: 'int' | 'str';
  readonly of: readonly string[];
  readonly verb: readonly string[];
  readonly code: string;
  readonly alt?: string;
  apply(x: Py, y: Py, k: Py, j: Py): Py;
  readonly flaws: Readonly<Record<string, string>>;
}

export interface LoopForm {
  readonly init: readonly string[];
  readonly step: readonly string[];
  /** Expression returned after the loop. */
  readonly result: string;
  /** Lines for the elements that the condition turns away. */
  readonly otherwise?: readonly string[];
}

export interface Reduction {
  readonly name: string;
  readonly on: readonly ('int' | 'str')[];
  /** `%` stands for "the squares of the numbers in xs". */
  readonly noun: readonly string[];
  /** What to do with "them", or with "it" for strings. */
  readonly verb: readonly string[];
  /** Elements are taken as they are. */
  readonly plain?: true;
  /** Needs a filter: its answer is about the condition. */
  readonly predicate?: 'any' | 'all';
  /** The order of the elements matters. */
  readonly ordered?: true;
  readonly loop: LoopForm;
  /** The same of a ready list L. */
  readonly whole?: string;
  reduce(values: readonly Py[], total: number): Py;
  readonly flaws: Readonly<Record<string, Partial<LoopForm> & { readonly whole?: string }>>;
}

/** One way to walk through the elements. */
export interface Walk {
  readonly head?: readonly string[];
  /** One `for` or `while`, or two nested ones. */
  readonly loops: readonly string[];
  readonly x: string;
  readonly y?: string;
  /** Line that must come first in the loop. */
  readonly bind?: string;
  readonly tail?: readonly string[];
  /** The clause of a comprehension with this X and Y; absent: no comprehension. */
  readonly clause?: string;
  /** Walks from the end: only where order makes no difference. */
  readonly backwards?: true;
}

export interface Source {
  readonly name: string;
  readonly kind: ElementKind;
  readonly params: readonly Param[];
  readonly nouns: readonly string[];
  /** After the noun. */
  readonly places: readonly string[];
  readonly walks: readonly Walk[];
  /** Misconception -> its walks. */
  readonly flaws: Readonly<Record<string, readonly Walk[]>>;
  /** The elements (and partners) in order. */
  elements(args: readonly Py[]): readonly (readonly [Py, Py])[];
}
