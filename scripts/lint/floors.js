/**
 * The floors of the house and the lint rule that keeps their direction: each imports from
 * what its line names and from itself, never back. The rule sees imports and exports,
 * dynamic and type imports, and `new URL(path, import.meta.url)`, in TypeScript and
 * Svelte alike. Circles of files inside a floor are found by scripts/lint/circles.ts.
 */
import { dirname, join, normalize, relative, sep } from 'node:path';

/** What runs without a page and without a command line. */
export const ENGINE = [
  'base',
  'tensor',
  'sandbox',
  'tasks',
  'policy',
  'learning',
  'instruments',
  'experiment',
];
const BELOW_ROOMS = [
  ...ENGINE,
  'learner',
  'ui/browser',
  'ui/view',
  'ui/strings',
  'ui/kit',
  'ui/session',
  'ui/picture',
];

/**
 * What each floor may import from; folders under src, and `workers`. The map in
 * README.md says what is on them.
 */
export const FLOORS = {
  base: [],
  tensor: ['base'],
  sandbox: ['base'],
  tasks: ['base', 'sandbox'],
  policy: ['base', 'tensor'],
  learning: ['base', 'tensor', 'sandbox', 'tasks', 'policy'],
  instruments: ['base', 'tensor', 'sandbox', 'tasks', 'policy', 'learning'],
  experiment: ENGINE.slice(0, -1),
  cli: ENGINE,
  library: [...ENGINE, 'cli'],
  learner: ENGINE,
  'ui/browser': [],
  'ui/view': ['base', 'sandbox', 'tasks', 'learning', 'instruments', 'experiment', 'learner'],
  'ui/strings': [...ENGINE, 'learner', 'ui/browser', 'ui/view'],
  'ui/kit': ['base', 'ui/browser', 'ui/view', 'ui/strings'],
  'ui/session': [...ENGINE, 'learner', 'ui/browser', 'ui/view', 'ui/strings', 'ui/kit'],
  'ui/picture': BELOW_ROOMS.slice(0, -1),
  'ui/learn': BELOW_ROOMS,
  'ui/play': BELOW_ROOMS,
  'ui/lab': BELOW_ROOMS,
  'ui/teach': BELOW_ROOMS,
  'ui/shell': [...BELOW_ROOMS, 'ui/learn', 'ui/play', 'ui/lab', 'ui/teach'],
  'ui/main.ts': [...BELOW_ROOMS, 'ui/shell', 'workers'],
  workers: [...ENGINE, 'learner'],
};

const NAMES = Object.keys(FLOORS).sort((a, b) => b.length - a.length);

/**
 * The floor of a file, by its path from the root of the project; null for what is on
 * none (tests, scripts, packages).
 */
export function floorOf(path) {
  const inside = path.startsWith('src/') ? path.slice(4) : path;
  if (inside === path && !path.startsWith('workers/')) return null;
  return NAMES.find((name) => inside === name || inside.startsWith(`${name}/`)) ?? null;
}

/** Why a file may not import another, or null where it may. Both are paths from the root of the project. */
export function refusal(from, to) {
  const [floor, target] = [floorOf(from), floorOf(to)];
  if (floor === null) {
    return from.startsWith('src/') && !from.endsWith('.d.ts')
      ? `${from} stands on no floor of the house.`
      : null;
  }
  if (/^(scripts|test|bench)\//.test(to)) return `${floor} does not import from ${to.split('/')[0]}.`;
  if (target === null || target === floor || FLOORS[floor].includes(target)) return null;
  return `${floor} does not import from ${target}.`;
}

const oneWay = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join('/');
    const check = (source) => {
      const path = source?.type === 'Literal' ? source.value : undefined;
      if (typeof path !== 'string' || !/^(\.|#raw\/|\/src\/|\/workers\/)/.test(path)) return;
      // A file's text comes by its path under src, see src/base/raw.mjs.
      const named = path.startsWith('#raw/')
        ? path.replace('#raw', 'src')
        : path.startsWith('/')
          ? path.slice(1)
          : join(dirname(file), path);
      const target = normalize(named.replace(/\?.*$/, '')).split(sep).join('/');
      const message = refusal(file, target);
      if (message !== null) context.report({ node: source, message });
    };
    return {
      ImportDeclaration: ({ source }) => check(source),
      ExportNamedDeclaration: ({ source }) => check(source),
      ExportAllDeclaration: ({ source }) => check(source),
      ImportExpression: ({ source }) => check(source),
      TSImportType: ({ source, argument }) => check(source ?? argument?.literal),
      CallExpression: ({ callee, arguments: [pattern] }) => {
        if (context.sourceCode.getText(callee) !== 'import.meta.glob') return;
        // A pattern stands on the floor that its first folders name; `!` takes files away.
        for (const each of pattern?.type === 'ArrayExpression' ? pattern.elements : [pattern]) check(each);
      },
      NewExpression: ({ callee, arguments: [path] }) => callee.name === 'URL' && check(path),
    };
  },
};

export const floors = { rules: { 'one-way': oneWay } };
