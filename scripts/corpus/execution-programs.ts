/**
 * Small programs for execution documents only: straight lines, branches, loops, comprehensions, list
 * building, while, and drills of single operations and of walking a list. They solve no problem, so there is
 * no right answer; only what they compute counts. The domain's own programs come from domain/.
 */
import type { Random } from '../../src/base/random.ts';

export type ExecutionKind =
  'straight' | 'loop-if' | 'comprehension' | 'list' | 'loop' | 'while' | 'arithmetic' | 'walk' | 'words';

export interface ExecutionProgram {
  readonly kind: ExecutionKind;
  readonly code: string;
  /** Python literals between the brackets of the call. */
  readonly args: string;
}

/**
 * Shares among the own programs, after the mix that taught execution best (docs: nano
 * evidence), with room for words.
 */
const MIX: readonly (readonly [ExecutionKind, number])[] = [
  ['straight', 20],
  ['loop-if', 20],
  ['comprehension', 16],
  ['list', 10],
  ['loop', 6],
  ['while', 4],
  ['arithmetic', 7],
  ['walk', 5],
  ['words', 12],
];

const INT_LISTS = ['xs', 'ys', 'nums', 'values', 'a', 'b'];
const ACCUMULATORS = ['t', 'total', 's', 'out', 'res', 'acc', 'count', 'k', 'best'];
const ITEMS = ['x', 'v', 'n', 'y', 'z'];

const smallInt = (r: Random): number => r.int(15) - 5;
const constant = (r: Random): number => 1 + r.int(9);
const list = (items: readonly (number | string)[]): string =>
  `[${items.map((i) => (typeof i === 'string' ? `'${i}'` : i)).join(', ')}]`;
const ints = (r: Random): number[] =>
  Array.from({ length: r.next() < 0.06 ? 0 : 1 + r.int(4) }, () => smallInt(r));
const word = (r: Random): string =>
  Array.from({ length: 2 + r.int(3) }, () => r.pick([...'abcdefghilmnoprstu'])).join('');
const words = (r: Random): string[] => Array.from({ length: 1 + r.int(3) }, () => word(r));

/** An int expression over the names. */
function expression(r: Random, names: readonly string[], depth = 1): string {
  const left = depth > 0 && r.next() < 0.25 ? `(${expression(r, names, depth - 1)})` : r.pick(names);
  const right = r.next() < 0.55 ? String(constant(r)) : r.pick(names);
  const op = r.pick(['+', '+', '-', '-', '*', '*', '//', '%']);
  if (op === '//' || op === '%') return `${left} ${op} ${1 + constant(r)}`;
  const u = r.next();
  if (u < 0.06) return `abs(${left} - ${right})`;
  if (u < 0.1) return `${r.pick(['max', 'min'])}(${left}, ${right})`;
  return `${left} ${op} ${right}`;
}

function condition(r: Random, names: readonly string[]): string {
  const u = r.next();
  const name = r.pick(names);
  if (u < 0.2) return `${name} % ${2 + r.int(4)} ${r.pick(['==', '!='])} ${r.int(2)}`;
  const simple = `${name} ${r.pick(['<', '>', '<=', '>=', '==', '!='])} ${r.next() < 0.7 ? smallInt(r) : r.pick(names)}`;
  if (u < 0.32)
    return `${simple} ${r.pick(['and', 'or'])} ${r.pick(names)} ${r.pick(['<', '>'])} ${smallInt(r)}`;
  if (u < 0.36) return `not ${simple}`;
  if (u < 0.4) return `${smallInt(r)} ${r.pick(['<', '<='])} ${name} ${r.pick(['<', '<='])} ${constant(r)}`;
  return simple;
}

const two = <T>(r: Random, items: readonly T[]): readonly [T, T] => {
  const [a, b] = r.shuffle(items);
  return [a as T, b as T];
};
const program = (params: string, lines: readonly string[]): string =>
  `def f(${params}):\n${lines.map((l) => `    ${l}`).join('\n')}`;

