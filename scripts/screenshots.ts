/**
 * `npm run screenshots`: builds and serves the site, drives its rooms in headless Chromium on
 * WASM and pictures them: wide, middle and narrow, light and dark. With nothing said it makes
 * the few pictures of docs/screenshots; with --all every scene, for someone to look at. Usage:
 * screenshots [--all] [--rooms learn,play,lab,...] [--steps N] [--lab-steps N] [--seeds N]
 * [--logs A.jsonl,B.jsonl,...] [--to FOLDER] [--format webp|png] The Lab trains two arms that
 * differ for certain (--lab-steps, --seeds), or shows the runs whose logs it is given.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Locator, Page } from 'playwright-core';
import { onBuiltSite } from './built-site.ts';
import { scenes, type Scene } from './screenshots/scenes.ts';

const SIZES = { '': [1440, 900], '-1024': [1024, 768], '-390': [390, 844] } as const;
type Size = keyof typeof SIZES;
/** Height of what stays above a chapter, in pixels. */
const HEADERS = 120;
const SCHEMES = ['light', 'dark'] as const;

/** The pictures that the repository keeps: enough to see each room, each size and both schemes. */
const KEPT = new Set([
  ...['learn', 'learn-390', 'learn-dark', 'learn-zh', 'learn-3'],
  ...['play', 'play-dark', 'play-1024', 'play-390', 'play-390-dark', 'play-zh'],
  ...['play-running', 'play-trace', 'play-prediction', 'play-prediction-dark', 'play-compare'],
  ...['lab-start', 'lab-start-dark', 'lab', 'lab-dark', 'lab-1024'],
]);

const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    rooms: { type: 'string' },
    steps: { type: 'string', default: '8' },
    'lab-steps': { type: 'string', default: '12' },
    seeds: { type: 'string', default: '4' },
    logs: { type: 'string' },
    to: { type: 'string', default: 'docs/screenshots' },
    format: { type: 'string', default: 'webp' },
  },
});
const rooms = scenes({
  steps: Number(values.steps),
  labSteps: Number(values['lab-steps']),
  seeds: Number(values.seeds),
  logs: values.logs?.split(',') ?? [],
});
const wanted = values.rooms?.split(',') ?? Object.keys(rooms);
for (const room of wanted) {
  if (rooms[room] === undefined)
    throw new Error(`There is no room ${room}: choose from ${Object.keys(rooms).join(', ')}.`);
}

/** Playwright writes no WebP; the protocol does, at a third of the size. */
async function picture(page: Page, name: string): Promise<void> {
  const path = `${values.to}/${name}.${values.format}`;
  if (values.format === 'png') {
    await page.screenshot({ path });
    return;
  }
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 82 });
  await writeFile(path, Buffer.from(data, 'base64'));
  await session.detach();
}

/**
 * A window as high as the part and what stays above it, scrolled to the part: the
 * page scrolls inside itself, so no picture of it all is to be had.
 */
async function makeRoom(page: Page, part: Locator, width: number): Promise<void> {
  const { height } = (await part.boundingBox())!;
  await page.setViewportSize({ width, height: Math.ceil(height) + HEADERS });
  await part.evaluate((element) => element.scrollIntoView({ behavior: 'instant', block: 'start' }));
}

async function pictures(page: Page, scene: Scene): Promise<void> {
  const sizes = (scene.moves === true ? [''] : Object.keys(SIZES)) as readonly Size[];
  for (const scheme of scene.moves === true ? (['light'] as const) : SCHEMES) {
    for (const size of sizes) {
      const name = `${scene.name}${size}${scheme === 'dark' ? '-dark' : ''}`;
      if (!values.all && !KEPT.has(name)) continue;
      const [width, height] = SIZES[size];
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height });
      if (scene.part !== undefined) await makeRoom(page, scene.part(page), width);
      await page.waitForTimeout(500);
      await picture(page, name);
      console.log(name);
    }
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'no-preference' });
  await page.setViewportSize({ width: 1440, height: 900 });
}

await mkdir(values.to, { recursive: true });
await onBuiltSite(async (browser, url) => {
  for (const room of wanted) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    for (const scene of rooms[room]!) {
      await scene.reach(page, url);
      await pictures(page, scene);
    }
    await context.close();
  }
});
