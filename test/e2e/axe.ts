/** Runs axe on a page as it stands; answers what it finds. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const SOURCE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

const SERIOUS: readonly (string | null)[] = ['serious', 'critical'];

/** One line for each element with a serious or critical problem. */
export const seriousProblems = (page: Page): Promise<readonly string[]> =>
  problemsOf(page, (impact) => SERIOUS.includes(impact));

/**
 * One line for each element with a problem.
 * @param counts by impact; absent: every one
 * @param rules axe's names; absent: all
 */
export async function problemsOf(
  page: Page,
  counts: (impact: string | null) => boolean = () => true,
  rules?: readonly string[],
): Promise<readonly string[]> {
  await page.evaluate(await readFile(SOURCE, 'utf8'));
  const { violations } = await page.evaluate(
    (runOnly) =>
      (globalThis as unknown as { axe: { run: (options: object) => Promise<AxeResult> } }).axe.run(
        runOnly === undefined ? {} : { runOnly },
      ),
    rules,
  );
  return violations
    .filter(({ impact }) => counts(impact))
    .flatMap(({ id, nodes }) =>
      nodes.map(
        ({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} -- ${failureSummary.slice(0, 300)}`,
      ),
    );
}