function straight(r: Random): readonly [string, string] {
  const [p, q] = two(r, ['a', 'b', 'n', 'x', 'y', 'k']);
  const known = r.next() < 0.5 ? [p] : [p, q];
  const params = known.join(', ');
  const args = known.map(() => smallInt(r)).join(', ');
  const names = [...known];
  const lines: string[] = [];
  for (let i = 1 + r.int(3); i > 0; i--) {
    const u = r.next();
    const name =
      r.next() < 0.3 && names.length > 1 ? r.pick(names) : r.pick(['t', 'c', 'd', 'u', 'w', 'res']);
    if (u < 0.22) {
      lines.push(
        `if ${condition(r, names)}:`,
        `    ${name} = ${expression(r, names)}`,
        'else:',
        `    ${name} = ${expression(r, names)}`,
      );
    } else if (u < 0.3)
      lines.push(`${name} = ${expression(r, names)} if ${condition(r, names)} else ${r.pick(names)}`);
    else if (u < 0.45 && names.includes(name))
      lines.push(`${name} ${r.pick(['+=', '-=', '*='])} ${r.next() < 0.5 ? constant(r) : r.pick(names)}`);
    else if (u < 0.52) {
      lines.push(`if ${condition(r, names)}:`, `    return ${expression(r, names)}`);
      continue;
    } else if (u < 0.58 && known.length === 2) {
      lines.push(`${p}, ${q} = ${q}, ${expression(r, [p, q])}`);
      continue;
    } else lines.push(`${name} = ${expression(r, names)}`);
    if (!names.includes(name)) names.push(name);
  }
  lines.push(
    `return ${r.next() < 0.6 ? (names.at(-1) as string) : r.next() < 0.2 ? condition(r, names) : expression(r, names)}`,
  );
  return [program(params, lines), args];
}

/** A way to walk a list: head lines, the element's text, lines at the end of the body. */
function walkOf(
  r: Random,
  xs: string,
  x: string,
): {
  readonly before: string[];
  readonly head: string;
  readonly first: string[];
  readonly item: string;
  readonly tail: string[];
} {
  const u = r.next();
  if (u < 0.62) return { before: [], head: `for ${x} in ${xs}:`, first: [], item: x, tail: [] };
  if (u < 0.74)
    return { before: [], head: `for i in range(len(${xs})):`, first: [], item: `${xs}[i]`, tail: [] };
  if (u < 0.82)
    return { before: [], head: `for i in range(len(${xs})):`, first: [`${x} = ${xs}[i]`], item: x, tail: [] };
  if (u < 0.92) return { before: [], head: `for i, ${x} in enumerate(${xs}):`, first: [], item: x, tail: [] };
  return { before: ['i = 0'], head: `while i < len(${xs}):`, first: [], item: `${xs}[i]`, tail: ['i += 1'] };
}

function loop(r: Random, kind: 'loop' | 'loop-if' | 'list' | 'while'): readonly [string, string] {
  const xs = r.pick(INT_LISTS);
  const t = r.pick(ACCUMULATORS);
  const x = r.pick(ITEMS.filter((name) => name !== t && name !== xs));
  if (kind === 'while' || (kind === 'loop' && r.next() < 0.3)) return counting(r, kind === 'while', t);
  const walk = walkOf(r, xs, x);
  const step =
    kind === 'list'
      ? r.pick([
          `${t}.append(${r.next() < 0.5 ? walk.item : expression(r, [walk.item])})`,
          `${t} = ${t} + [${walk.item}]`,
          `${t}.insert(0, ${walk.item})`,
        ])
      : r.pick([
          `${t} += ${walk.item}`,
          `${t} += 1`,
          `${t} = ${t} + ${expression(r, [walk.item], 0)}`,
          `${t} -= ${walk.item}`,
          `${t} = ${expression(r, [walk.item, t], 0)}`,
          `${t} = ${walk.item}`,
        ]);
  const inner: string[] = [...walk.first];
  const u = r.next();
  if (kind === 'loop' || (kind === 'list' && u < 0.45)) inner.push(step);
  else if (u < 0.7) inner.push(`if ${condition(r, [walk.item])}:`, `    ${step}`);
  else if (u < 0.8)
    inner.push(
      `if ${condition(r, [walk.item])}:`,
      `    ${step}`,
      'else:',
      `    ${kind === 'list' ? `${t}.append(${constant(r)})` : `${t} -= ${constant(r)}`}`,
    );
  else if (u < 0.87 && walk.tail.length === 0)
    inner.push(`if ${condition(r, [walk.item])}:`, '    continue', step);
  else if (u < 0.94)
    inner.push(
      `if ${condition(r, [walk.item])}:`,
      r.next() < 0.5 ? '    break' : `    return ${r.pick([t, walk.item])}`,
      step,
    );
  else if (kind === 'loop-if')
    inner.push(`if ${walk.item} ${r.pick(['>', '<'])} ${t}:`, `    ${t} = ${walk.item}`);
  else inner.push(`if ${walk.item} not in ${t}:`, `    ${step}`);
  const start = kind === 'list' ? '[]' : r.pick(['0', '0', '0', '1', `${xs}[0]`]);
  const end =
    kind === 'list'
      ? r.pick([t, t, `${t}[::-1]`, `len(${t})`, `sum(${t})`, `sorted(${t})`])
      : r.pick([t, t, t, `${t} + ${constant(r)}`]);
  return [
    program(xs, [
      ...walk.before,
      `${t} = ${start}`,
      walk.head,
      ...[...inner, ...walk.tail].map((l) => `    ${l}`),
      `return ${end}`,
    ]),
    list(ints(r)),
  ];
}

