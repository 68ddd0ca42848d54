/** The rule that words of the page stand in the catalogues: what it finds, and what it takes for no words. */
import { ESLint } from 'eslint';
import { expect, test } from 'vitest';

const eslint = new ESLint({
  overrideConfig: { rules: { '@typescript-eslint/no-unused-vars': 'off' } },
});

async function found(filePath: string, code: string): Promise<number> {
  const [result] = await eslint.lintText(code, { filePath });
  const fatal = result!.messages.filter(({ fatal }) => fatal);
  expect(fatal).toEqual([]);
  return result!.messages.filter(({ ruleId }) => ruleId === 'words/in-catalogue').length;
}

test.each([
  ['src/learner/x.ts', "throw new Error('The file is gone.');"],
  ['src/learner/x.ts', "const advice = 'try again';"],
  ['src/ui/lab/x.ts', 'const a = (n: number) => `the server answered ${n}`;'],
  ['src/ui/lab/x.ts', "const a = { text: 'no whole zip' };"],
  ['src/ui/play/X.svelte', '<p>Loading</p>'],
  ['src/ui/play/X.svelte', '<p>加载</p>'],
  ['src/ui/play/X.svelte', '<button aria-label="Close"></button>'],
  ['src/ui/play/X.svelte', "<p>{'Loading the model'}</p>"],
])('%s: %s', async (file, code) => {
  expect(await found(file, code)).toBe(1);
});

test.each([
  ['src/ui/strings/en/x.ts', "const a = 'Loading the model';"],
  ['src/policy/x.ts', "throw new Error('The file is gone.');"],
  ['src/ui/play/x.ts', "const is = (a: string) => a === 'no difference shown';"],
  ['src/ui/play/x.ts', "const a = { 'no difference shown': 1 };"],
  ['src/ui/play/x.ts', "const a = 'one two three'.split(' ');"],
  ['src/ui/play/x.ts', "const font = '12px Inter, sans-serif';"],
  ['src/ui/play/X.svelte', '<p class="plain small" aria-live="polite">{s.a}</p>'],
  ['src/ui/play/X.svelte', '<a href="#csv">CSV</a>\n<style>\n  p {\n    margin: 0;\n  }\n</style>'],
])('and not %s: %s', async (file, code) => {
  expect(await found(file, code)).toBe(0);
});
