/**
 * How elements become one answer: as a loop with an accumulator and as an expression
 * of a finished list, with what people forget (the start value, the order, the element
 * that ties). Empty input gives 0, an empty text or None, as the wording says.
 */
import { Float, repr, type Py } from './value.ts';
import type { Reduction } from './parts.ts';

const nums = (values: readonly Py[]): number[] => values as number[];
const words = (values: readonly Py[]): string[] => values as string[];
const sum = (values: readonly Py[]): number => nums(values).reduce((a, b) => a + b, 0);
const ascending = (values: readonly Py[]): Py[] =>
  [...values].sort((a, b) => ((a as number) < (b as number) ? -1 : a === b ? 0 : 1));
function distinct(values: readonly Py[]): Py[] {
  return [...new Map(values.map((v) => [repr(v), v])).values()];
}
function tally(values: readonly Py[]): Map<Py, Py> {
  const counts = new Map<Py, Py>();
  for (const v of values) counts.set(v, ((counts.get(v) as number | undefined) ?? 0) + 1);
  return counts;
}
const best = (values: readonly Py[], better: (a: Py, b: Py) => boolean): Py =>
  values.reduce<Py>((kept, v) => (kept === null || better(v, kept) ? v : kept), null);

const BOTH = ['int', 'str'] as const;
const APPEND = ['T.append(E)'];