function counting(r: Random, asWhile: boolean, t: string): readonly [string, string] {
  const n = r.pick(['n', 'm'].filter((name) => name !== t));
  const i = r.pick(['i', 'j', 'x']);
  const value = r.pick([i, i, `${i} * ${i}`, `${i} * ${constant(r)}`, `${i} + ${constant(r)}`]);
  const step = r.pick([`${t} += ${value}`, `${t} += ${value}`, `${t} = ${t} * 2`, `${t} += 1`]);
  const body = r.next() < 0.4 ? [`if ${condition(r, [i])}:`, `    ${step}`] : [step];
  if (!asWhile) {
    const range = r.pick([`range(${n})`, `range(1, ${n} + 1)`, `range(1, ${n})`, `range(0, ${n}, 2)`]);
    return [
      program(n, [
        `${t} = ${r.int(2)}`,
        `for ${i} in ${range}:`,
        ...body.map((l) => `    ${l}`),
        `return ${t}`,
      ]),
      String(1 + r.int(5)),
    ];
  }
  const u = r.next();
  if (u < 0.35) {
    return [
      program(n, [
        `${t} = ${r.int(2)}`,
        `${i} = ${r.int(2)}`,
        `while ${i} ${r.pick(['<', '<='])} ${n}:`,
        ...[...body, `${i} += ${1 + r.int(2)}`].map((l) => `    ${l}`),
        `return ${t}`,
      ]),
      String(1 + r.int(5)),
    ];
  }
  if (u < 0.7) {
    const shrink = r.pick([
      `${n} //= 2`,
      `${n} -= ${1 + r.int(3)}`,
      `${n} = ${n} // ${2 + r.int(3)}`,
      `${n} //= 10`,
    ]);
    return [
      program(n, [
        `${t} = 0`,
        `while ${n} > ${r.int(3)}:`,
        `    ${t} += ${r.pick(['1', n, `${n} % 10`, `${n} % 2`])}`,
        `    ${shrink}`,
        `return ${t}`,
      ]),
      String(3 + r.int(30)),
    ];
  }
  return [
    program(n, [
      `${t} = ${constant(r)}`,
      `while ${t} < ${n}:`,
      `    ${t} ${r.pick(['+=', '*='])} ${2 + r.int(3)}`,
      `return ${t}`,
    ]),
    String(constant(r) + r.int(30)),
  ];
}

function comprehension(r: Random): readonly [string, string] {
  const xs = r.pick(INT_LISTS);
  const x = r.pick(ITEMS.filter((name) => name !== xs));
  const element = r.next() < 0.4 ? x : expression(r, [x], 0);
  const filter = r.next() < 0.65 ? ` if ${condition(r, [x])}` : '';
  const u = r.next();
  const source = u < 0.84 ? xs : u < 0.92 ? `${xs}[1:]` : `${xs}[:-1]`;
  const inner = `${element} for ${x} in ${source}${filter}`;
  const body = r.pick([
    [`return [${inner}]`],
    [`return sum(${inner})`],
    [`return sum([${inner}])`],
    [
      `ys = [${inner}]`,
      `return ${r.pick(['len(ys)', 'sum(ys)', 'ys[::-1]', 'sorted(ys)', 'max(ys, default=0)', 'ys', 'min(ys, default=None)', 'len(set(ys))'])}`,
    ],
    [`return len([${inner}])`],
    [`return ${r.pick(['any', 'all'])}(${condition(r, [x])} for ${x} in ${source})`],
    [`return ${r.pick(['max', 'min'])}((${inner}), default=None)`],
    [`return sorted(${inner})`],
  ]);
  return [program(xs, body), list(ints(r))];
}

