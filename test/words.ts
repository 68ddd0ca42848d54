/**
 * The words of the page for tests of it: every part of every language, as a page has them that has shown
 * everything. Tests of other folders need none and wait for none.
 */
import { expect } from 'vitest';

if (expect.getState().testPath?.includes('/test/ui/') === true) {
  const { loadLanguage, LOCALES, wantWords } = await import('../src/ui/strings/index.ts');
  await wantWords('glossary', 'lab', 'learn', 'lecture', 'settings', 'tasks', 'teach');
  await Promise.all(LOCALES.map(loadLanguage));
}
