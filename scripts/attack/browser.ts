/**
 * The arena in Chromium: the attack page, built and served like the site, with a page
 * of its own for each arena.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import type { AttackPage } from '../../test/attacks/page/main.ts';
import { launchChromium } from '../built-site.ts';
import { serve } from '../serve.ts';
import { siteHeaders } from '../site-assets.ts';
import type { Arena } from './arena.ts';

declare const attacks: AttackPage;

const ROOT = resolve(import.meta.dirname, '../..');

interface Site {
  readonly browser: Browser;
  readonly url: string;
  close(): Promise<void>;
}

/** Built, served and opened once for all arenas of a process, until the last of them closes. */
let site: Promise<Site> | undefined;
let users = 0;

async function openSite(headers: typeof siteHeaders): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'tracewise-attack-'));
  await build({
    root: join(ROOT, 'test/attacks/page'),
    configFile: join(ROOT, 'vite.config.ts'),
    logLevel: 'error',
    publicDir: false,
    build: { outDir: folder, emptyOutDir: true },
  });
  const browser = await launchChromium();
  const served = await serve(folder, 0, '127.0.0.1', headers);
  return {
    browser,
    url: served.url,
    async close() {
      await browser.close();
      await served.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * @param boundary behind which the programs run; one for all arenas of a process
 * @throws where it is another that holds
 */
export async function openBrowserArena(boundary: 'headers' | 'frame'): Promise<Arena> {
  users += 1;
  const headers = boundary === 'frame' ? () => ({}) : siteHeaders;
  const { browser, url, close } = await (site ??= openSite(headers));
  const page = await browser.newPage();
  await page.goto(url);
  await page.waitForFunction(() => 'attacks' in globalThis);
  const held = await page.evaluate(() => attacks.arena.open());
  if (held !== boundary) throw new Error(`the boundary is "${held}", not "${boundary}"`);
  return {
    judge: (task, program, kind) =>
      page.evaluate((args) => attacks.arena.judge(...args), [task, program, kind] as const),
    trace: (program, args) => page.evaluate((job) => attacks.arena.trace(...job), [program, args] as const),
    longestPause: () => page.evaluate(() => attacks.arena.longestPause()),
    fresh: () => page.evaluate(() => attacks.arena.fresh()),
    async close() {
      await page.close();
      users -= 1;
      if (users === 0) await close();
    },
  };
}
