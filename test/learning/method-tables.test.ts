/** The tables of docs/method.md hold what the registries hold, no more and no less. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ESTIMATORS } from '../../src/learning/advantages.ts';
import { ESTIMATOR_WORDS } from '../../src/learning/estimator-words.ts';
import { OBJECTIVES } from '../../src/learning/objectives/index.ts';

const text = readFileSync(new URL('../../docs/method.md', import.meta.url), 'utf8');

/** Rows of the table whose first heading is `key`, as cells. */
function table(key: string): string[][] {
  const lines = text.slice(text.indexOf(`| \`${key}\``)).split('\n');
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

it('objectives: name, coefficient and source', () => {
  expect(table('loss.objective')).toEqual(
    Object.entries(OBJECTIVES).map(([name, { formula, source }]) => [`\`${name}\``, formula, source]),
  );
});

it('estimators: name, formula and source', () => {
  expect(Object.keys(ESTIMATOR_WORDS)).toEqual(Object.keys(ESTIMATORS));
  expect(table('advantage.estimator')).toEqual(
    Object.entries(ESTIMATOR_WORDS).map(([name, { formula, source }]) => [`\`${name}\``, formula, source]),
  );
});
