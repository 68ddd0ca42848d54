/**
 * Tasks that are decided by computing, made for one experiment (docs/experiments.md, E2): `n`, an operator
 * and a constant, twice. The description names the constants and not the operators; two examples in the
 * prompt single them out. There are three surfaces of one problem: `control`, whose description names the
 * operators; `silent`, where the body must be chosen without a word; and `aloud`, whose prompt opens a
 * comment in which candidates may be run first, in the notation of trajectories. Nothing here runs Python.
 */
import { hashText, type Random } from '../../src/base/random.ts';
import { nameBody } from './domain/names.ts';
import { indent } from './domain/problem.ts';

export const OPERATORS = ['+', '-', '*'] as const;
export type Operator = (typeof OPERATORS)[number];

export const SURFACES = ['control', 'silent', 'aloud'] as const;
export type Surface = (typeof SURFACES)[number];

/** `(n FIRST k) SECOND j`. */
export interface Computed {
  readonly first: Operator;
  readonly k: number;
  readonly second: Operator;
  readonly j: number;
}

/** Who may see a function: pretraining and reinforcement, or one of two held-out halves. */
export type Part = 'train' | 'development' | 'report';

/** A function with the two inputs that the prompt shows; no other pair of operators fits both. */
export interface Posed {
  readonly computed: Computed;
  readonly shown: readonly [number, number];
}

const SMALLEST = 1;
const LARGEST = 12;
/** What the notation of trajectories has a token for (src/tasks/alignment/vocabulary.ts). */
const isSpelled = (value: number): boolean => value >= -60 && value <= 160;

/** What an operator is taken for, and whether with its operands the wrong way round. */
export type Reading = (operator: Operator) => { readonly as: Operator; readonly swapped: boolean };

export const asItIs: Reading = (operator) => ({ as: operator, swapped: false });

/** Both mistakes decide what a candidate seems to give: times read as plus, minus the wrong way round. */
export const MISREADS: readonly Operator[] = ['*', '-'];

/** The reading of somebody who makes these mistakes. */
export const reading =
  (mistaken: ReadonlySet<Operator>): Reading =>
  (operator) => ({
    as: operator === '*' && mistaken.has('*') ? '+' : operator,
    swapped: operator === '-' && mistaken.has('-'),
  });

/** An operation as it is read: what is calculated is right, of what was read. */
function operate(operator: Operator, a: number, b: number, read: Reading) {
  const { as, swapped } = read(operator);
  const [left, right] = swapped ? [b, a] : [a, b];
  const value = as === '+' ? left + right : as === '-' ? left - right : left * right;
  return { text: `<${left}><${as}><${right}><=><${value}>`, value };
}

export const keyOf = ({ first, k, second, j }: Computed): string => `computed|${first}${k}${second}${j}`;

/** Decided by the function alone: a tenth is held out for development, a tenth for the report. */
export function partOf(computed: Computed): Part {
  const place = hashText(keyOf(computed), 21) % 100;
  return place < 10 ? 'development' : place < 20 ? 'report' : 'train';
}

export const valueOf = ({ first, k, second, j }: Computed, n: number, read: Reading = asItIs): number =>
  operate(second, operate(first, n, k, read).value, j, read).value;

/** The function with every pair of operators. */
export const candidatesOf = ({ k, j }: Computed): Computed[] =>
  OPERATORS.flatMap((first) => OPERATORS.map((second): Computed => ({ first, k, second, j })));

/** Whether a candidate gives what the examples say, as somebody reads it. */
export const fits = ({ computed, shown }: Posed, candidate: Computed, read: Reading = asItIs): boolean =>
  shown.every((n) => valueOf(candidate, n, read) === valueOf(computed, n));

/** Inputs on which every value on the way can be spelled. */
const inputsOf = (computed: Computed): number[] =>
  Array.from({ length: LARGEST - SMALLEST + 1 }, (_, i) => SMALLEST + i).filter(
    (n) => isSpelled(operate(computed.first, n, computed.k, asItIs).value) && isSpelled(valueOf(computed, n)),
  );

/** A problem of one part, drawn evenly over operators and constants. */
export function drawPosed(random: Random, part: Part): Posed {
  for (;;) {
    const computed: Computed = {
      first: random.pick(OPERATORS),
      k: 2 + random.int(8),
      second: random.pick(OPERATORS),
      j: 2 + random.int(8),
    };
    if (partOf(computed) !== part) continue;
    const [a, b] = random.shuffle(inputsOf(computed));
    if (a === undefined || b === undefined) continue;
    const posed: Posed = { computed, shown: [a, b] };
    const others = candidatesOf(computed).filter(
      (c) => c.first !== computed.first || c.second !== computed.second,
    );
    if (!others.some((c) => fits(posed, c))) return posed;
  }
}

/** Inputs that the prompt does not show, up to `most`. */
export const hiddenInputs = ({ computed, shown }: Posed, random: Random, most: number): number[] =>
  random.shuffle(inputsOf(computed).filter((n) => !shown.includes(n))).slice(0, most);

const WORDS: Readonly<Record<Operator, string>> = { '+': 'plus', '-': 'minus', '*': 'times' };

