/** A report on a phone: its longest line, the link to the page, does not make it wider than the screen. */
import { expect, test } from 'vitest';
import { htmlPage, text } from '../../src/experiment/report/page.ts';

test.each([390, 1000])('nothing is wider than the window, %i pixels wide', async (width) => {
  const link = `https://example.org/?room=lab&${'shared=eval.alignmentRecords%3D200&'.repeat(12)}`;
  const frame = document.createElement('iframe');
  frame.width = String(width);
  frame.srcdoc = htmlPage('en', 'A', [`<h1>A</h1><p><a href="${text(link)}">${text(link)}</a></p>`]);
  const loaded = new Promise((done) => frame.addEventListener('load', done));
  document.body.append(frame);
  await loaded;
  const root = frame.contentDocument!.documentElement;
  expect(root.scrollWidth).toBeLessThanOrEqual(width);
  expect(root.scrollHeight).toBeGreaterThan(60);
  frame.remove();
});
