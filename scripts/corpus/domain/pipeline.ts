/**
 * Problems of the form source -> filter -> map -> reduction, the bulk of the domain: their
 * wording, their bodies in many styles, and the misconceptions of every part, put together.
 */
import type { Random } from '../../../src/base/random.ts';
import { FILTERS } from './filters.ts';
import { MAPS } from './maps.ts';
import type { Filter, LoopForm, Mapping, Reduction, Source, Walk } from './parts.ts';
import { drawConstant, fill, indent, negate, type Concept, type Faults, type Problem } from './problem.ts';
import { REDUCTIONS } from './reductions.ts';
import { SOURCES } from './sources.ts';
import { repr, type Py } from './value.ts';

/** A part with the constants it was drawn with. */
export interface Chosen<P> {
  readonly part: P;
  readonly k: Py;
  readonly j: Py;
}

/** Draws constants for a part. J stays below K. */
export function choose<P extends Pick<Filter, 'k' | 'j'>>(part: P, random: Random): Chosen<P> {
  const k = part.k === undefined ? null : drawConstant(part.k, random);
  if (part.j === undefined) return { part, k, j: null };
  const high = Math.max(k as number, 3);
  return { part, k: high, j: 2 + random.int(high - 2) };
}

/** The constants of a part as fragments for `fill`. */
export const constants = (c: Chosen<unknown>): Record<string, string> => ({
  ...(c.k === null ? {} : { K: repr(c.k) }),
  ...(c.j === null ? {} : { J: repr(c.j) }),
});

const label = (c: Chosen<{ readonly name: string }>): string =>
  c.part.name + (c.k === null ? '' : `:${String(c.k)}`) + (c.j === null ? '' : `:${String(c.j)}`);

interface Plan {
  readonly source: Source;
  readonly filters: readonly Chosen<Filter>[];
  readonly map: Chosen<Mapping>;
  readonly reduction: Reduction;
}

const SMALL_MAPS = new Set([
  'same',
  'plus',
  'minus',
  'remainder',
  'half',
  'pair smaller',
  'pair distance',
  'pair first',
]);

function fits(plan: Plan): boolean {
  const { source, filters, map, reduction } = plan;
  if (!reduction.on.includes(map.part.to)) return false;
  if (reduction.plain && map.part.name !== 'same' && map.part.name !== 'same word' && source.kind !== 'pair')
    return false;
  if (reduction.predicate && filters.length !== 1) return false;
  if (reduction.name === 'product' && !SMALL_MAPS.has(map.part.name)) return false;
  if (reduction.name === 'count' && filters.length === 0 && source.name !== 'pairs within') return false;
  // Without a part that looks at positions this would be the plain list again, in the same words.
  if (
    source.kind === 'indexed' &&
    !map.part.name.includes('position') &&
    !filters.some((f) => !f.part.on.includes('int'))
  )
    return false;
  if (source.name === 'digits' && reduction.name === 'collect backwards') return false;
  return true;
}

/** Draws a pipeline. Not every draw fits together; it draws until one does. */
export function drawPipeline(random: Random): Problem {
  for (;;) {
    const source = random.pick(WEIGHTED_SOURCES);
    const kind = source.kind;
    const possible = FILTERS.filter((f) => f.on.includes(kind));
    const count = random.next() < 0.2 ? 0 : random.next() < 0.94 ? 1 : 2;
    const filters = random
      .shuffle(possible)
      .slice(0, count)
      .map((f) => choose(f, random));
    const maps = MAPS.filter((m) => m.on.includes(kind));
    const first = maps[0] as Mapping;
    const map = choose(kind !== 'pair' && random.next() < 0.4 ? first : random.pick(maps), random);
    const plan = { source, filters, map, reduction: random.pick(REDUCTIONS) };
    if (fits(plan)) return pipeline(plan);
  }
}

const WEIGHTS: Readonly<Record<string, number>> = {
  list: 8,
  words: 5,
  letters: 4,
  'one to n': 4,
  'a to b': 2,
  indexed: 3,
  zip: 2,
  neighbours: 2,
};
const WEIGHTED_SOURCES = SOURCES.flatMap((s) => Array.from({ length: WEIGHTS[s.name] ?? 1 }, () => s));

