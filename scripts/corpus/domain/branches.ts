/**
 * Problems that turn on a condition: one number and two answers, a list where each element takes its branch,
 * a stop at the first element of a kind, and the longest run. They are built from the filters, maps and
 * reductions of the pipelines.
 */
import type { Random } from '../../../src/base/random.ts';
import { FILTERS } from './filters.ts';
import { MAPS } from './maps.ts';
import type { Filter, Mapping, Source, Walk } from './parts.ts';
import { choose, constants, type Chosen } from './pipeline.ts';
import { fill, indent, negate, type Concept, type Faults, type Problem } from './problem.ts';
import { REDUCTIONS } from './reductions.ts';
import { SOURCES } from './sources.ts';
import type { Py } from './value.ts';

const INT_FILTERS = FILTERS.filter((f) => f.on.includes('int'));
const INT_MAPS = MAPS.filter((m) => m.on.includes('int') && m.on.includes('nat'));
const named = <T extends { readonly name: string }>(items: readonly T[], names: readonly string[]): T[] =>
  items.filter((item) => names.includes(item.name));

const hintsOf = (...parts: readonly Chosen<unknown>[]): Py[] =>
  parts.flatMap((c) => [c.k, c.j]).filter((k) => k !== null);
const keyOf = (...parts: readonly (Chosen<{ readonly name: string }> | string)[]): string =>
  parts
    .map((p) => (typeof p === 'string' ? p : [p.part.name, p.k, p.j].filter((v) => v !== null).join(':')))
    .join('|');

/** "is greater than 3" of an element called "it". */
const clause = (f: Chosen<Filter>, random: Random): string => {
  const said = fill(random.pick(f.part.after), constants(f));
  if (said.startsWith('that are ')) return `is ${said.slice(9)}`;
  if (said.startsWith('that ')) return `does ${said.slice(5)}`;
  if (said.startsWith('with ')) return `has ${said.slice(5)}`;
  return `is ${said}`;
};
const instruction = (m: Chosen<Mapping>, random: Random): string => {
  if (m.part.verb.length === 0) return 'keep it';
  const said = fill(random.pick(m.part.verb), constants(m));
  return /\beach\b/.test(said) ? said.replace(/\beach\b/, 'it') : `${said} it`;
};

function conditionCode(
  f: Chosen<Filter>,
  x: string,
  faults: Faults,
  random: Random,
): { code: string; neg: string } {
  const fault = faults.get(`filter ${f.part.name}`);
  const written = fault === undefined ? undefined : f.part.flaws[fault];
  const code = written?.[0] ?? (f.part.alt !== undefined && random.next() < 0.4 ? f.part.alt : f.part.code);
  const neg = written === undefined ? f.part.neg : (written[1] ?? negate(written[0]));
  const fragments = { X: x, ...constants(f) };
  return { code: fill(code, fragments), neg: fill(neg, fragments) };
}
function mapCode(m: Chosen<Mapping>, x: string, faults: Faults, random: Random): string {
  const fault = faults.get(`map ${m.part.name}`);
  const code =
    (fault === undefined ? undefined : m.part.flaws[fault]) ??
    (m.part.alt !== undefined && random.next() < 0.35 ? m.part.alt : m.part.code);
  return fill(code, { X: x, ...constants(m) });
}
const about = (kind: 'filter' | 'map', part: Filter | Mapping): Concept => ({
  name: `${kind} ${part.name}`,
  flaws: Object.keys(part.flaws),
});

interface TwoWays {
  readonly filter: Chosen<Filter>;
  readonly yes: Chosen<Mapping>;
  readonly no: Chosen<Mapping>;
}

function drawTwoWays(random: Random): TwoWays {
  const filter = choose(random.pick(INT_FILTERS), random);
  const [yes, no] = random.shuffle(INT_MAPS) as [Mapping, Mapping];
  return { filter, yes: choose(yes, random), no: choose(no, random) };
}

const decide = ({ filter, yes, no }: TwoWays, x: Py): Py => {
  const way = filter.part.test(x, null, filter.k, filter.j) ? yes : no;
  return way.part.apply(x, null, way.k, way.j);
};

function waysCode(
  ways: TwoWays,
  x: string,
  faults: Faults,
  random: Random,
): { code: string; neg: string; yes: string; no: string } {
  const [yes, no] = [mapCode(ways.yes, x, faults, random), mapCode(ways.no, x, faults, random)];
  const condition = conditionCode(ways.filter, x, faults, random);
  return faults.has('branch order') ? { ...condition, yes: no, no: yes } : { ...condition, yes, no };
}

const waysConcepts = ({ filter, yes, no }: TwoWays): Concept[] => [
  about('filter', filter.part),
  about('map', yes.part),
  about('map', no.part),
  { name: 'branch order', flaws: ['branches swapped'] },
  { name: 'branch else', flaws: ['forgets the else'] },
];

