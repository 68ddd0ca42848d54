/**
 * Composes attacks from parts, with a seed: where a hook goes in, how it gets at the harness, what it forges
 * there, when it acts, how its text is written, and what the entry point answers. It makes text and runs
 * nothing.
 */
import { createRandom, type Random } from '../../src/base/random.ts';
import { cover, covers } from './covers.ts';
import { disguises } from './disguise.ts';
import { honestTasks, type HonestTask } from './honest.ts';
import { named, readParts, type Parts } from './parts.ts';
import { quietAttack } from './quiet.ts';
import { replies } from './replies.ts';

const reaches = readParts('reach');
const forgeries = readParts('forge');
const hooks = new Map([...readParts('hooks'), ...readParts('late')]);
const poisons = readParts('poison');

export interface Composition {
  readonly seed: number;
  /** Number in the seed's sequence: the two name the composition. */
  readonly number: number;
  readonly task: HonestTask;
  /** Names of what it is made of. */
  readonly parts: readonly string[];
  readonly program: string;
  /** A wrong program of the same task that would profit from what was left behind. */
  readonly heir: string;
  /** Body of the task's test program, where it is judged by one. */
  readonly check?: string;
}

/** Library functions that the harness or an honest program calls. */
const functions: readonly (readonly [module: string, name: string])[] = [
  ['ast', 'parse'],
  ['random', 'seed'],
  ['random', 'shuffle'],
  ['marshal', 'dumps'],
  ['io', 'TextIOWrapper'],
  ['types', 'ModuleType'],
  ['gc', 'collect'],
  ['os', 'getcwd'],
  ['os', 'listdir'],
  ['json', 'dumps'],
  ['json', 'loads'],
  ['re', 'findall'],
  ['re', 'compile'],
  ['math', 'gcd'],
  ['math', 'floor'],
  ['functools', 'reduce'],
  ['functools', 'lru_cache'],
  ['heapq', 'heappop'],
  ['heapq', 'nsmallest'],
  ['bisect', 'insort'],
  ['statistics', 'median'],
  ['copy', 'deepcopy'],
  ['operator', 'add'],
  ['collections', 'Counter'],
  ['textwrap', 'dedent'],
  ['sys', 'getsizeof'],
  ['sys', 'setrecursionlimit'],
  ['traceback', 'format_exception'],
  ['dis', 'get_instructions'],
  ['hashlib', 'sha256'],
  ['decimal', 'Decimal'],
];
const builtinNames = [
  ...[
    'len',
    'sum',
    'range',
    'sorted',
    'list',
    'dict',
    'set',
    'int',
    'str',
    'repr',
    'map',
    'zip',
    'all',
    'type',
  ],
  ...[
    'isinstance',
    'getattr',
    'exec',
    'compile',
    'print',
    'max',
    'min',
    'abs',
    '__import__',
    '__build_class__',
  ],
  ...[
    'BaseException',
    'Exception',
    'MemoryError',
    'open',
    'id',
    'iter',
    'next',
    'enumerate',
    'callable',
    'super',
  ],
];
const abstractClasses = [
  ['collections.abc', 'Sequence'],
  ['collections.abc', 'Mapping'],
  ['collections.abc', 'Iterable'],
  ['numbers', 'Number'],
] as const;

/** Names in capitals in a part stand for something that is drawn. */
function filled(text: string, random: Random): string {
  const [module, name] = random.pick(functions);
  const [abc, cls] = random.pick(abstractClasses);
  return text
    .replaceAll('MODULE_ABC', abc)
    .replaceAll('CLASS_ABC', cls)
    .replaceAll('MODULE', module)
    .replaceAll('ATTRIBUTE', name)
    .replaceAll('BUILTIN', random.pick(builtinNames))
    .replaceAll('TOOL', String(random.pick([0, 1, 2, 4, 5])))
    .replaceAll('REPLY', random.pick(Object.values(replies)));
}

/**
 * Forgeries that say of an interpreter that it may be used again, and such as carry
 * answers from one program to the next.
 */
const KEEPING =
  'finish_says_clean baseline_restores_nothing every_job_is_plain every_code_replaced codes_by_update_wrapper';
const REMEMBERING = 'answers_remembered calls_remembered';

interface Drawn {
  readonly name: string;
  readonly text: string;
}