function pipeline(plan: Plan): Problem {
  const { source, filters, map, reduction } = plan;
  const plainPair = reduction.plain === true && source.kind === 'pair';
  const names = [source.name, ...filters.map(label), plainPair ? 'same' : label(map), reduction.name];
  return {
    key: names.join('|'),
    combination: [
      source.name,
      ...filters.map((f) => f.part.name).sort(),
      plainPair ? 'same' : map.part.name,
      reduction.name,
    ].join('|'),
    family: 'pipeline',
    params: source.params,
    concepts: concepts(plan),
    hints: [...filters, map].flatMap((c) => [c.k, c.j]).filter((k) => k !== null),
    describe: (random) => describe(plan, random),
    body: (random, faults) => body(plan, random, faults),
    reference: (args) => {
      const elements = source.elements(args);
      const kept = elements.filter(([x, y]) => filters.every((f) => f.part.test(x, y, f.k, f.j)));
      return reduction.reduce(
        plainPair ? kept.map(([x]) => x) : kept.map(([x, y]) => map.part.apply(x, y, map.k, map.j)),
        elements.length,
      );
    },
  };
}

function concepts({ source, filters, map, reduction }: Plan): Concept[] {
  const list: Concept[] = [{ name: `walk ${source.name}`, flaws: Object.keys(source.flaws) }];
  for (const f of filters) list.push({ name: `filter ${f.part.name}`, flaws: Object.keys(f.part.flaws) });
  if (filters.length === 2)
    list.push({ name: 'both conditions', flaws: ['or for and', 'checks the first only'] });
  if (reduction.plain !== true)
    list.push({ name: `map ${map.part.name}`, flaws: Object.keys(map.part.flaws) });
  const flaws = Object.entries(reduction.flaws).filter(
    ([, f]) => filters.length > 0 || f.otherwise === undefined,
  );
  list.push({ name: `reduce ${reduction.name}`, flaws: flaws.map(([name]) => name) });
  if (reduction.loop.init.length > 0)
    list.push({ name: 'return', flaws: ['returns inside the loop', 'forgets the result'] });
  return list;
}

// ---- wording

const the = (phrase: string): string => (/^(K|\d)/.test(phrase) ? phrase : `the ${phrase}`);

/** "even numbers in xs greater than 3" and its variants. */
export function nounPhrase(
  source: Pick<Source, 'nouns' | 'places'>,
  filters: readonly Chosen<Filter>[],
  random: Random,
): string {
  const before: string[] = [];
  const after: string[] = [];
  for (const f of filters) {
    const adjectives = f.part.before ?? [];
    if (before.length === 0 && adjectives.length > 0 && random.next() < 0.8)
      before.push(random.pick(adjectives));
    else after.push(fill(random.pick(f.part.after), constants(f)));
  }
  const noun = [...before, random.pick(source.nouns)].join(' ');
  const place = random.pick(source.places);
  if (after.length === 0) return `${noun} ${place}`;
  const tail = after.join(' and ');
  return random.next() < 0.5 ? `${noun} ${place} ${tail}` : `${noun} ${tail} ${place}`;
}

const LEADS = ['', '', '', 'return the ', 'find the ', 'the '];

function describe(plan: Plan, random: Random): string {
  const { source, filters, map, reduction } = plan;
  const filter = filters[0];
  if (reduction.predicate === 'all' && filter) {
    const what = fill(random.pick(filter.part.after), constants(filter)).replace(/^that are /, '');
    const said = /^(that|with|where|whose|at|in|without|among|after)\b/.test(what) ? `ones ${what}` : what;
    return random.pick([
      `whether the ${random.pick(source.nouns)} ${random.pick(source.places)} are all ${said}`,
      `true if all ${random.pick(source.nouns)} ${random.pick(source.places)} are ${said}`,
    ]);
  }
  const phrase = nounPhrase(source, filters, random);
  if (reduction.predicate === 'any') return random.pick(reduction.noun).replace('%', phrase);
  const { of, verb } = reduction.plain ? { of: [], verb: [] } : map.part;
  if (random.next() < 0.3) {
    const steps = [`${filters.length > 0 && random.next() < 0.5 ? 'keep' : 'take'} the ${phrase}`];
    if (verb.length > 0) {
      const said = fill(random.pick(verb), constants(map));
      steps.push(/\beach\b/.test(said) ? said : `${said} each`);
    }
    return [...steps, random.pick(reduction.verb)].join(', ');
  }
  const mapped =
    of.length > 0 ? `${the(fill(random.pick(of), constants(map)))} the ${phrase}` : `the ${phrase}`;
  const noun = random.pick(reduction.noun);
  const lead = random.pick(LEADS);
  // "number of numbers", not "number of the numbers": a count has no article.
  return lead + noun.replace('%', reduction.plain ? phrase : mapped);
}