function wordProgram(r: Random): readonly [string, string] {
  const u = r.next();
  const letter = `'${r.pick([...'abcdeo'])}'`;
  const test = r.pick([`c == ${letter}`, `c != ${letter}`, "c in 'aeiou'", "c not in 'aeiou'"]);
  const one = (lines: string[]): readonly [string, string] => [program('s', lines), `'${word(r)}'`];
  if (u < 0.16)
    return one([
      "out = ''",
      'for c in s:',
      `    if ${test}:`,
      `        ${r.pick(['out += c', 'out = c + out', 'out += c.upper()', "out += c + '-'"])}`,
      'return out',
    ]);
  if (u < 0.26) return one(['t = 0', 'for c in s:', `    if ${test}:`, '        t += 1', 'return t']);
  if (u < 0.42)
    return one([
      `return ${r.pick(['s[::-1]', 's.upper()', 's + s', 's[1:]', 's[:-1]', 's[0]', 's[-1]', 'len(s)', 's == s[::-1]', 's[0] == s[-1]', 's * 2', `s.count(${letter})`, `${letter} in s`, 's.capitalize()', 'sorted(s)', 'list(s)', "'-'.join(s)", 's[1]'])}`,
    ]);
  if (u < 0.52)
    return one([
      "return ''.join(" +
        r.pick([
          `c for c in s if ${test}`,
          'c.upper() for c in s',
          'c for c in reversed(s)',
          `[c for c in s if ${test}]`,
        ]) +
        ')',
    ]);
  const many = (lines: string[]): readonly [string, string] => [program('words', lines), list(words(r))];
  const about = r.pick([
    `len(w) ${r.pick(['>', '<', '==', '>='])} ${2 + r.int(3)}`,
    `w[0] == ${letter}`,
    `w[-1] != ${letter}`,
    `${letter} in w`,
    `${letter} not in w`,
  ]);
  const mapped = r.pick(['w', 'w', 'len(w)', 'w[0]', 'w.upper()', 'w[::-1]', 'w[1:]', 'w[-1]']);
  if (u < 0.72)
    return many([
      'out = []',
      'for w in words:',
      `    if ${about}:`,
      `        out.append(${mapped})`,
      'return out',
    ]);
  if (u < 0.88) return many([`return [${mapped} for w in words if ${about}]`]);
  return many([
    `return ${r.pick(["''.join(words)", "'-'.join(words)", 'sorted(words)', 'words[::-1]', 'max(words, key=len)', 'min(words)', 'len(words)', `sum(len(w) for w in words if ${about})`, `len([w for w in words if ${about}])`])}`,
  ]);
}

function arithmetic(r: Random): readonly [string, string] {
  const [p, q] = two(r, ['a', 'b', 'x', 'y', 'n']);
  const u = r.next();
  const wide = (): number => r.int(120) - 30;
  const near = (): number => r.int(24) - 9;
  const [line, left, right] =
    u < 0.3
      ? [`${p} + ${q}`, wide(), near()]
      : u < 0.55
        ? [`${p} - ${q}`, wide(), near()]
        : u < 0.75
          ? [`${p} * ${q}`, near(), r.int(13) - 3]
          : u < 0.85
            ? [`${p} // ${q}`, wide(), 2 + r.int(9)]
            : u < 0.95
              ? [`${p} % ${q}`, wide(), 2 + r.int(9)]
              : [`${p} ${r.pick(['<', '>', '<=', '>=', '=='])} ${q}`, near(), near()];
  return [program(`${p}, ${q}`, [`return ${line}`]), `${left}, ${right}`];
}

function walkDrill(r: Random): readonly [string, string] {
  const xs = r.pick(INT_LISTS);
  const x = r.pick(ITEMS);
  const values = Array.from({ length: 2 + r.int(5) }, () => smallInt(r));
  const body = r.pick([
    [`for ${x} in ${xs}:`, '    pass', `return ${xs}[${r.int(2)}]`],
    [`for i, ${x} in enumerate(${xs}):`, '    pass', 'return i'],
    ['out = []', `for ${x} in ${xs}:`, `    out.append(${x})`, 'return out'],
    [`return [${x} for ${x} in ${xs}]`],
    [`return ${xs}[::-1]`],
    [`return sorted(${xs})`],
    [`return sum(${xs})`],
    [`return ${r.pick(['max', 'min'])}(${xs})`],
    [`return ${xs}[${r.pick(['0', '1', '-1', '-2'])}]`],
    [`${x} = ${xs}[${r.int(2)}]`, `return ${x} ${r.pick(['+', '-', '*'])} ${constant(r)}`],
    [`return len(${xs})`],
    [`return ${xs}[${r.pick(['1:', ':-1', ':2', '::2'])}]`],
    [`for i in range(len(${xs}) - 1):`, `    ${x} = ${xs}[i] - ${xs}[i + 1]`, `return ${x}`],
  ]);
  return [program(xs, body), list(values)];
}

/** One small program with its input. */
export function drawExecutionProgram(random: Random): ExecutionProgram {
  let u = random.next() * MIX.reduce((sum, [, share]) => sum + share, 0);
  const kind = (MIX.find(([, share]) => (u -= share) < 0) ?? MIX[0]!)[0];
  const draw = { straight, comprehension, words: wordProgram, arithmetic, walk: walkDrill }[
    kind as 'straight'
  ];
  const [code, args] = draw === undefined ? loop(random, kind as 'loop') : draw(random);
  return { kind, code, args };
}
