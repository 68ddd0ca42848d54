/** What a task asks for, in the language of the page. Right words come from reading the tasks' own. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { catalogueOf } from '../../../src/ui/strings/index.ts';

const { describe: inChinese } = catalogueOf('zh').tasks;
const { tasks } = JSON.parse(
  readFileSync(new URL('../../../public/tasks/nano.json', import.meta.url), 'utf8'),
) as { tasks: readonly { id: string; prompt: string }[] };

test('every task that comes with nano is said in Chinese', () => {
  const left = tasks.filter(({ id, prompt }) => !/\p{Script=Han}/u.test(inChinese(id, prompt)));
  expect(left.map(({ id }) => id)).toEqual([]);
  const odd = tasks
    .map(({ id, prompt }) => inChinese(id, prompt))
    // Between English words only names and values of the program may be left.
    .filter((said) => /undefined|[a-z]{2,} [a-z]{2,}/i.test(said) || said.trim() !== said);
  expect(odd).toEqual([]);
});

test('every easy task is said in Chinese, a sentence of its own', () => {
  const file = new URL('../../../public/tasks/easy.json', import.meta.url);
  const easy = (
    JSON.parse(readFileSync(file, 'utf8')) as { tasks: readonly { id: string; description: string }[] }
  ).tasks;
  const said = easy.map(({ id, description }) => inChinese(id, description));
  expect(said.filter((text) => !/^(返回|如果).*\p{Script=Han}.*。$/u.test(text))).toEqual([]);
  expect(new Set(said).size).toBe(easy.length);
  expect(inChinese('easy/of my own', 'count the vowels')).toBe('count the vowels');
});

test('constants stand where the task has them', () => {
  const all = tasks.filter(({ id }) => !/clamp/.test(id));
  for (const { id, prompt } of all)
    for (const [, constant] of id.matchAll(/:(\w+)/g)) expect(inChinese(id, prompt), id).toContain(constant);
});

test.each([
  ['list|not equal:2|times:3|sort down', 'xs 中不等于 2 的数各自的 3 倍从大到小排成的列表'],
  [
    'a to b|between:3:2|minus:3|tally',
    '从 a 到 b（含两端）在 2 到 3 之间（含两端）的数各自减去 3 的差各值出现次数的字典',
  ],
  ['letters|consonant|same word|all', 's 中的字符是否全都是辅音字母'],
  ['words|lacks:o|same word|any', "words 中有没有不含 'o' 的字符串"],
  ['zip|first smaller|pair smaller|sum', 'a 与 b 同一位置的数对中第一个数小于第二个的那些各自的较小者的总和'],
  ['branch|positive|times:8|same', '如果 n 大于 0，返回 n 的 8 倍，否则返回 n 本身'],
  ['before|list|not equal:7|product', 'xs 中第一个不等于 7 的数之前的数的乘积'],
  ['run|words|starts with:b', "words 中连续以 'b' 开头的字符串，最长的一段有几个"],
  ['recipe|power:3', 'n 的 3 次方'],
])('%s', (id, said) => expect(inChinese(id, 'english')).toBe(said));

test('what it does not know keeps its own words', () => {
  for (const id of ['own|1', 'HumanEval/0', 'list|newer part:3|same|sum', 'list|constructor|same|sum'])
    expect(inChinese(id, 'count the vowels')).toBe('count the vowels');
  expect(catalogueOf('en').tasks.describe('recipe|power:3', 'n to the power 3')).toBe('n to the power 3');
});
