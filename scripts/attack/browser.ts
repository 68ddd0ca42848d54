/** The arena in Chromium: the attack page, built and served like the site, with a page of its own for each arena. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import type { AttackPage } from '../../test/attacks/page/main.ts';
import { launchChromium } from '../built-site.ts';
import { serve } from '../serve.ts';
import { siteHeaders } from '../site-assets.ts';
import type { Arena } from './arena.ts';

declare const attacks: AttackPage;

const ROOT = resolve(import.meta.dirname, '../..');

export async function openBrowserArena(): Promise<Arena> {
  const folder = await mkdtemp(join(tmpdir(), 'tracewise-attack-'));
  await build({
    root: join(ROOT, 'test/attacks/page'),
    configFile: join(ROOT, 'vite.config.ts'),
    logLevel: 'error',
    publicDir: false,
    build: { outDir: folder, emptyOutDir: true },
  });
  const browser = await launchChromium();
  const served = await serve(folder, 0, '127.0.0.1', siteHeaders);
  const page = await browser.newPage();
  await page.goto(served.url);
  await page.waitForFunction(() => 'attacks' in globalThis);
  await page.evaluate(() => attacks.arena.open());
  return {
    judge: (task, program, kind) =>
      page.evaluate((args) => attacks.arena.judge(...args), [task, program, kind] as const),
    trace: (program, args) => page.evaluate((job) => attacks.arena.trace(...job), [program, args] as const),
    longestPause: () => page.evaluate(() => attacks.arena.longestPause()),
    fresh: () => page.evaluate(() => attacks.arena.fresh()),
    async close() {
      await browser.close();
      await served.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
