/** The lint rule for long comments: what it finds, what its fix makes of it, and what it leaves as it is. */
import { ESLint } from 'eslint';
import { expect, test } from 'vitest';

const RULE = 'comments/max-length';
const lint = async (code: string, fix: boolean, filePath = 'src/base/x.ts') => {
  const eslint = new ESLint({ fix: fix ? ({ ruleId }) => ruleId === RULE : false });
  const [result] = await eslint.lintText(code, { filePath });
  const found = result!.messages.filter(({ ruleId }) => ruleId === RULE);
  return { lines: found.map(({ line }) => line), code: result!.output ?? code };
};
/** Words w1, w2 ... of at least `length` characters together. */
const words = (length: number): string => {
  let text = 'w0';
  for (let i = 1; text.length < length; i++) text += ` w${i}`;
  return text;
};
const longest = (code: string): number => Math.max(...code.split('\n').map((line) => line.length));
/** Words of the comments of a text, without stars and slashes. */
const said = (code: string): string[] => code.match(/`[^`]*`|@?\w+/g) ?? [];

test.each([
  ['one line', `/** ${words(120)} */\nexport const a = 1;\n`, 1],
  ['a paragraph', `/**\n * Short.\n *\n * ${words(120)}\n * and on\n */\nexport const a = 1;\n`, 4],
  ['slashes', `export function f() {\n  // ${words(115)}\n  // and on\n  return 1;\n}\n`, 2],
  ['behind code', `export const a = [\n  1, // ${words(110)}\n];\n`, 2],
  ['with code in it', `/** ${words(100)} \`${words(30)}\` ${words(90)} */\nexport const a = 1;\n`, 1],
])('%s is found and filled anew, and no word is lost', async (_, code, line) => {
  expect((await lint(code, false)).lines).toEqual([line]);
  const fixed = await lint(code, true);
  expect(fixed.lines).toEqual([]);
  expect(longest(fixed.code)).toBeLessThanOrEqual(110);
  expect(said(fixed.code).sort()).toEqual(said(code).sort());
});

test('lists, tags and indented lines keep their lines', async () => {
  const kept = ' * - an item\n *   and its second line\n *\n *     a table | of lines\n *\n * @throws Error';
  const { code } = await lint(`/**\n * ${words(120)}\n${kept} never\n */\nexport const a = 1;\n`, true);
  expect(code).toContain(kept);
  expect(longest(code)).toBeLessThanOrEqual(110);
});

test('an address cannot be cut, nor may what a tool reads', async () => {
  const address = `/**\n * https://example.org/${'a'.repeat(120)}\n */\nexport const a = 1;\n`;
  expect(await lint(address, true)).toEqual({ lines: [], code: address });
  const directive = `// @ts-expect-error ${words(120)}\nexport const b: string = 1;\n`;
  expect(await lint(directive, true)).toEqual({ lines: [], code: directive });
});

test('a comment that begins with a name of package.json’s imports, # before it, is one like others', async () => {
  expect((await lint(`/** \`#raw/...\` ${words(120)} */\nexport const a = 1;\n`, false)).lines).toEqual([1]);
  const mark = `export const a = /* #__PURE__ ${words(110)} */ f();\n`;
  expect((await lint(mark, false)).lines).toEqual([]);
});

test('scripts of components are read too', async () => {
  const page = `<script lang="ts">\n  // ${words(150)}\n  const a = 1;\n</script>\n\n<p>{a}</p>\n`;
  expect((await lint(page, false, 'src/ui/kit/X.svelte')).lines).toEqual([2]);
});

test('a component’s comments of HTML are filled too, the ones that Svelte reads are not', async () => {
  const page = `<!-- ${words(150)}\n     and on. -->\n<p>{1}</p>\n  <!-- ${words(120)} -->\n<p>{2}</p>\n`;
  expect((await lint(page, false, 'src/ui/kit/X.svelte')).lines).toEqual([1, 4]);
  const fixed = await lint(page, true, 'src/ui/kit/X.svelte');
  expect(fixed.lines).toEqual([]);
  expect(longest(fixed.code)).toBeLessThanOrEqual(110);
  expect(said(fixed.code).sort()).toEqual(said(page).sort());
  const directive = `<!-- svelte-ignore ${words(120)} -->\n<p>{1}</p>\n`;
  expect(await lint(directive, true, 'src/ui/kit/X.svelte')).toEqual({ lines: [], code: directive });
});