function draw(parts: Parts, random: Random, as: string): Drawn {
  const name = random.pick([...parts.keys()]);
  return { name, text: filled(named(parts.get(name)!, name, as), random) };
}

/** What acts: `_act()` in the program, which fails silently. */
function actOf(random: Random): { readonly parts: string[]; readonly code: string } {
  if (random.int(4) === 0) {
    const poison = draw(poisons, random, '_poison');
    return { parts: [poison.name], code: `${poison.text}\ndef _act():\n${guarded(['_poison()'])}` };
  }
  const reach = draw(reaches, random, '_reach');
  // What keeps the interpreter in use is what makes the rest worth while.
  const wanted = [
    ...(random.int(2) === 0 ? [KEEPING] : []),
    ...(random.int(3) === 0 ? [REMEMBERING] : []),
    '',
  ];
  const forged = wanted.map((like, i) => {
    const some = new Map([...forgeries].filter(([name]) => like === '' || like.split(' ').includes(name)));
    return draw(some, random, `_forge_${i}`);
  });
  const calls = forged.map((_, i) => `_forge_${i}`).join(', ');
  return {
    parts: [reach.name, ...forged.map(({ name }) => name)],
    code: [
      reach.text,
      ...forged.map(({ text }) => text),
      'def _act():',
      guarded(['_spaces = _reach()']),
      `    for _g in _spaces:`,
      `        for _forge in (${calls},):`,
      `            if type(_g) is dict and _g is not globals():`,
      guarded(['_forge(_g)'], 4),
    ].join('\n'),
  };
}

function guarded(lines: readonly string[], depth = 1): string {
  const pad = '    '.repeat(depth);
  const body = lines.map((line) => `${pad}    ${line}`).join('\n');
  const otherwise = depth === 1 ? '_spaces = ()' : 'pass';
  return `${pad}try:\n${body}\n${pad}except Exception:\n${pad}    ${otherwise}`;
}

/** When `_act` is called: lines of the module, and a first line of the entry point. */
function whenOf(random: Random): { readonly parts: string[]; readonly code: string; readonly first: string } {
  const kind = random.int(6);
  if (kind === 0) return { parts: ['at import'], code: '_act()', first: '' };
  if (kind === 1) {
    const k = 1 + random.int(3);
    return {
      parts: [`in call ${k}`],
      code: '_calls = []',
      first: `(_calls.append(1), len(_calls) == ${k} and _act())`,
    };
  }
  const hook = draw(hooks, random, '_hook');
  const again = random.int(2) === 0 ? '_hook(_act)' : `_hook(_only_after(${1 + random.int(40)}, _act))`;
  const counted =
    'def _only_after(k, act):\n    seen = []\n    def counted(*a):\n        seen.append(1)\n        if len(seen) > k and len(seen) < k + 4: act()\n    return counted';
  const line = guarded([again], 0).replace('_spaces = ()', 'pass');
  const code = `${hook.text}\n${counted}`;
  if (kind === 2) {
    return {
      parts: [hook.name, 'hung in the first call'],
      code: `${code}\ndef _hang():\n${guarded([again])}`,
      first: '_hang()',
    };
  }
  return { parts: [hook.name], code: `${code}\n${line}`, first: '' };
}

/** Composition `number` of a seed: the same on every machine. */
export function compose(seed: number, number: number): Composition {
  const random = createRandom(seed).fork(`attack ${number}`);
  const task = random.pick(honestTasks);
  const coverName = random.pick(Object.keys(covers));
  const check = random.int(3) === 0 ? random.pick(task.checks) : undefined;
  const common = { seed, number, task, ...(check === undefined ? {} : { check }) };
  if (random.int(4) === 0) {
    const { parts, program, heir } = quietAttack(random, task, coverName);
    return { ...common, parts: [...parts, coverName], program, heir };
  }
  const act = actOf(random);
  const when = whenOf(random);
  const disguise = random.pick(Object.keys(disguises));
  const code = disguises[disguise]!(`${act.code}\n${when.code}`, random);
  return {
    ...common,
    parts: [...when.parts, ...act.parts, disguise, coverName],
    program: `${code}\n${cover(coverName, task, when.first)}`,
    heir: cover('no body', task),
  };
}
