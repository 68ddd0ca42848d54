/**
 * Finds circles of files and pairs of folders that import each other in src and workers; type
 * imports count. Part of `npm run check`: prints each with the imports that make it and ends
 * with 1 when there is one. Which floor may import which is the lint rule's (floors.js).
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import ts from 'typescript';

export type Graph = ReadonlyMap<string, readonly string[]>;

/** Files of the project that others import from, by path from its root. */
export function sourceFiles(root: string, folders = ['src', 'workers']): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => normalize(join(folder, name)))
      .filter((path) => /\.(ts|svelte|js|mjs)$/.test(path) && statSync(join(root, path)).isFile()),
  );
}

/** What a file imports of the project, by path from the root; `read` gives its text. */
export function importsOf(path: string, text: string): string[] {
  const scripts = path.endsWith('.svelte')
    ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((found) => found[1]!)
    : [text];
  const named = scripts.flatMap((script) => [
    ...ts.preProcessFile(script, true, true).importedFiles.map(({ fileName }) => fileName),
    ...[...script.matchAll(/new URL\(\s*'(\.[^']*)',\s*import\.meta\.url/g)].map((found) => found[1]!),
  ]);
  // `import.meta.glob('./*.ts')`, and a list of patterns.
  const globs = scripts.flatMap((script) =>
    [...script.matchAll(/import\.meta\.glob(?:<[^(]*>)?\(\s*(\[[^\]]*\]|'[^']*')/g)].flatMap((found) =>
      [...found[1]!.matchAll(/'([^']*)'/g)].map(([, pattern]) => pattern!),
    ),
  );
  const fromRoot = globs
    .filter((name) => name.startsWith('/'))
    .map((name) => relative(dirname(path), name.slice(1)));
  const own = [
    ...named,
    ...globs,
    ...fromRoot.map((name) => (name.startsWith('.') ? name : `./${name}`)),
  ].filter((name) => name.startsWith('.'));
  return [...new Set(own.map((name) => normalize(join(dirname(path), name.replace(/\?.*$/, '')))))];
}

/** Whether a path is one that a pattern names: `*` within a folder, `**` through folders. */
export function matches(path: string, pattern: string): boolean {
  const literal = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  const source = literal.replace(/\*\*\/|\*/g, (star) => (star === '*' ? '[^/]*' : '(?:.*/)?'));
  return new RegExp(`^${source}$`).test(path);
}

export function importGraph(root: string): Graph {
  const files = sourceFiles(root);
  const known = new Set(files);
  return new Map(
    files.map((path) => {
      const imported = importsOf(path, readFileSync(join(root, path), 'utf8'));
      const found = imported.flatMap((target) =>
        target.includes('*')
          ? files.filter((file) => matches(file, target))
          : known.has(target)
            ? [target]
            : [],
      );
      return [path, found];
    }),
  );
}

/**
 * Groups of files that reach one another, by Tarjan's strongly connected components; single files are none.
 */
export function circles(graph: Graph): string[][] {
  const found: string[][] = [];
  const number = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const visit = (file: string): void => {
    number.set(file, number.size);
    low.set(file, number.get(file)!);
    open.push(file);
    isOpen.add(file);
    for (const next of graph.get(file) ?? []) {
      if (!number.has(next)) {
        visit(next);
        low.set(file, Math.min(low.get(file)!, low.get(next)!));
      } else if (isOpen.has(next)) low.set(file, Math.min(low.get(file)!, number.get(next)!));
    }
    if (low.get(file) !== number.get(file)) return;
    const group = open.splice(open.indexOf(file));
    for (const member of group) isOpen.delete(member);
    if (group.length > 1) found.push(group.sort());
  };
  for (const file of graph.keys()) if (!number.has(file)) visit(file);
  return found;
}

/**
 * Folders that import each other, each pair with the imports of its smaller
 * direction. A folder and the one that it lies in count too.
 */
export function mutualFolders(
  graph: Graph,
): { readonly pair: [string, string]; readonly imports: string[] }[] {
  const edges = new Map<string, string[]>();
  for (const [file, targets] of graph)
    for (const target of targets) {
      const [from, to] = [dirname(file), dirname(target)];
      if (from === to) continue;
      const key = `${from} ${to}`;
      edges.set(key, [...(edges.get(key) ?? []), `${file} -> ${target}`]);
    }
  return [...edges].flatMap(([key, imports]) => {
    const [from, to] = key.split(' ') as [string, string];
    const back = edges.get(`${to} ${from}`);
    if (back === undefined || from > to) return [];
    return [{ pair: [from, to], imports: imports.length <= back.length ? imports : back }];
  });
}

function main(): void {
  const root = process.cwd();
  if (!existsSync(join(root, 'src'))) throw new Error('run it in the root of the project');
  const graph = importGraph(root);
  const groups = circles(graph);
  const pairs = mutualFolders(graph);
  for (const group of groups) console.error(`circle of files: ${group.join(', ')}`);
  for (const { pair, imports } of pairs)
    console.error(`${pair.join(' and ')} import each other:\n  ${imports.join('\n  ')}`);
  if (groups.length + pairs.length > 0) process.exitCode = 1;
}

if (process.argv[1]?.endsWith('circles.ts')) main();