// ---- bodies

/** Everything the styles need, once walk, wrong parts and spellings are drawn. */
export interface Draft {
  readonly walk: Walk;
  readonly condition: string | null;
  readonly opposite: string | null;
  readonly mapped: string;
  readonly loop: LoopForm | null;
  readonly whole: string | null;
  readonly returnFault: string | undefined;
  readonly predicate: 'any' | 'all' | undefined;
}

function draft(plan: Plan, random: Random, faults: Faults): Draft | null {
  const { source, filters, map, reduction } = plan;
  const walkFault = faults.get(`walk ${source.name}`);
  const walks = (walkFault === undefined ? source.walks : (source.flaws[walkFault] ?? [])).filter(
    (w) => !(w.backwards && reduction.ordered),
  );
  if (walks.length === 0) return null;
  const walk = random.pick(walks);
  const xy = { X: walk.x, ...(walk.y === undefined ? {} : { Y: walk.y }) };
  const conditions = filters.map((f): readonly [string, string] => {
    const fault = faults.get(`filter ${f.part.name}`);
    const written = fault === undefined ? undefined : f.part.flaws[fault];
    const code = written?.[0] ?? (f.part.alt !== undefined && random.next() < 0.4 ? f.part.alt : f.part.code);
    const neg = written === undefined ? f.part.neg : (written[1] ?? negate(written[0]));
    return [fill(code, { ...xy, ...constants(f) }), fill(neg, { ...xy, ...constants(f) })];
  });
  let condition = conditions[0]?.[0] ?? null;
  let opposite = conditions[0]?.[1] ?? null;
  if (conditions.length === 2 && condition !== null) {
    const fault = faults.get('both conditions');
    const [left, right] = conditions.map(([c]) => (/ and | or /.test(c) ? `(${c})` : c)) as [string, string];
    condition =
      fault === 'checks the first only'
        ? condition
        : fault === 'or for and'
          ? `${left} or ${right}`
          : `${left} and ${right}`;
    if (fault === undefined) condition = condition.replace(/^\(([^()]* and [^()]*)\) and /, '$1 and ');
    opposite = negate(condition);
  }
  const mapFault = faults.get(`map ${map.part.name}`);
  const mapCode =
    (mapFault === undefined ? undefined : map.part.flaws[mapFault]) ??
    (map.part.alt !== undefined && random.next() < 0.35 ? map.part.alt : map.part.code);
  const mapped = reduction.plain ? walk.x : fill(mapCode, { ...xy, ...constants(map) });
  const reduceFault = faults.get(`reduce ${reduction.name}`);
  const patch = reduceFault === undefined ? undefined : reduction.flaws[reduceFault];
  const changesLoop =
    patch === undefined ||
    patch.init !== undefined ||
    patch.step !== undefined ||
    patch.result !== undefined ||
    patch.otherwise !== undefined;
  const whole = patch === undefined ? (reduction.whole ?? null) : (patch.whole ?? null);
  const returnFault = faults.get('return');
  return {
    walk,
    condition,
    opposite,
    mapped,
    loop: changesLoop ? { ...reduction.loop, ...patch } : null,
    whole: returnFault === undefined ? whole : null,
    returnFault,
    predicate: reduction.predicate,
  };
}

const isAtom = (code: string): boolean => /^[\w.]+(\[[^\]]*\])?$|^\w+\(\w+\)$/.test(code);

/** Lines of a loop over the walk that do `inside` for elements that meet the condition. */
function loopLines(
  d: Draft,
  inside: readonly string[],
  otherwise: readonly string[],
  useContinue: boolean,
): string[] {
  const condition = d.predicate === 'all' ? d.opposite : d.condition;
  let block: string[] = [...inside];
  if (condition !== null) {
    const skip = d.predicate === 'all' ? d.condition : d.opposite;
    if (useContinue && otherwise.length === 0 && skip !== null)
      block = [`if ${skip}:`, '    continue', ...inside];
    else
      block = [
        `if ${condition}:`,
        ...indent(inside),
        ...(otherwise.length > 0 ? ['else:', ...indent(otherwise)] : []),
      ];
  }
  block = [...(d.walk.bind === undefined ? [] : [d.walk.bind]), ...block, ...(d.walk.tail ?? [])];
  const [outer, inner] = d.walk.loops as [string, string?];
  return inner === undefined ? [outer, ...indent(block)] : [outer, `    ${inner}`, ...indent(block, 2)];
}

