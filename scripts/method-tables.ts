/**
 * `npx tsx scripts/method-tables.ts`: writes the tables of advantage estimators and objectives into
 * docs/method.md from their registries. A test holds the page to them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ESTIMATOR_WORDS } from '../src/learning/estimator-words.ts';
import { OBJECTIVES } from '../src/learning/objectives/index.ts';

const path = join(import.meta.dirname, '..', 'docs', 'method.md');

/** The page with the rows under the table whose first heading is `key` in place of those that are there. */
function withRows(
  page: string,
  key: string,
  words: Readonly<Record<string, { readonly formula: string; readonly source: string }>>,
): string {
  const lines = page.split('\n');
  const head = lines.findIndex((line) => line.startsWith(`| \`${key}\``));
  if (head < 0) throw new Error(`docs/method.md has no table with the heading ${key}`);
  const length = lines.slice(head + 2).findIndex((line) => !line.startsWith('|'));
  const rows = Object.entries(words).map(
    ([name, { formula, source }]) => `| \`${name}\` | ${formula} | ${source} |`,
  );
  return [...lines.slice(0, head + 2), ...rows, ...lines.slice(head + 2 + length)].join('\n');
}

const page = withRows(
  withRows(readFileSync(path, 'utf8'), 'advantage.estimator', ESTIMATOR_WORDS),
  'loss.objective',
  OBJECTIVES,
);
writeFileSync(path, await format(page, { ...(await resolveConfig(path)), filepath: path }));
