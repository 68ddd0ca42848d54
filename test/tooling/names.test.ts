/** The check for names that stand for two things: what it counts as a name, and that the project has none. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { sourceFiles } from '../../scripts/lint/circles.ts';
import { ALLOWED, declaredNames, declaredTwice } from '../../scripts/lint/names.ts';

const named = (path: string, text: string): string[] => declaredNames(path, text).map(({ name }) => name);

test('types count whether or not they are exported, functions and constants where they are', () => {
  const code = `type A = 1;\nexport interface B { x: 1 }\nclass C {}\nexport function d() {}\nfunction e() {}\n
    export const f = 1, g = 2;\nconst h = () => { type I = 2; };\nexport { h as k } from './other.ts';`;
  expect(named('src/a.ts', code)).toEqual(['A', 'B', 'C', 'd', 'f', 'g']);
  expect(
    named('src/A.svelte', `<script lang="ts">interface Props {}\ntype L = 1;</script><p>type M = 1;</p>`),
  ).toEqual(['Props', 'L']);
});

test('a name in two files is found, in a file’s overloads, a catalogue’s languages and what is allowed not', () => {
  const names = [
    ['src/a.ts', 'export function f(x: 1): 1;\nexport function f(x: 2): 2;\nexport type T = 1;'],
    ['src/b.ts', 'interface T {}'],
    ['src/ui/strings/en/lab.ts', 'export const lab = 1;'],
    ['src/ui/strings/zh/lab.ts', 'export const lab = 2;'],
    ...['src/c.ts', 'src/d.ts'].map((path) => [path, `export const ${Object.keys(ALLOWED)[0]!} = 1;`]),
  ].flatMap(([path, text]) => declaredNames(path!, text!));
  expect([...declaredTwice(names)]).toEqual([['T', ['src/a.ts', 'src/b.ts']]]);
});

test('what two files keep to themselves may be named alike', () => {
  const names = ['src/a.ts', 'src/b.ts'].flatMap((path) => declaredNames(path, 'interface Props {}'));
  expect([...declaredTwice(names)]).toEqual([]);
});

test('none stands for two things in the project', () => {
  const root = resolve(import.meta.dirname, '../..');
  const files = sourceFiles(root).filter((path) => !path.endsWith('.d.ts'));
  const names = files.flatMap((path) => declaredNames(path, readFileSync(join(root, path), 'utf8')));
  expect(names.length).toBeGreaterThan(1000);
  expect([...declaredTwice(names)]).toEqual([]);
});