/** One number, two answers. */
export function drawBranch(random: Random): Problem {
  const ways = drawTwoWays(random);
  return {
    key: keyOf('branch', ways.filter, ways.yes, ways.no),
    combination: ['branch', ways.filter.part.name, ways.yes.part.name, ways.no.part.name].join('|'),
    family: 'branch',
    params: [{ name: 'n', kind: 'int' }],
    concepts: waysConcepts(ways),
    hints: hintsOf(ways.filter, ways.yes, ways.no),
    describe: (r) => {
      const [yes, no] = [instruction(ways.yes, r), instruction(ways.no, r)];
      return r.pick([
        `if n ${clause(ways.filter, r)}, ${yes}, otherwise ${no}`,
        `${yes} if n ${clause(ways.filter, r)}, else ${no}`,
      ]);
    },
    body: (r, faults) => {
      const { code, neg, yes, no } = waysCode(ways, 'n', faults, r);
      if (faults.has('branch else'))
        return r.pick([
          [`if ${code}:`, `    return ${yes}`],
          [`if ${neg}:`, `    return ${no}`],
        ]);
      return r.pick([
        [`if ${code}:`, `    return ${yes}`, `return ${no}`],
        [`if ${code}:`, `    return ${yes}`, 'else:', `    return ${no}`],
        [`if ${neg}:`, `    return ${no}`, `return ${yes}`],
        [`return ${yes} if ${code} else ${no}`],
        [`if ${code}:`, `    T = ${yes}`, 'else:', `    T = ${no}`, 'return T'],
        [`T = ${no}`, `if ${code}:`, `    T = ${yes}`, 'return T'],
      ]);
    },
    reference: ([n]) => decide(ways, n as Py),
  };
}

const INT_LIST = SOURCES[0] as Source;
const LISTS = [INT_LIST, INT_LIST, ...SOURCES.filter((s) => s.name === 'words' || s.name === 'letters')];

function drawWalk(source: Source, faults: Faults, random: Random): Walk {
  const fault = faults.get(`walk ${source.name}`);
  return random.pick(fault === undefined ? source.walks : (source.flaws[fault] as readonly Walk[]));
}
const walkConcept = (source: Source): Concept => ({
  name: `walk ${source.name}`,
  flaws: Object.keys(source.flaws),
});
const around = (walk: Walk, block: readonly string[]): string[] => [
  walk.loops[0] as string,
  ...indent([...(walk.bind === undefined ? [] : [walk.bind]), ...block, ...(walk.tail ?? [])]),
];

/** Each element of a list takes its branch; the results are collected or added up. */
export function drawBranchEach(random: Random): Problem {
  const ways = drawTwoWays(random);
  const reduction = random.pick(named(REDUCTIONS, ['collect', 'collect', 'sum', 'largest', 'smallest']));
  return {
    key: keyOf('each', ways.filter, ways.yes, ways.no, reduction.name),
    combination: ['each', ways.filter.part.name, ways.yes.part.name, ways.no.part.name, reduction.name].join(
      '|',
    ),
    family: 'branch each',
    params: INT_LIST.params,
    concepts: [
      ...waysConcepts(ways),
      walkConcept(INT_LIST),
      { name: `reduce ${reduction.name}`, flaws: Object.keys(reduction.flaws) },
      { name: 'return', flaws: ['returns inside the loop', 'forgets the result'] },
    ],
    hints: hintsOf(ways.filter, ways.yes, ways.no),
    describe: (r) => {
      const start = `for each number in xs, if it ${clause(ways.filter, r)}, ${instruction(ways.yes, r)}, otherwise ${instruction(ways.no, r)}`;
      return `${start}, then ${r.pick(reduction.verb)}`;
    },
    body: (r, faults) => {
      const walk = drawWalk(INT_LIST, faults, r);
      const { code, yes, no } = waysCode(ways, walk.x, faults, r);
      const fault = faults.get(`reduce ${reduction.name}`);
      const patch = fault === undefined ? {} : (reduction.flaws[fault] ?? {});
      const loop = { ...reduction.loop, ...patch };
      const returnFault = faults.get('return');
      const noElse = faults.has('branch else');
      const bySelf = loop.step.length === 1 && r.next() < 0.6;
      const comprehension =
        !noElse && returnFault === undefined && walk.clause !== undefined && r.next() < 0.35;
      const whole = fault === undefined ? reduction.whole : patch.whole;
      if (comprehension && whole !== undefined) {
        const listed = `[${yes} if ${code} else ${no} ${walk.clause ?? ''}]`;
        return r.next() < 0.5
          ? [`return ${whole.replace('L', () => listed)}`]
          : [`L = ${listed}`, `return ${whole}`];
      }
      if (noElse && !bySelf) return null;
      const step = (e: string): string[] => loop.step.map((line) => line.replace(/\bE\b/g, () => e));
      const block = bySelf
        ? [`if ${code}:`, ...indent(step(yes)), ...(noElse ? [] : ['else:', ...indent(step(no))])]
        : [`if ${code}:`, `    y = ${yes}`, 'else:', `    y = ${no}`, ...step('y')];
      const end = [`return ${loop.result}`];
      const lines = [...loop.init, ...(walk.head ?? []), ...around(walk, block)];
      return returnFault === 'forgets the result'
        ? lines
        : [...lines, ...(returnFault === undefined ? end : indent(end))];
    },
    reference: ([xs]) =>
      reduction.reduce(
        (xs as readonly Py[]).map((x) => decide(ways, x)),
        (xs as readonly Py[]).length,
      ),
  };
}

