/**
 * `npm run library`: the engine and the command line as an npm package in build/npm,
 * and its tarball in build. JavaScript modules with declarations, the Python sources
 * as modules of text, nano and the task sets beside them. No page and no Svelte in it.
 */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { bundleProcess, PACKAGED } from '../src/sandbox/process-script.ts';

const ROOT = resolve(import.meta.dirname, '..');
const PACKAGE = join(ROOT, 'build', 'npm');
const LIB = join(PACKAGE, 'lib');

/** What is imported from it, and the file under lib/library that stands for it. */
export const DOORS = {
  '.': 'index',
  './tensor': 'tensor',
  './sandbox': 'sandbox',
  './policy': 'policy',
  './learning': 'learning',
} as const;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Compiles with the project's own settings. @throws Error with the compiler's messages */
function compile(): void {
  const path = join(ROOT, 'tsconfig.library.json');
  const settings = ts.getParsedCommandLineOfConfigFile(
    path,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail },
  );
  if (settings === undefined) throw new Error(`${path} cannot be read`);
  const program = ts.createProgram(settings.fileNames, settings.options);
  const found = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
  for (const diagnostic of found) fail(diagnostic);
}

function fail(diagnostic: ts.Diagnostic): never {
  const host = {
    getCanonicalFileName: (name: string) => name,
    getCurrentDirectory: () => ROOT,
    getNewLine: () => '\n',
  };
  throw new Error(ts.formatDiagnostic(diagnostic, host));
}

async function modulesUnder(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith('.js')).map((name) => join(folder, name));
}

/**
 * The text of every `#raw/...` that is imported as a module of its own, so that any bundler can follow it.
 */
async function writeTexts(code: readonly string[]): Promise<void> {
  const wanted = new Set(
    code.flatMap((text) => [...text.matchAll(/['"]#raw\/([^'"]+)['"]/g)].map(([, path]) => path!)),
  );
  for (const path of wanted) {
    const target = join(LIB, 'raw', `${path}.js`);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(
      target,
      `export default ${JSON.stringify(await readFile(join(ROOT, 'src', path), 'utf8'))};\n`,
    );
  }
}

/** Those of the project's dependencies that the compiled modules import, at the project's versions. */
function dependenciesOf(code: readonly string[], all: Manifest['dependencies']): Record<string, string> {
  const specifier = /(?:from |import\()\s*['"]([^'"]+)['"]/g;
  const named = new Set(code.flatMap((text) => [...text.matchAll(specifier)].map(([, name]) => name!)));
  return Object.fromEntries(
    Object.entries(all).filter(([name]) =>
      [...named].some((one) => one === name || one.startsWith(`${name}/`)),
    ),
  );
}

function manifestOf(project: Manifest, dependencies: Record<string, string>): object {
  const { name, version, description, license, engines } = project;
  return {
    name,
    version,
    description,
    license,
    type: 'module',
    engines,
    bin: { tracewise: './lib/cli/main.js' },
    imports: { '#raw/*': './lib/raw/*.js' },
    exports: Object.fromEntries(
      Object.entries(DOORS).map(([door, file]) => [
        door,
        { types: `./lib/library/${file}.d.ts`, default: `./lib/library/${file}.js` },
      ]),
    ),
    files: ['lib', 'public'],
    sideEffects: false,
    dependencies,
  };
}

/** Writes the package. Returns its folder. */
export async function buildLibrary(): Promise<string> {
  await rm(PACKAGE, { recursive: true, force: true });
  compile();
  await writeFile(join(LIB, 'sandbox', PACKAGED), await bundleProcess());
  const program = join(LIB, 'cli', 'main.js');
  await writeFile(program, `#!/usr/bin/env node\n${await readFile(program, 'utf8')}`, { mode: 0o755 });
  const code = await Promise.all((await modulesUnder(LIB)).map((path) => readFile(path, 'utf8')));
  await writeTexts(code);
  for (const part of ['models', 'tasks']) {
    await cp(join(ROOT, 'public', part), join(PACKAGE, 'public', part), { recursive: true });
  }
  const project = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as Manifest;
  const manifest = manifestOf(project, dependenciesOf(code, project.dependencies));
  await writeFile(join(PACKAGE, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await cp(join(ROOT, 'LICENSE'), join(PACKAGE, 'LICENSE'));
  await cp(join(ROOT, 'docs', 'library.md'), join(PACKAGE, 'README.md'));
  return PACKAGE;
}

/** The tarball of a built package, in `folder`. */
export function packLibrary(folder: string): string {
  const { status, stdout, stderr } = spawnSync(
    'npm',
    ['pack', PACKAGE, '--json', '--pack-destination', folder],
    {
      encoding: 'utf8',
      shell: process.platform === 'win32',
    },
  );
  if (status !== 0) throw new Error(`npm pack: ${stderr}`);
  const [packed] = JSON.parse(stdout) as [{ filename: string }];
  return join(folder, packed.filename);
}

if (process.argv[1] === import.meta.filename) {
  await buildLibrary();
  const tarball = packLibrary(join(ROOT, 'build'));
  console.log(relative(process.cwd(), tarball));
}
