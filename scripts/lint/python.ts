/**
 * `npm run check`'s part for Python: Ruff's rules over every .py file of the repository. Ruff runs as
 * WebAssembly, so that no Python is needed. Files that run in one namespace are linted together, as one
 * program. It reports and changes nothing; formatting is left to the author.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PositionEncoding, Workspace } from '@astral-sh/ruff-wasm-nodejs';
import { rewardPrograms } from '../../src/experiment/export/rewards.ts';
import { operationParts } from '../../src/sandbox/python/operations.ts';
import { harnessSources } from '../../src/sandbox/python/index.ts';
import { standinNumpyParts } from '../../src/sandbox/python/standin-numpy.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDERS = ['src', 'scripts', 'test', 'bench', 'workers'];
const SANDBOX = 'src/sandbox/python';
const REWARDS = 'src/experiment/export/rewards';

/** Columns of a line that holds a comment or a docstring. */
const MAX_COMMENT = 110;

const SETTINGS = {
  // Pyodide's; what also runs elsewhere (rewards.py) is run by a test in the Python of the machine.
  'target-version': 'py314',
  'line-length': 140,
  lint: {
    // Of lines of comments and docstrings (W505); comments behind code are looked at below.
    pycodestyle: { 'max-doc-length': MAX_COMMENT },
    select: ['E', 'F', 'W', 'B', 'A', 'PLE'],
    ignore: [
      'E402', // sources of one namespace each begin with their own imports
      'B905', // zip and map end with the shorter one where the lengths were compared before
      'B912',
    ],
  },
};

/** Names that a source finds in its namespace: put there by the host, or by what ran before it. */
const GIVEN: Readonly<Record<string, readonly string[]>> = {
  [`${SANDBOX}/checker.py`]: ['_TEST', '_PROMPT', '_ENTRY'],
  [`${SANDBOX}/install.py`]: ['_sources', '_preloaded'],
  [`${SANDBOX}/remove.py`]: ['_removed'],
  'src/tasks/python/check_livecodebench.py': ['_TESTS'],
  'src/tasks/python/check_contest.py': ['_TESTS'],
  'src/tasks/python/check_evalplus.py': ['_ROW'],
  'src/tasks/python/check_program.py': ['_PROGRAM', '_NAME'],
  'scripts/corpus/execution.py': ['operations_record'],
  // Stands behind shut.py.
  'src/experiment/export/tracewise_rl/child.py': ['os', 'sys', 'channel', 'limit', 'shut'],
  // Drawn when an attack is composed.
  'scripts/attack/parts/forge.py': ['REPLY'],
  'scripts/attack/parts/hooks.py': ['TOOL'],
};

/** Files of one namespace in the order in which they run, and names that they find there. */
export interface Program {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly given: readonly string[];
}

/** What Ruff says about one place. `row` and `column` count from 1. */
export interface Finding {
  readonly path: string;
  readonly row: number;
  readonly column: number;
  /** Ruff's rule, or `syntax` for what is no Python. */
  readonly rule: string;
  readonly message: string;
}

/** The part of Ruff's answer that is read here. */
interface Diagnostic {
  readonly code: string | null;
  readonly message: string;
  readonly start_location: { readonly row: number; readonly column: number };
}

export function lint({ files, given }: Program): readonly Finding[] {
  const workspace = new Workspace({ ...SETTINGS, builtins: given }, PositionEncoding.Utf16);
  try {
    const diagnostics = workspace.check(files.map(({ text }) => text).join('')) as readonly Diagnostic[];
    const found = diagnostics.map(({ code, message, start_location: { row, column } }) => {
      const place = placeOf(files, row);
      return { ...place, column, rule: code ?? 'syntax', message };
    });
    return [...found, ...files.flatMap(longBehindCode)];
  } finally {
    workspace.free();
  }
}

/** Comments behind code that end too far to the right; they belong above their line. */
function longBehindCode({ path, text }: Program['files'][number]): Finding[] {
  return text.split('\n').flatMap((line, i) => {
    // Two spaces stand before such a comment and before nothing else; what a tool reads has to stay there.
    const column = line.search(/\S {2}# (?!noqa|type:)/) + 3;
    if (line.length <= MAX_COMMENT || column < 3) return [];
    const message = `A comment behind code ends in column ${line.length}, after ${MAX_COMMENT}`;
    return [{ path, row: i + 1, column, rule: 'comment', message }];
  });
}

/**
 * Which file a row of all of them together is in, and which of its rows. Each file ends with a line break.
 */
function placeOf(files: Program['files'], row: number): { readonly path: string; readonly row: number } {
  let before = 0;
  for (const { path, text } of files) {
    const rows = text.split('\n').length - 1;
    if (row <= before + rows) return { path, row: row - before };
    before += rows;
  }
  const last = files.at(-1)!;
  return { path: last.path, row: last.text.split('\n').length };
}

/** Every .py file under `root`'s folders of source, each in one program. */
export async function pythonPrograms(root: string = ROOT): Promise<readonly Program[]> {
  const paths: string[] = [];
  for (const folder of FOLDERS) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries)
      if (entry.isFile() && entry.name.endsWith('.py'))
        paths.push(relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
  }
  const inSandbox = (name: string): string => `${SANDBOX}/${name}.py`;
  const shared = harnessSources.filter(({ exports }) => exports === undefined).map(({ name }) => name);
  const handedOver = harnessSources.flatMap(({ exports = [] }) => exports);
  const together = [
    { paths: shared.map(inSandbox), given: handedOver },
    ...[operationParts, standinNumpyParts].map((parts) => ({
      paths: parts.map(({ name }) => inSandbox(name)),
      given: [],
    })),
    ...rewardPrograms.map((names) => ({ paths: names.map((name) => `${REWARDS}/${name}.py`), given: [] })),
  ];
  const alone = paths
    .filter((path) => !together.some((program) => program.paths.includes(path)))
    .sort()
    .map((path) => ({ paths: [path], given: GIVEN[path] ?? [] }));
  return Promise.all(
    [...together, ...alone].map(async ({ paths, given }) => ({
      files: await Promise.all(
        paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })),
      ),
      given,
    })),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const programs = await pythonPrograms();
  const findings = programs.flatMap(lint);
  for (const { path, row, column, rule, message } of findings)
    console.error(`${path}:${row}:${column}  ${rule}  ${message}`);
  const count = programs.reduce((sum, { files }) => sum + files.length, 0);
  console.error(`ruff: ${count} Python files, ${findings.length} findings`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
