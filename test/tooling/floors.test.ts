/**
 * The direction of imports: what the linter refuses, in every form in which a file
 * can name another, and what it finds in circles.
 */
import { resolve } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';
import { circles, importGraph, importsOf, matches, mutualFolders } from '../../scripts/lint/circles.ts';
import { FLOORS } from '../../scripts/lint/floors.js';

const eslint = new ESLint({
  overrideConfig: { rules: { '@typescript-eslint/no-unused-vars': 'off' } },
});

async function refused(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return result!.messages.filter(({ ruleId }) => ruleId === 'floors/one-way').map(({ message }) => message);
}

describe('the linter refuses an import upward', () => {
  test.each([
    ['src/sandbox/x.ts', "import { a } from '../tasks/a.ts';"],
    ['src/sandbox/x.ts', "import address from '../../workers/python.ts?worker&url';"],
    ['src/sandbox/x.ts', "import text from '#raw/experiment/export/rewards.py';"],
    ['src/policy/x.ts', "import type { A } from '../sandbox/types.ts';"],
    ['src/learner/x.ts', "export { s } from '../ui/strings/index.ts';"],
    ['src/learner/x.ts', "export * from '../ui/view/format.ts';"],
    ['src/learner/x.ts', "const a = () => import('../ui/view/format.ts');"],
    ['src/learner/x.ts', "type A = import('../ui/view/format.ts').A;"],
    ['src/learner/x.ts', "const a = new URL('../../workers/learner.ts', import.meta.url);"],
    ['src/learner/x.ts', "const a = import.meta.glob('../ui/view/*.ts');"],
    [
      'src/learner/x.ts',
      "const a = import.meta.glob<unknown>(['./*.ts', '/src/ui/view/*.ts'], { eager: true });",
    ],
    ['src/ui/view/x.ts', "import { s } from '../strings/index.ts';"],
    ['src/ui/kit/X.svelte', '<script lang="ts">\n  import Y from \'../session/Y.svelte\';\n</script>\n<Y />'],
    ['src/ui/play/X.svelte', '<script lang="ts">\n  import Y from \'../lab/Y.svelte\';\n</script>\n<Y />'],
    ['src/ui/session/x.svelte.ts', "import { a } from '../play/a.ts';"],
    ['workers/x.ts', "import { a } from '../src/ui/view/format.ts';"],
    ['src/base/x.ts', "import { a } from '../../scripts/serve.ts';"],
    ['src/ui/play/x.ts', "import { until } from '../../../test/until.ts';"],
    ['src/elsewhere/x.ts', "import { a } from '../base/random.ts';"],
  ])('%s: %s', async (file, code) => {
    expect(await refused(file, code)).toHaveLength(1);
  });

  test.each([
    ['src/experiment/x.ts', "import { a } from '../base/random.ts';"],
    ['src/experiment/x.ts', "import text from '#raw/sandbox/python/runner.py';"],
    ['src/ui/learn/x.ts', "const a = import.meta.glob('../../../public/runs/study.json');"],
    ['src/ui/learn/x.ts', "const a = import.meta.glob(['../kit/*.ts', '!../lab/*.ts']);"],
    ['src/ui/main.ts', "const a = new URL('../../workers/learner.ts', import.meta.url);"],
    ['src/ui/play/X.svelte', '<script lang="ts">\n  import Y from \'../kit/Y.svelte\';\n</script>\n<Y />'],
    ['workers/x.ts', "import { a } from '../src/learner/errors.ts';"],
  ])('and not one downward: %s: %s', async (file, code) => {
    expect(await refused(file, code)).toEqual([]);
  });

  test.each(['tensor', 'instruments', 'experiment', 'learner'])(
    'no dice without a seed in %s',
    async (floor) => {
      const [result] = await eslint.lintText('export const a = Math.random();', {
        filePath: `src/${floor}/x.ts`,
      });
      expect(result!.messages.map(({ ruleId }) => ruleId)).toEqual(['no-restricted-properties']);
    },
  );

  test('no two floors may import each other', () => {
    const table: Readonly<Record<string, readonly string[]>> = FLOORS;
    for (const [floor, below] of Object.entries(table))
      for (const lower of below) expect(table[lower], `${lower} and ${floor}`).not.toContain(floor);
  });
});

describe('the check for circles', () => {
  const graph = new Map([
    ['src/a/one.ts', ['src/b/two.ts']],
    ['src/b/two.ts', ['src/b/three.ts']],
    ['src/b/three.ts', ['src/a/one.ts', 'src/c/four.ts']],
    ['src/c/four.ts', []],
  ]);

  test('names the files of a circle and the folders that import each other', () => {
    expect(circles(graph)).toEqual([['src/a/one.ts', 'src/b/three.ts', 'src/b/two.ts']]);
    expect(mutualFolders(graph).map(({ pair }) => pair)).toEqual([['src/a', 'src/b']]);
  });

  test('finds none in the project', () => {
    const graph = importGraph(resolve(import.meta.dirname, '../..'));
    expect(graph.size).toBeGreaterThan(300);
    expect([circles(graph), mutualFolders(graph)]).toEqual([[], []]);
  });

  test('knows which files a pattern names', () => {
    const files = ['src/z/a.ts', 'src/z/y/b.ts', 'src/z/a.svelte', 'src/zz/a.ts'];
    expect(files.filter((file) => matches(file, 'src/z/*.ts'))).toEqual(['src/z/a.ts']);
    expect(files.filter((file) => matches(file, 'src/z/**/*.ts'))).toEqual(['src/z/a.ts', 'src/z/y/b.ts']);
  });

  test('sees type imports, dynamic ones, addresses of workers and the scripts of components', () => {
    const code =
      "import type { A } from './a.ts';\nconst b = () => import('../b.ts');\nexport * from './c.ts';";
    expect(importsOf('src/x/y.ts', code).sort()).toEqual(['src/b.ts', 'src/x/a.ts', 'src/x/c.ts']);
    const page = `<script lang="ts">\n${code}\nnew URL('./d.ts', import.meta.url);\n</script><p>import './no.ts'</p>`;
    expect(importsOf('src/x/Y.svelte', page)).toContain('src/x/d.ts');
    expect(importsOf('src/x/Y.svelte', page)).not.toContain('src/x/no.ts');
    const globbed =
      "import.meta.glob<string>(['./a/*.ts', '/src/z/**/*.ts'], { eager: true }); import.meta.glob('../b.ts');";
    expect(importsOf('src/x/y.ts', globbed).sort()).toEqual(['src/b.ts', 'src/x/a/*.ts', 'src/z/**/*.ts']);
    expect(importsOf('src/x/y.ts', "import url from '../w.ts?worker&url';")).toEqual(['src/w.ts']);
  });
});
