/**
 * The attack programs in a real browser, under the boundary that the site ships: all
 * of them in workers whose response carries the policy, and again, as far as escapes
 * and controls go, on a server without headers, where a frame carries it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../../scripts/built-site.ts';
import { serve, type Served } from '../../scripts/serve.ts';
import { isPythonWorker, siteHeaders } from '../../scripts/site-assets.ts';
import type { Attack } from '../attacks/attack.ts';
import { classes, type AttackClass } from '../attacks/index.ts';
import { openLure, type Lure } from '../attacks/listener.ts';
import type { AttackPage } from '../attacks/page/main.ts';

declare const attacks: AttackPage;

/** Milliseconds that the page may ever be kept from its work. */
const longestPause = 10_000;

const ROOT = resolve(import.meta.dirname, '../..');
let folder: string;
let browser: Browser;
let lure: Lure;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tracewise-attacks-'));
  await build({
    root: join(ROOT, 'test/attacks/page'),
    configFile: join(ROOT, 'vite.config.ts'),
    logLevel: 'error',
    publicDir: false,
    build: { outDir: folder, emptyOutDir: true },
  });
  browser = await launchChromium();
  lure = await openLure();
});
afterAll(async () => {
  await browser.close();
  await lure.close();
  await rm(folder, { recursive: true, force: true });
});

const all = Object.keys(classes) as AttackClass[];
const boundaries: readonly (readonly [string, typeof siteHeaders, readonly AttackClass[]])[] = [
  ['headers', siteHeaders, all],
  ['frame', () => ({}), ['escape', 'controls']],
];

describe.each(boundaries)('behind the boundary "%s"', (boundary, headers, names) => {
  let served: Served;
  let page: Page;
  const foreign: string[] = [];
  beforeAll(async () => {
    served = await serve(folder, 0, '127.0.0.1', headers);
    page = await browser.newPage();
    page.on('request', (request) => {
      if (!request.url().startsWith(served.url) && !/^(data|blob|about):/.test(request.url()))
        foreign.push(request.url());
    });
    await page.goto(served.url);
    await page.waitForFunction(() => 'attacks' in globalThis);
  });
  afterAll(async () => {
    await page.close();
    await served.close();
  });

  test('it is the one in force', async () => {
    expect(await page.evaluate(() => attacks.open())).toBe(boundary);
  });

  describe.each(names)('%s', (name) => {
    test.each(classes[name] as readonly Attack[])('$name', async (attack) => {
      const trial = await page.evaluate((aimed) => attacks.run(aimed), lure.aimed(attack));
      expect([attack.verdict].flat()).toContain(trial.verdict);
      expect(trial.reward).toBe({ pass: 1, 'harness-error': null }[trial.verdict as string] ?? 0);
      expect(trial.next, 'the honest program after it').toBe('pass');
      expect(trial.idle, 'the program after that, which does nothing').toBe('wrong');
    });

    test('reached nothing, wrote nothing, held nothing up', async () => {
      expect(lure.heard()).toBe(0);
      expect(foreign).toEqual([]);
      expect(await lure.written()).toEqual([]);
      expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
      expect(await page.evaluate(() => attacks.longestPause())).toBeLessThan(longestPause);
    });
  });
});

test('a site whose own policy lets the worker reach addresses is not taken at its word', async () => {
  const open = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src *";
  const served = await serve(folder, 0, '127.0.0.1', (path) => ({
    ...siteHeaders(path),
    ...(isPythonWorker(path) && { 'Content-Security-Policy': open }),
  }));
  const page = await browser.newPage();
  try {
    await page.goto(served.url);
    await page.waitForFunction(() => 'attacks' in globalThis);
    expect(await page.evaluate(() => attacks.open())).toBe('frame');
  } finally {
    await page.close();
    await served.close();
  }
});
