/**
 * The map is true: what README, the documents, the linter's table and comments name exists, every
 * folder of the sources stands in README's table, the method's table of gates is the funnel's, and
 * its acceptance vectors are named by the tests it says. It reads names alone; whether a sentence is
 * right it cannot tell.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { FLOORS } from '../../scripts/lint/floors.js';
import { GATES } from '../../src/learning/funnel.ts';

const ROOT = normalize(join(import.meta.dirname, '../..'));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const exists = (path: string): boolean => existsSync(join(ROOT, path));
/** A floor of the linter's table as a path from the root. */
const folderOfFloor = (floor: string): string => (floor === 'workers' ? floor : `src/${floor}`);

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'docs/architecture.md',
  'docs/benchmarks.md',
  'docs/method.md',
  'docs/metrics.md',
  'docs/reliability.md',
  'docs/real-models.md',
  'docs/definitions.md',
  'docs/forms.md',
  'docs/instruments.md',
  'docs/library.md',
  'docs/study.md',
];

const TOP = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/**
 * Paths in backticks that begin with a folder of the project; `{a,b}` and names in
 * capitals stand for others and are left out.
 */
function pathsIn(text: string): string[] {
  const quoted = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
  const words = quoted.flatMap((code) => code.split(/\s+/));
  return words.filter(
    (word) =>
      TOP.some((folder) => word === folder || word.startsWith(`${folder}/`)) &&
      /^[\w./+-]+$/.test(word) &&
      !/\b[A-Z]{3,}\b/.test(word.replace(/README|SECURITY|CONTRIBUTING|CHANGELOG/g, '')),
  );
}

/** Targets of links inside the project, relative to the document. */
const linksIn = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target));

describe.each(DOCUMENTS)('%s', (document) => {
  const text = read(document);

  test('names files and folders that exist', () => {
    // What is made by a command is not there in a fresh clone.
    const made = /^(build|dist|node_modules|runs|test-results)(\/|$)/;
    const missing = pathsIn(text).filter((path) => !made.test(path) && !exists(path));
    expect([...new Set(missing)]).toEqual([]);
  });

  test('links to what is there', () => {
    const missing = linksIn(text).filter((target) => !exists(join(dirname(document), target)));
    expect(missing).toEqual([]);
  });
});

it('finds a path that does not exist, a path among other words, and no pattern', () => {
  expect(
    pathsIn('`src/nowhere.ts`, `npx vitest test/learning/x.test.ts`, `src/cli/NAME.ts`, `*.test.ts`'),
  ).toEqual(['src/nowhere.ts', 'test/learning/x.test.ts']);
  expect(exists('src/nowhere.ts')).toBe(false);
});

describe('the folders', () => {
  const table = read('README.md').slice(read('README.md').indexOf('| Folder'));
  const rows = [...table.matchAll(/^\| ([^|]*)\|/gm)].map(([, first]) => first!);
  const named = rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));
  const folders = (path: string): string[] =>
    readdirSync(join(ROOT, path), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${path}/${name}`);
  const sources = folders('src').flatMap((folder) => (folder === 'src/ui' ? folders(folder) : [folder]));

  it('of src all stand in README’s table, those of the page one by one', () => {
    expect(sources.filter((folder) => !named.includes(folder))).toEqual([]);
  });

  it('in README’s table are there', () => {
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !exists(path) || !statSync(join(ROOT, path)).isDirectory())).toEqual([]);
  });

  it('in the linter’s table are there, and every source stands on one of its floors', () => {
    const floors = Object.keys(FLOORS).map(folderOfFloor);
    expect(floors.filter((path) => !exists(path))).toEqual([]);
    expect(sources.filter((folder) => !floors.includes(folder))).toEqual([]);
  });

  it('in README’s table stand in an order in which each imports from those above it', () => {
    const place = (floor: string): number => named.indexOf(folderOfFloor(floor));
    const upward = Object.entries(FLOORS)
      .filter(([floor]) => place(floor) >= 0)
      .flatMap(([floor, below]) =>
        below.filter((other) => place(other) > place(floor)).map((other) => `${floor} imports from ${other}`),
      );
    expect(upward).toEqual([]);
  });
});

it('what docs/architecture.md says to open first lies in its folder', () => {
  const rows = [...read('docs/architecture.md').matchAll(/^\| `(src\/\w+)` +\|([^|]*)\|[^|]*\|$/gm)];
  const files = rows.flatMap(([, folder, cell]) =>
    [...cell!.matchAll(/`([^`]+)`/g)].map(([, name]) => `${folder}/${name}`),
  );
  expect(files.length).toBeGreaterThan(15);
  expect(files.filter((path) => !exists(path))).toEqual([]);
});