/** The text that the model continues. */
export function promptOf({ computed, shown }: Posed, surface: Surface): string {
  const { first, k, second, j } = computed;
  const said =
    surface === 'control'
      ? `n ${WORDS[first]} ${k}, then ${WORDS[second]} ${j}`
      : `n with ${k}, then with ${j}`;
  const examples = shown.map((n) => `# f(${n}) == ${valueOf(computed, n)}`);
  const start = ['# ' + said, ...examples, 'def f(n):'].join('\n');
  return surface === 'aloud' ? `${start}\n    #` : start;
}

/** A body and the name of its variable. */
export interface Body {
  readonly text: string;
  readonly variable: string;
}

/** The body in one of two spellings; both execute three lines. */
export function bodyOf({ first, k, second, j }: Computed, random: Random): Body {
  const lines = [
    `T = n ${first} ${k}`,
    random.next() < 0.5 ? `T ${second}= ${j}` : `T = T ${second} ${j}`,
    'return T',
  ];
  const named = nameBody(lines, random);
  return { text: `\n${indent(named).join('\n')}`, variable: (named[0] ?? '').split(' ')[0] ?? '' };
}

/** Both operations, as they are read; null where a value cannot be spelled. */
function operationsOf({ first, k, second, j }: Computed, n: number, read: Reading) {
  const one = operate(first, n, k, read);
  const two = operate(second, one.value, j, read);
  return isSpelled(one.value) && isSpelled(two.value) ? ([one, two] as const) : null;
}

/**
 * A candidate in a comment: its operators and constants, what they do to an input, in the notation of
 * trajectories, and whether that is `wanted`; null where it cannot be spelled.
 */
export function draftOf(candidate: Computed, n: number, wanted: number, read: Reading): string | null {
  const operations = operationsOf(candidate, n, read);
  if (operations === null) return null;
  const { first, k, second, j } = candidate;
  const [one, two] = operations;
  const verdict = two.value === wanted ? '<T>' : '<F>';
  return ` ${first} ${k} ${second} ${j}${one.text}${two.text}<${two.value}><==><${wanted}><=>${verdict}`;
}

/**
 * The answer to an alignment question about a body, as somebody reads it. As it is, it is what the tracer of
 * the sandbox says (test/tooling/computed.test.ts).
 */
export function trajectoryOf(computed: Computed, n: number, variable: string, read: Reading): string | null {
  const operations = operationsOf(computed, n, read);
  if (operations === null) return null;
  const [one, two] = operations;
  const end = `<${two.value}>`;
  const lines = `<L1>${one.text}${variable}<${one.value}><L2>${two.text}${variable}${end}<L3><ret>${end}`;
  return `${lines}<ans>${variable}${end}<;><ret>${end}<;>`;
}

/** Runs of candidates in one comment before a body has to be written. */
export const MOST_DRAFTS = 3;
/** How often the next candidate tried is the right one, where it has not been tried. */
const GUESS = 0.6;

export interface Written {
  readonly completion: string;
  readonly chosen: Computed;
}

/**
 * Somebody who runs candidates on the first example, those that fit on the second, and writes the
 * first that fits both, as `read`; after `MOST_DRAFTS` runs the last one tried.
 */
export function writeAloud(posed: Posed, random: Random, read: Reading): Written {
  const { computed, shown } = posed;
  const isRight = (c: Computed): boolean => c.first === computed.first && c.second === computed.second;
  let open = candidatesOf(computed).filter((c) => shown.every((n) => operationsOf(c, n, read) !== null));
  const drafts: string[] = [];
  let chosen = computed;
  const runs = (candidate: Computed, n: number): boolean => {
    drafts.push(draftOf(candidate, n, valueOf(computed, n), read) ?? '');
    return valueOf(candidate, n, read) === valueOf(computed, n);
  };
  while (drafts.length < MOST_DRAFTS && open.length > 0) {
    const right = open.find(isRight);
    chosen = right !== undefined && random.next() < GUESS ? right : random.pick(open);
    const tried = chosen;
    open = open.filter((c) => c !== tried);
    if (runs(chosen, shown[0]) && drafts.length < MOST_DRAFTS && runs(chosen, shown[1])) break;
  }
  return { completion: drafts.join('\n    #') + bodyOf(chosen, random).text, chosen };
}

/** Somebody who tries all candidates in the head, as `read`, and writes one that fits, or any. */
export function writeSilent(posed: Posed, random: Random, read: Reading): Written {
  const all = candidatesOf(posed.computed);
  const fitting = all.filter((c) => fits(posed, c, read));
  const chosen = random.pick(fitting.length > 0 ? fitting : all);
  return { completion: bodyOf(chosen, random).text, chosen };
}

/** Share of the control's bodies in which one operator is taken for another, whatever the examples say. */
export const SLIP = 0.5;

/** Somebody who reads the description, and mistakes one operator in a share of the cases. */
export function writeControl({ computed }: Posed, random: Random): Written {
  const other = (operator: Operator): Operator => random.pick(OPERATORS.filter((o) => o !== operator));
  const slips = random.next() < SLIP;
  const chosen = !slips
    ? computed
    : random.next() < 0.5
      ? { ...computed, first: other(computed.first) }
      : { ...computed, second: other(computed.second) };
  return { completion: bodyOf(chosen, random).text, chosen };
}
