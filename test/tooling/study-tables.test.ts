/** Tables of a study from a summary alone, as `npm run study -- --from-summary` has it. */
import { expect, it } from 'vitest';
import { readSummary } from '../../scripts/study/picture.ts';
import { markdownTables } from '../../scripts/study/tables.ts';

it('have a p after Holm in every row, though the summary was written before there was one', () => {
  const summary = readSummary('public/runs/study.json');
  const rows = markdownTables(summary)
    .split('\n')
    .filter((line) => line.startsWith('| eval_') && line.split('|').length === 8)
    .map((line) => line.split('|').map((cell) => cell.trim()));
  expect(rows).toHaveLength(summary.comparisons.length);
  for (const cells of rows) expect(cells[5]).toMatch(/^(< 0\.001|[01]\.\d{3})$/);
  // Holm: the smallest p times the number of measures, and no p below the one before it.
  const adjusted = summary.comparisons.map(({ adjustedP }) => adjustedP!);
  const plain = summary.comparisons.map(({ p }) => p!);
  const order = plain.map((_, i) => i).sort((a, b) => plain[a]! - plain[b]!);
  expect(adjusted[order[0]!]).toBeCloseTo(Math.min(1, plain.length * plain[order[0]!]!), 12);
  order.slice(1).forEach((at, i) => expect(adjusted[at]).toBeGreaterThanOrEqual(adjusted[order[i]!]!));
});