/** What comes before the first element of a kind. */
export function drawEarlyStop(random: Random): Problem {
  const source = random.pick(LISTS);
  const filter = choose(random.pick(FILTERS.filter((f) => f.on.includes(source.kind))), random);
  const reduction = random.pick(
    named(
      REDUCTIONS,
      source.kind === 'int'
        ? ['sum', 'count', 'collect', 'product', 'largest', 'last']
        : ['count', 'collect', 'join', 'last'],
    ),
  );
  return {
    key: keyOf('before', source.name, filter, reduction.name),
    combination: ['before', source.name, filter.part.name, reduction.name].join('|'),
    family: 'early stop',
    params: source.params,
    concepts: [
      about('filter', filter.part),
      { name: `reduce ${reduction.name}`, flaws: Object.keys(reduction.flaws) },
      { name: 'early stop', flaws: ['continues instead of stopping', 'takes the last one too'] },
      { name: 'return', flaws: ['returns inside the loop', 'forgets the result'] },
    ],
    hints: hintsOf(filter),
    describe: (r) => {
      const noun = r.pick(source.nouns);
      const said = `${noun} ${r.pick(source.places)} before the first one that ${clause(filter, r)}`;
      return r.pick(reduction.noun).replace('%', reduction.plain ? said : `the ${said}`);
    },
    body: (r, faults) => {
      const walk = r.pick(source.walks);
      const { code, neg } = conditionCode(filter, walk.x, faults, r);
      const fault = faults.get(`reduce ${reduction.name}`);
      const patch = fault === undefined ? {} : (reduction.flaws[fault] ?? {});
      const loop = { ...reduction.loop, ...patch };
      const step = loop.step.map((line) => line.replace(/\bE\b/g, () => walk.x));
      const stop = faults.get('early stop');
      const returnFault = faults.get('return');
      if (stop === 'continues instead of stopping' && walk.tail !== undefined) return null;
      const inLoop =
        walk.tail !== undefined && stop === undefined && !/ or |^not /.test(neg) && r.next() < 0.6;
      const block = inLoop
        ? step
        : stop === 'takes the last one too'
          ? [...step, `if ${code}:`, '    break']
          : [`if ${code}:`, stop === undefined ? '    break' : '    continue', ...step];
      const used = inLoop
        ? { ...walk, loops: [(walk.loops[0] as string).replace(/:$/, ` and ${neg}:`)] }
        : walk;
      const end = [`return ${loop.result}`];
      const lines = [...loop.init, ...(walk.head ?? []), ...around(used, block)];
      return returnFault === 'forgets the result'
        ? lines
        : [...lines, ...(returnFault === undefined ? end : indent(end))];
    },
    reference: ([xs]) => {
      const all = typeof xs === 'string' ? [...xs] : (xs as readonly Py[]);
      const stop = all.findIndex((x) => filter.part.test(x, null, filter.k, filter.j));
      const kept = stop < 0 ? all : all.slice(0, stop);
      return reduction.reduce(kept, kept.length);
    },
  };
}

/** The longest run of elements of a kind. */
export function drawLongestRun(random: Random): Problem {
  const source = random.pick(LISTS);
  const filter = choose(random.pick(FILTERS.filter((f) => f.on.includes(source.kind))), random);
  return {
    key: keyOf('run', source.name, filter),
    combination: ['run', source.name, filter.part.name].join('|'),
    family: 'longest run',
    params: source.params,
    concepts: [
      walkConcept(source),
      about('filter', filter.part),
      { name: 'longest run', flaws: ['never starts again', 'gives the last run'] },
    ],
    hints: hintsOf(filter),
    describe: (r) =>
      `${r.pick(['length of the longest run of', 'longest run of'])} ${r.pick(source.nouns)} ${r.pick(source.places)} ${fill(r.pick(filter.part.after), constants(filter))}`,
    body: (r, faults) => {
      const walk = drawWalk(source, faults, r);
      const { code } = conditionCode(filter, walk.x, faults, r);
      const fault = faults.get('longest run');
      const keep = r.next() < 0.5 ? ['T = max(T, U)'] : ['if U > T:', '    T = U'];
      const block = [
        `if ${code}:`,
        '    U += 1',
        ...(fault === 'gives the last run' ? [] : indent(keep)),
        ...(fault === 'never starts again' ? [] : ['else:', '    U = 0']),
      ];
      const init = fault === 'gives the last run' ? ['U = 0'] : ['T = 0', 'U = 0'];
      return [
        ...init,
        ...(walk.head ?? []),
        ...around(walk, block),
        fault === 'gives the last run' ? 'return U' : 'return T',
      ];
    },
    reference: ([xs]) => {
      let longest = 0;
      let run = 0;
      for (const x of typeof xs === 'string' ? [...xs] : (xs as readonly Py[])) {
        run = filter.part.test(x, null, filter.k, filter.j) ? run + 1 : 0;
        longest = Math.max(longest, run);
      }
      return longest;
    },
  };
}