/** A loop with an accumulator, start to return; E is the mapped element. */
function accumulate(d: Draft, loop: LoopForm, mapped: string, random: Random): string[] {
  const text = loop.step.join('\n');
  const uses = text.split(/\bE\b/).length - 1;
  const mustBind =
    !isAtom(mapped) &&
    ((text.includes('(E)') && text.includes('*')) ||
      / if /.test(mapped) ||
      (uses > 1 && random.next() < 0.8));
  const bind = mustBind || (uses > 0 && !isAtom(mapped) && random.next() < 0.15);
  const name = d.walk.y === 'y' ? 'v' : 'y';
  const e = bind ? name : mapped;
  const step = loop.step.map((line) => line.replace('U * (E)', 'U * E').replace(/\bE\b/g, () => e));
  const inside = bind ? [`${name} = ${mapped}`, ...step] : step;
  const useContinue = d.walk.tail === undefined && random.next() < 0.15;
  const lines = loopLines(d, inside, loop.otherwise ?? [], useContinue);
  const end = [`return ${loop.result}`];
  const start = [...loop.init, ...(d.walk.head ?? [])];
  if (d.returnFault === 'returns inside the loop') return [...start, ...lines, ...indent(end)];
  if (d.returnFault === 'forgets the result') return [...start, ...lines];
  return [...start, ...lines, ...end];
}

function body(plan: Plan, random: Random, faults: Faults): readonly string[] | null {
  const d = draft(plan, random, faults);
  return d === null ? null : render(d, random);
}

/** Draws a style that can show the draft and writes it; T, U and L become names at the very end. */
export function render(d: Draft, random: Random): readonly string[] | null {
  const clause = d.walk.clause;
  const styles: string[] = [];
  if (d.loop !== null) styles.push('loop', 'loop', 'loop', 'loop');
  if (d.whole !== null && clause !== undefined) {
    if (d.whole.split(/\bL\b/).length === 2) styles.push('one line');
    styles.push('two steps');
  }
  if (d.whole !== null && d.predicate === undefined) styles.push('collect first');
  if (
    d.loop !== null &&
    clause !== undefined &&
    d.condition !== null &&
    d.predicate === undefined &&
    d.walk.y === undefined &&
    isAtom(d.walk.x)
  )
    styles.push('filter first');
  if (styles.length === 0) return null;
  const style = random.pick(styles);
  const where = d.condition === null ? '' : ` if ${d.condition}`;
  const listed =
    d.predicate === undefined
      ? `[${d.mapped} ${clause ?? ''}${where}]`
      : `[${d.condition ?? ''} ${clause ?? ''}]`;
  let lines: string[];
  if (style === 'one line') lines = [`return ${(d.whole as string).replace(/\bL\b/, () => listed)}`];
  else if (style === 'two steps') lines = [`L = ${listed}`, `return ${d.whole as string}`];
  else if (style === 'collect first')
    lines = [
      'L = []',
      ...(d.walk.head ?? []),
      ...loopLines(d, [`L.append(${d.mapped})`], [], d.walk.tail === undefined && random.next() < 0.15),
      `return ${d.whole as string}`,
    ];
  else if (style === 'filter first') {
    if ((d.loop as LoopForm).otherwise !== undefined) return null;
    const kept = { ...d, walk: { loops: ['for V in L:'], x: 'V' }, condition: null, opposite: null };
    // The mapped expression speaks of the walk's element: say it of the kept one.
    const element = new RegExp(`(?<!['\\w])${d.walk.x.replace(/[[\]()]/g, '\\$&')}(?!['\\w])`, 'g');
    lines = [
      ...(d.walk.head ?? []),
      `L = [${d.walk.x} ${clause ?? ''}${where}]`,
      ...accumulate(kept, d.loop as LoopForm, d.mapped.replace(element, 'V'), random),
    ];
  } else lines = accumulate(d, d.loop as LoopForm, d.mapped, random);
  return lines;
}