describe('the acceptance vectors of docs/method.md', () => {
  const rows = [...read('docs/method.md').matchAll(/^\| (\d) +\|([^\n]*)$/gm)].map(
    ([, number, rest]) =>
      [number!, [...rest!.matchAll(/`(test\/[^`]+\.test\.ts)`/g)].map(([, path]) => path!)] as const,
  );

  it('are eight', () => {
    expect(rows.map(([number]) => number)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
  });

  it.each(rows)('%s is named by its tests', (number, tests) => {
    expect(tests.length).toBeGreaterThan(0);
    const silent = tests.filter((path) => !new RegExp(`acceptance vector ${number}\\b`).test(read(path)));
    expect(silent).toEqual([]);
  });
});

it('the table of gates in docs/method.md is the funnel’s, in its order', () => {
  const text = read('docs/method.md');
  const section = text.slice(text.indexOf('## The funnel'));
  const rows = [...section.slice(0, section.indexOf('**')).matchAll(/^\| `(\w+)` +\|/gm)];
  expect(rows.map(([, gate]) => gate)).toEqual([...GATES]);
  const words = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
  expect(section.replace(/\s+/g, ' ')).toContain(`through ${words[GATES.length - 1]} gates`);
});

describe('comments that name a file', () => {
  /** A path from the root, or the end of one in the folders of the same floor. */
  const pointer = /(?<![\w.*#/-])((?:\.{1,2}\/)*[\w-][\w./-]*\.(?:ts|py|md|mjs|js|svelte))(?![\w(])/g;
  /** Files of other projects, and those that an export writes. */
  const elsewhere = [
    'pyodide.asm.mjs',
    'pyodide.asm.js',
    'rewards.py',
    'NOT-CARRIED.md',
    'trl/trainer/grpo_trainer.py',
    'verl/trainer/ppo/core_algos.py',
    'verl/workers/actor/dp_actor.py',
  ];
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|svelte|js|mjs|py)$/.test(path))
    .map((path) => `src/${path.replaceAll('\\', '/')}`);
  const commentsOf = (path: string, text: string): string =>
    (path.endsWith('.py')
      ? text.match(/^\s*#.*$|"""[\s\S]*?"""/gm)
      : text.match(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$|<!--[\s\S]*?-->/gm)
    )?.join('\n') ?? '';
  const floorOf = (path: string): string =>
    path
      .split('/')
      .slice(0, path.startsWith('src/ui/') ? 3 : 2)
      .join('/');
  const lost = (path: string, text: string): string[] =>
    [...commentsOf(path, text).matchAll(pointer)]
      .map(([, target]) => target!)
      .filter((target) => {
        if (elsewhere.includes(target) || exists(target) || exists(join(dirname(path), target))) return false;
        const floor = floorOf(path);
        return (
          sources.filter((each) => each.startsWith(`${floor}/`) && each.endsWith(`/${target}`)).length !== 1
        );
      });

  it('name one that is there, in their floor or from the root', () => {
    const missing = sources.flatMap((path) => lost(path, read(path)).map((target) => `${path}: ${target}`));
    expect(missing).toEqual([]);
  });

  it('are found out where they name one that is not, or one of another floor', () => {
    const comment =
      '/** See reward.ts, judge.ts, src/nowhere.ts, `trainer.ts`. */ // and wire.py: no x.test.ts';
    expect(lost('src/learning/x.ts', comment)).toEqual([
      'reward.ts',
      'src/nowhere.ts',
      'wire.py',
      'x.test.ts',
    ]);
    expect(lost('src/sandbox/python/x.py', '# candidate.py, check.ts, judge.ts\nx = "a.py"')).toEqual([
      'judge.ts',
    ]);
  });
});

it('comments that point to a document point to one that is there', () => {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|svelte|js|py)$/.test(path))
    .map((path) => join('src', path));
  const lost = sources.flatMap((path) =>
    [...read(path).matchAll(/([\w./-]*\w\.md)\b/g)]
      .map(([, target]) => target!)
      // A name alone is that of a file people bring (a model's card); a document of
      // ours is named from the root.
      // What is imported as text (#raw/...) lies under src.
      .filter((target) => target.includes('/') && !exists(target.replace(/^raw\//, 'src/')))
      .map((target) => `${path}: ${target}`),
  );
  expect(lost).toEqual([]);
  const bare = sources.filter((path) => /(?<![\w/])(method|design|architecture)\.md\b/.test(read(path)));
  expect(bare).toEqual([]);
});
