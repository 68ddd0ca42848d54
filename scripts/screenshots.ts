/**
 * `npm run screenshots`: builds and serves the site, drives its rooms in headless Chromium on
 * WASM and pictures them: wide, middle and narrow, light and dark. With nothing said it makes
 * the few pictures of docs/screenshots; with --all every scene, for someone to look at. Usage:
 * screenshots [--all] [--rooms learn,play,lab,...] [--steps N] [--lab-steps N] [--seeds N]
 * [--logs A.jsonl,B.jsonl,...] [--to FOLDER] [--format webp|png] [--at URL] The Lab trains two arms
 * that differ for certain (--lab-steps, --seeds), or shows the runs whose logs it is given. With --at
 * nothing is built: a site that is served already is pictured. The rooms live, lab-trained and what
 * else trains take minutes; the others need no model.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchChromium, onBuiltSite } from './built-site.ts';
import { scenes, type Scene } from './screenshots/scenes.ts';

const SIZES = { '': [1440, 900], '-1024': [1024, 768], '-390': [390, 844] } as const;
type Size = keyof typeof SIZES;
/** Height of what stays above a chapter, in pixels. */
const HEADERS = 120;
const SCHEMES = ['light', 'dark'] as const;

/** The pictures that the repository keeps: each state of the product, light and dark, some narrow. */
const KEPT = new Set([
  ...['learn', 'learn-390', 'learn-dark', 'learn-390-dark', 'learn-zh', 'learn-zh-390-dark'],
  ...[1, 2, 3, 4, 5, 6].flatMap((n) => [`learn-${n}`, `learn-${n}-dark`]),
  ...['learn-5-390', 'learn-6-390'],
  ...['play-start', 'play-start-dark', 'play-start-390', 'play-zh', 'play-zh-dark'],
  ...['play', 'play-dark', 'play-1024', 'play-390', 'play-390-dark'],
  ...['play-both', 'play-both-dark', 'play-both-390', 'play-reader', 'play-reader-dark'],
  ...['play-prediction', 'play-prediction-dark', 'play-prediction-390'],
  ...['play-compare', 'play-compare-dark', 'play-compare-390', 'play-know', 'play-know-dark'],
  ...['play-running', 'play-trace', 'play-trace-dark'],
  ...['lab', 'lab-dark', 'lab-1024', 'lab-390', 'lab-plan', 'lab-plan-dark', 'report'],
  ...['lecture-failure-1', 'lecture-trace-5', 'lecture-prediction-99', 'lecture-prediction-99-dark'],
  ...['lecture-policy-1', 'lecture-difference-0', 'lecture-difference-0-dark', 'lecture-difference-1'],
  ...['teach', 'teach-dark', 'teach-390', 'error', 'error-dark', 'error-390'],
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
    at: { type: 'string' },
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

/** The page does not wait for its fonts: on a first visit a slow machine draws without them. */
const drawFonts = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    if (document.querySelector('#drawn-fonts') !== null) return;
    const rules = [...document.styleSheets].flatMap((sheet) => {
      const base = sheet.href ?? document.baseURI;
      return [...sheet.cssRules]
        .filter((rule) => rule instanceof CSSFontFaceRule)
        .map(({ cssText }) =>
          cssText
            .replace('optional', 'block')
            .replaceAll(/url\("([^"]+)"\)/g, (_, url: string) => `url("${new URL(url, base).href}")`),
        );
    });
    const style = document.createElement('style');
    style.id = 'drawn-fonts';
    style.textContent = rules.join('\n');
    document.head.append(style);
    for (const font of document.fonts) await font.load().catch(() => undefined);
  });

async function pictures(page: Page, scene: Scene): Promise<void> {
  await drawFonts(page);
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

async function onSite(work: (browser: Browser, url: string) => Promise<void>): Promise<void> {
  if (values.at === undefined) return onBuiltSite(work);
  const browser = await launchChromium();
  try {
    await work(browser, values.at);
  } finally {
    await browser.close();
  }
}

await mkdir(values.to, { recursive: true });
await onSite(async (browser, url) => {
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
