/**
 * The special tokens of the trajectory notation, in a fixed order: what a tokenizer has to
 * hold whole. It must agree with src/sandbox/python/operations_values.py, which a test checks.
 */
import { maxBodyLines } from './program.ts';

/** Integers that have a token of their own. */
export const smallestInt = -60;
export const largestInt = 160;
/** Element positions `<@0>`.. */
export const maxItems = 12;

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Binary operators: token to the sign a reader knows. */
export const operatorSigns: Readonly<Record<string, string>> = {
  '<+>': '+',
  '<->': '-',
  '<*>': '*',
  '<//>': '//',
  '</>': '/',
  '<%>': '%',
  '<**>': '**',
  '<==>': '==',
  '<!=>': '!=',
  '<lt>': '<',
  '<le>': '<=',
  '<gt>': '>',
  '<ge>': '>=',
  '<isin>': 'in',
  '<notin>': 'not in',
  '<is>': 'is',
  '<isnot>': 'is not',
};

/** Characters of strings other than letters and digits. */
export const characterNames: Readonly<Record<string, string>> = {
  '<dash>': '-',
  '<space>': ' ',
  '<comma>': ',',
  '<dot>': '.',
};

const structure = ['<trace>', '<in>', '<ans>', '<ret>', '<end>', '<;>', '<=>', '<|>', '<.>', '<,>', '<:>'];
const brackets = ['<[>', '<]>', '<(>', '<)>', '<{>', '<}>', '<">', '<^>'];

/** Every special token of the notation. */
export const traceTokens: readonly string[] = [
  ...structure,
  ...brackets,
  ...Object.keys(operatorSigns),
  '<T>',
  '<F>',
  '<None>',
  '<.0>',
  '<.5>',
  ...range(1, maxBodyLines).map((k) => `<L${k}>`),
  ...range(0, maxItems - 1).map((i) => `<@${i}>`),
  ...[...'abcdefghijklmnopqrstuvwxyz'].map((c) => `<${c}>`),
  ...range(0, 9).map((d) => `<'${d}>`),
  ...Object.keys(characterNames),
  ...range(smallestInt, largestInt).map((n) => `<${n}>`),
];