export const REDUCTIONS: readonly Reduction[] = [
  {
    name: 'sum',
    on: ['int'],
    noun: ['sum of %', 'total of %'],
    verb: ['add them up', 'return the sum'],
    loop: { init: ['T = 0'], step: ['T += E'], result: 'T' },
    whole: 'sum(L)',
    reduce: (v) => sum(v),
    flaws: { 'starts at one': { init: ['T = 1'] }, 'overwrites the total': { step: ['T = E'] } },
  },
  {
    name: 'product',
    on: ['int'],
    noun: ['product of %'],
    verb: ['multiply them all', 'return the product'],
    loop: { init: ['T = 1'], step: ['T *= E'], result: 'T' },
    reduce: (v) => nums(v).reduce((a, b) => a * b, 1),
    flaws: { 'product from zero': { init: ['T = 0'] }, 'adds for times': { step: ['T += E'] } },
  },
  {
    name: 'count',
    on: BOTH,
    plain: true,
    noun: ['number of %', 'count of %'],
    verb: ['count them', 'return how many there are'],
    loop: { init: ['T = 0'], step: ['T += 1'], result: 'T' },
    whole: 'len(L)',
    reduce: (v) => v.length,
    flaws: { 'starts at one': { init: ['T = 1'] }, 'sets for counts': { step: ['T = 1'] } },
  },
  {
    name: 'largest',
    on: ['int'],
    noun: ['largest of % or none', 'maximum of % or none'],
    verb: ['return the largest or none'],
    loop: { init: ['T = None'], step: ['if T is None or E > T:', '    T = E'], result: 'T' },
    whole: 'max(L, default=None)',
    reduce: (v) => best(v, (a, b) => nums([a])[0]! > nums([b])[0]!),
    flaws: {
      'starts from zero': { init: ['T = 0'], step: ['if E > T:', '    T = E'], whole: 'max(L, default=0)' },
      'smallest for largest': {
        step: ['if T is None or E < T:', '    T = E'],
        whole: 'min(L, default=None)',
      },
    },
  },
  {
    name: 'smallest',
    on: ['int'],
    noun: ['smallest of % or none', 'minimum of % or none'],
    verb: ['return the smallest or none'],
    loop: { init: ['T = None'], step: ['if T is None or E < T:', '    T = E'], result: 'T' },
    whole: 'min(L, default=None)',
    reduce: (v) => best(v, (a, b) => nums([a])[0]! < nums([b])[0]!),
    flaws: {
      'starts from zero': { init: ['T = 0'], step: ['if E < T:', '    T = E'], whole: 'min(L, default=0)' },
      'largest for smallest': {
        step: ['if T is None or E > T:', '    T = E'],
        whole: 'max(L, default=None)',
      },
    },
  },
  {
    name: 'collect',
    on: BOTH,
    ordered: true,
    noun: ['list of %'],
    verb: ['return them as a list', 'collect them in a list'],
    loop: { init: ['T = []'], step: APPEND, result: 'T' },
    whole: 'L',
    reduce: (v) => v,
    flaws: {
      'builds it backwards': { step: ['T.insert(0, E)'], whole: 'L[::-1]' },
      'keeps the last only': { step: ['T = [E]'] },
    },
  },
  {
    name: 'collect backwards',
    on: BOTH,
    ordered: true,
    noun: ['list in reverse order of %'],
    verb: ['return them as a list in reverse order'],
    loop: { init: ['T = []'], step: ['T.insert(0, E)'], result: 'T' },
    whole: 'L[::-1]',
    reduce: (v) => [...v].reverse(),
    flaws: {
      'forgets to reverse': { step: APPEND, whole: 'L' },
      'drops the first': { step: APPEND, result: 'T[:0:-1]', whole: 'L[:0:-1]' },
    },
  },
  {
    name: 'sort',
    on: BOTH,
    noun: ['sorted list of %'],
    verb: ['return them sorted'],
    loop: { init: ['T = []'], step: APPEND, result: 'sorted(T)' },
    whole: 'sorted(L)',
    reduce: (v) => ascending(v),
    flaws: {
      'forgets to sort': { result: 'T', whole: 'L' },
      'largest first': { result: 'sorted(T, reverse=True)', whole: 'sorted(L, reverse=True)' },
    },
  },
  {
    name: 'sort down',
    on: BOTH,
    noun: ['list from large to small of %'],
    verb: ['return them from large to small'],
    loop: { init: ['T = []'], step: APPEND, result: 'sorted(T, reverse=True)' },
    whole: 'sorted(L, reverse=True)',
    reduce: (v) => ascending(v).reverse(),
    flaws: {
      'smallest first': { result: 'sorted(T)', whole: 'sorted(L)' },
      'reverse without sort': { result: 'T[::-1]', whole: 'L[::-1]' },
    },
  },
  {
    name: 'distinct',
    on: BOTH,
    noun: ['number of different values among %'],
    verb: ['return how many different ones there are'],
    loop: { init: ['T = []'], step: ['if E not in T:', '    T.append(E)'], result: 'len(T)' },
    whole: 'len(set(L))',
    reduce: (v) => distinct(v).length,
    flaws: {
      'counts repeats': { step: APPEND, whole: 'len(L)' },
      'counts one less': { result: 'len(T) - 1', whole: 'len(set(L)) - 1' },
    },
  },
  {
    name: 'unique',
    on: BOTH,
    ordered: true,
    noun: ['list without repeats of %'],
    verb: ['return them as a list without repeats'],
    loop: { init: ['T = []'], step: ['if E not in T:', '    T.append(E)'], result: 'T' },
    reduce: (v) => distinct(v),
    flaws: {
      'keeps repeats': { step: APPEND },
      'keeps only repeats': { step: ['if E in T:', '    T.append(E)'] },
    },
  },
  {
    name: 'first',
    on: BOTH,
    ordered: true,
    noun: ['first of % or none'],
    verb: ['return the first or none'],
    loop: { init: [], step: ['return E'], result: 'None' },
    whole: 'L[0] if L else None',
    reduce: (v) => v[0] ?? null,
    flaws: {
      'last for first': { init: ['T = None'], step: ['T = E'], result: 'T', whole: 'L[-1] if L else None' },
      'gives up early': { otherwise: ['return None'] },
    },
  },
  {
    name: 'last',
    on: BOTH,
    ordered: true,
    noun: ['last of % or none'],
    verb: ['return the last or none'],
    loop: { init: ['T = None'], step: ['T = E'], result: 'T' },
    whole: 'L[-1] if L else None',
    reduce: (v) => v.at(-1) ?? null,
    flaws: {
      'first for last': { init: [], step: ['return E'], result: 'None', whole: 'L[0] if L else None' },
      'last but one': {
        init: ['T = []'],
        step: APPEND,
        result: 'T[-2] if len(T) > 1 else None',
        whole: 'L[-2] if len(L) > 1 else None',
      },
    },
  },
  {
    name: 'average',
    on: ['int'],
    noun: ['average of % or 0', 'mean of % or 0'],
    verb: ['return the average or 0'],
    loop: { init: ['T = 0', 'U = 0'], step: ['T += E', 'U += 1'], result: 'T / U if U else 0' },
    whole: 'sum(L) / len(L) if L else 0',
    reduce: (v) => (v.length ? new Float(sum(v) / v.length) : 0),
    flaws: {
      'rounds down': { result: 'T // U if U else 0', whole: 'sum(L) // len(L) if L else 0' },
      'counts one more': { result: 'T / (U + 1)', whole: 'sum(L) / (len(L) + 1)' },
    },
  },
  {
    name: 'span',
    on: ['int'],
    noun: ['largest minus smallest of % or 0'],
    verb: ['return the largest minus the smallest or 0'],
    loop: { init: ['T = []'], step: APPEND, result: 'max(T) - min(T) if T else 0' },
    whole: 'max(L) - min(L) if L else 0',
    reduce: (v) => (v.length ? Math.max(...nums(v)) - Math.min(...nums(v)) : 0),
    flaws: {
      'ends instead': { result: 'T[-1] - T[0] if T else 0', whole: 'L[-1] - L[0] if L else 0' },
      'largest only': { result: 'max(T) if T else 0', whole: 'max(L) if L else 0' },
    },
  },
  {
    name: 'running total',
    on: ['int'],
    ordered: true,
    noun: ['list of running totals of %'],
    verb: ['return the list of running totals'],
    loop: { init: ['T = []', 'U = 0'], step: ['U += E', 'T.append(U)'], result: 'T' },
    reduce: (v) => nums(v).map((_, i) => sum(v.slice(0, i + 1))),
    flaws: {
      'appends before adding': { step: ['T.append(U)', 'U += E'] },
      'appends the value': { step: ['U += E', 'T.append(E)'] },
    },
  },
  {
    name: 'running largest',
    on: ['int'],
    ordered: true,
    noun: ['list of running maximums of %'],
    verb: ['return the list of the largest so far'],
    loop: {
      init: ['T = []', 'U = None'],
      step: ['if U is None or E > U:', '    U = E', 'T.append(U)'],
      result: 'T',
    },
    reduce: (v) => nums(v).map((_, i) => Math.max(...nums(v).slice(0, i + 1))),
    flaws: {
      'appends new ones only': { step: ['if U is None or E > U:', '    U = E', '    T.append(U)'] },
      'starts from zero': { init: ['T = []', 'U = 0'], step: ['if E > U:', '    U = E', 'T.append(U)'] },
    },
  },
  {
    name: 'alternating sum',
    on: ['int'],
    ordered: true,
    noun: ['alternating sum of %'],
    verb: ['add and subtract them in turn'],
    loop: { init: ['T = 0', 'U = 1'], step: ['T += U * (E)', 'U = -U'], result: 'T' },
    reduce: (v) => nums(v).reduce((a, b, i) => a + (i % 2 ? -b : b), 0),
    flaws: {
      'starts with minus': { init: ['T = 0', 'U = -1'] },
      'never turns the sign': { step: ['T += U * (E)'] },
    },
  },
  {
    name: 'tally',
    on: BOTH,
    noun: ['dictionary of counts of %'],
    verb: ['return a dictionary of their counts'],
    loop: { init: ['T = {}'], step: ['T[E] = T.get(E, 0) + 1'], result: 'T' },
    reduce: (v) => tally(v),
    flaws: {
      'never counts up': { step: ['T[E] = 1'] },
      'starts at one': { step: ['T[E] = T.get(E, 1) + 1'] },
    },
  },
  {
    name: 'any',
    on: BOTH,
    plain: true,
    predicate: 'any',
    noun: ['whether there are any %', 'true if there are any %'],
    verb: ['return whether there are any'],
    loop: { init: [], step: ['return True'], result: 'False' },
    whole: 'any(L)',
    reduce: (v) => v.length > 0,
    flaws: { 'judges the first only': { otherwise: ['return False'] }, 'all for any': { whole: 'all(L)' } },
  },
  {
    name: 'all',
    on: BOTH,
    plain: true,
    predicate: 'all',
    noun: [],
    verb: [],
    loop: { init: [], step: ['return False'], result: 'True' },
    whole: 'all(L)',
    reduce: (v, total) => v.length === total,
    flaws: { 'judges the first only': { otherwise: ['return True'] }, 'any for all': { whole: 'any(L)' } },
  },
  // strings
  {
    name: 'join',
    on: ['str'],
    ordered: true,
    noun: ['text of %', 'string of %'],
    verb: ['join them', 'return them as one string'],
    loop: { init: ["T = ''"], step: ['T += E'], result: 'T' },
    whole: "''.join(L)",
    reduce: (v) => words(v).join(''),
    flaws: {
      'joins backwards': { step: ['T = E + T'], whole: "''.join(L[::-1])" },
      'overwrites the text': { step: ['T = E'] },
    },
  },
  {
    name: 'join backwards',
    on: ['str'],
    ordered: true,
    noun: ['text in reverse order of %'],
    verb: ['join them in reverse order'],
    loop: { init: ["T = ''"], step: ['T = E + T'], result: 'T' },
    whole: "''.join(L[::-1])",
    reduce: (v) => [...words(v)].reverse().join(''),
    flaws: { 'forgets to reverse': { step: ['T += E'], whole: "''.join(L)" } },
  },
  {
    name: 'join with dash',
    on: ['str'],
    ordered: true,
    noun: ['text joined by dashes of %'],
    verb: ['join them by dashes'],
    loop: { init: ['T = []'], step: APPEND, result: "'-'.join(T)" },
    whole: "'-'.join(L)",
    reduce: (v) => words(v).join('-'),
    flaws: {
      'dash at the end': { init: ["T = ''"], step: ["T += E + '-'"], result: 'T' },
      'forgets the dash': { result: "''.join(T)", whole: "''.join(L)" },
    },
  },
  {
    name: 'longest',
    on: ['str'],
    ordered: true,
    noun: ['longest of % or none'],
    verb: ['return the longest or none'],
    loop: { init: ['T = None'], step: ['if T is None or len(E) > len(T):', '    T = E'], result: 'T' },
    whole: 'max(L, key=len, default=None)',
    reduce: (v) => best(v, (a, b) => words([a])[0]!.length > words([b])[0]!.length),
    flaws: {
      'last of equals': { step: ['if T is None or len(E) >= len(T):', '    T = E'] },
      'largest by letters': { step: ['if T is None or E > T:', '    T = E'], whole: 'max(L, default=None)' },
    },
  },
  {
    name: 'shortest',
    on: ['str'],
    ordered: true,
    noun: ['shortest of % or none'],
    verb: ['return the shortest or none'],
    loop: { init: ['T = None'], step: ['if T is None or len(E) < len(T):', '    T = E'], result: 'T' },
    whole: 'min(L, key=len, default=None)',
    reduce: (v) => best(v, (a, b) => words([a])[0]!.length < words([b])[0]!.length),
    flaws: {
      'last of equals': { step: ['if T is None or len(E) <= len(T):', '    T = E'] },
      'smallest by letters': { step: ['if T is None or E < T:', '    T = E'], whole: 'min(L, default=None)' },
    },
  },
  {
    name: 'first in alphabet',
    on: ['str'],
    noun: ['first in the alphabet of % or none'],
    verb: ['return the first in the alphabet or none'],
    loop: { init: ['T = None'], step: ['if T is None or E < T:', '    T = E'], result: 'T' },
    whole: 'min(L, default=None)',
    reduce: (v) => best(v, (a, b) => words([a])[0]! < words([b])[0]!),
    flaws: {
      'last in the alphabet': {
        step: ['if T is None or E > T:', '    T = E'],
        whole: 'max(L, default=None)',
      },
      'first in the list': { init: [], step: ['return E'], result: 'None', whole: 'L[0] if L else None' },
    },
  },
];
