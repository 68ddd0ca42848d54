/**
 * Finds names that stand for two things in src and workers: a type, a function, a class or
 * a constant that two files export, and a type that a file keeps to itself but calls like
 * another one's exported type. Part of `npm run check`: prints each with its places and
 * ends with 1 when there is one. What two files keep to themselves may be named alike.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { sourceFiles } from './circles.ts';

/** Names that may be declared twice, each with the reason. */
export const ALLOWED: Readonly<Record<string, string>> = {
  createSandbox: 'the same door to the same sandbox, in browsers and in Node',
};

/** Every language has the same sections under the same names: they count once. */
const CATALOGUE = /^src\/ui\/strings\/[a-z-]+\//;

/** A name that a reader may search for, and where it is declared. */
export interface DeclaredName {
  readonly name: string;
  readonly path: string;
  readonly isExported: boolean;
}

const scripts = (path: string, text: string): readonly string[] =>
  path.endsWith('.svelte')
    ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((found) => found[1]!)
    : [text];

/** Types and classes of a file, exported or not, and the functions and constants that it exports. */
export function declaredNames(path: string, text: string): DeclaredName[] {
  const found = new Map<string, boolean>();
  for (const script of scripts(path, text)) {
    const { statements } = ts.createSourceFile(path, script, ts.ScriptTarget.Latest, false);
    for (const statement of statements) {
      const isExported =
        ts.canHaveModifiers(statement) &&
        ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
      // A type may have the name of the constant that it is made from.
      for (const name of namesOf(statement))
        if (isExported || isType(statement)) found.set(name, isExported || found.get(name) === true);
    }
  }
  return [...found].map(([name, isExported]) => ({ name, path, isExported }));
}

const isType = (statement: ts.Statement): boolean =>
  ts.isTypeAliasDeclaration(statement) ||
  ts.isInterfaceDeclaration(statement) ||
  ts.isClassDeclaration(statement) ||
  ts.isEnumDeclaration(statement);

function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) =>
      ts.isIdentifier(name) ? [name.text] : [],
    );
  if (!isType(statement) && !ts.isFunctionDeclaration(statement)) return [];
  const { name } = statement as ts.DeclarationStatement;
  return name !== undefined && ts.isIdentifier(name) ? [name.text] : [];
}

/** Each name that is declared in more than one place, and exported from one of them, with the places. */
export function declaredTwice(names: readonly DeclaredName[]): ReadonlyMap<string, readonly string[]> {
  const exported = new Set(names.filter(({ isExported }) => isExported).map(({ name }) => name));
  const places = new Map<string, Map<string, string>>();
  for (const { name, path } of names) {
    if (!exported.has(name)) continue;
    const place = CATALOGUE.test(path) ? basename(path) : path;
    places.set(name, (places.get(name) ?? new Map<string, string>()).set(place, path));
  }
  return new Map(
    [...places]
      .filter(([name, found]) => found.size > 1 && !Object.hasOwn(ALLOWED, name))
      .map(([name, found]) => [name, [...found.values()]]),
  );
}

function main(): void {
  const root = process.cwd();
  if (!existsSync(join(root, 'src'))) throw new Error('run it in the root of the project');
  const files = sourceFiles(root).filter((path) => !path.endsWith('.d.ts'));
  const names = files.flatMap((path) => declaredNames(path, readFileSync(join(root, path), 'utf8')));
  const twice = declaredTwice(names);
  for (const [name, paths] of twice) console.error(`${name} is declared in ${paths.join(', ')}`);
  const unused = Object.keys(ALLOWED).filter(
    (name) => new Set(names.filter((one) => one.name === name).map(({ path }) => path)).size < 2,
  );
  for (const name of unused) console.error(`${name} is allowed twice and is not (scripts/lint/names.ts)`);
  if (twice.size + unused.length > 0) process.exitCode = 1;
}

if (process.argv[1]?.endsWith('names.ts')) main();
