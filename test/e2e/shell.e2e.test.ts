/**
 * The frame of the built page, driven as a visitor would, without a model: rooms,
 * languages, recorded runs, links, files brought along, accessibility, phones,
 * budgets, and what is left without a network. Training is in page.e2e.test.ts.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SITE } from '../../scripts/site-build.ts';
import { LANGUAGES } from '../../src/ui/strings/languages.ts';
import { atRest } from './at-rest.ts';
import { seriousProblems } from './axe.ts';
import { clickUntil, nextLocale } from './languages.ts';
import { openSite, type OpenSite } from './site.ts';

const RECORDING = 'coderl-plus-60';
const WAIT = { timeout: 600_000 };

let site: OpenSite;
beforeAll(async () => {
  site = await openSite();
});
afterAll(async () => {
  await site?.close();
});

/** Opens an address in a fresh browser, runs the work, and demands that nothing went wrong on the way. */
async function visit(
  query: string,
  work: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const { page, problems, close } = await site.page({ viewport: { width: 1440, height: 900 }, ...options });
  await page.goto(`${site.url}${query}`);
  await page.getByRole('tabpanel').locator('> *').first().waitFor(WAIT);
  await work(page);
  expect(problems).toEqual([]);
  await close();
}

const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true });
const queryOf = (page: Page) => new URL(page.url()).searchParams;
const still: BrowserContextOptions = { reducedMotion: 'reduce' };

describe('rooms', () => {
  test('the first visit opens Learn and fetches no model', async () => {
    const fetched: string[] = [];
    const { page, close } = await site.page();
    page.on('request', (request) => fetched.push(request.url()));
    await page.goto(site.url);
    await tab(page, 'Learn').and(page.locator('[aria-selected=true]')).waitFor(WAIT);
    await page.waitForLoadState('networkidle');
    expect(fetched.filter((url) => /\.safetensors|\/models\/|\.wasm|pyodide/.test(url))).toEqual([]);
    await close();
  });

  test('are chosen by click and by arrow keys, and by back and forward', async () => {
    await visit('', async (page) => {
      await tab(page, 'Lab').click();
      expect(queryOf(page).get('room')).toBe('lab');
      await tab(page, 'Lab').press('ArrowLeft');
      expect(queryOf(page).get('room')).toBe('play');
      await page.getByRole('toolbar').waitFor(WAIT);
      expect(await tab(page, 'Play').evaluate((element) => element === document.activeElement)).toBe(true);
      await page.goBack();
      await expect.poll(() => tab(page, 'Lab').getAttribute('aria-selected'), WAIT).toBe('true');
      await page.goForward();
      await page.getByRole('toolbar').waitFor(WAIT);
      expect(await page.title()).toMatch(/^Play/);
    });
  });

  test('the last room is opened again on the next visit', async () => {
    await visit('', async (page) => {
      await tab(page, 'Play').click();
      await page.goto(site.url);
      await expect.poll(() => tab(page, 'Play').getAttribute('aria-selected'), WAIT).toBe('true');
    });
  });
});

describe('languages', () => {
  test('the browser’s language is spoken, the others are a click away each, and the choice is remembered', async () => {
    await visit(
      '?room=play',
      async (page) => {
        const lang = () => page.evaluate(() => document.documentElement.lang);
        expect(await lang()).toBe('zh-Hans');
        await page.getByRole('button', { name: /^加载模型/ }).waitFor(WAIT);
        await page.getByRole('button', { name: `语言: ${LANGUAGES[nextLocale('zh')].name}` }).waitFor(WAIT);
        await clickUntil(page, 'en');
        await page.getByRole('button', { name: /Load the model/ }).waitFor(WAIT);
        expect(await lang()).toBe('en');
        await page.reload();
        await page.getByRole('button', { name: /Load the model/ }).waitFor(WAIT);
      },
      { locale: 'zh-CN' },
    );
  });
});

describe('a recorded run', () => {
  const at = (page: Page) => page.getByRole('slider', { name: 'Step of the recording' });

  test('plays by itself, without a model, and is moved by buttons and keys', async () => {
    await visit(`?room=play&run=${RECORDING}`, async (page) => {
      await expect.poll(() => at(page).getAttribute('aria-valuenow'), WAIT).not.toBe('0');
      expect(await page.locator('article').count()).toBeGreaterThan(0);
      await page.getByRole('button', { name: 'Pause', exact: true }).click();
      await at(page).press('End');
      expect(await at(page).getAttribute('aria-valuetext')).toBe('Step 60 of 60');
      await page.getByRole('button', { name: 'One step back' }).click();
      expect(await at(page).getAttribute('aria-valuenow')).toBe('59');
      await at(page).press('Home');
      expect(await at(page).getAttribute('aria-valuenow')).toBe('0');
      expect(await page.locator('article').count()).toBe(0);
      await page.locator('body').press('Space');
      await page.getByRole('button', { name: 'Pause', exact: true }).waitFor(WAIT);
      await page.getByRole('button', { name: 'Train it here' }).click();
      await page.getByRole('button', { name: /Load the model/ }).waitFor(WAIT);
    });
  });

  test('says on what device it was made and when', async () => {
    await visit(
      `?room=play&run=${RECORDING}`,
      async (page) => {
        const about = page.getByRole('toolbar', { name: 'Replay' });
        await expect.poll(() => about.innerText(), WAIT).toMatch(/A real run, made on .+, .*20\d\d/);
        // Less motion: it waits to be played.
        expect(await at(page).getAttribute('aria-valuenow')).toBe('0');
        await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
      },
      still,
    );
  });

  test('that does not exist is an error with advice', async () => {
    await visit('?room=play&run=nothing', async (page) => {
      await expect
        .poll(() => page.getByRole('alert').innerText(), WAIT)
        .toMatch(/What happened[\s\S]*no such recording[\s\S]*What was kept[\s\S]*What to do/);
    });
  });
});

describe('links', () => {
  test('what is loaded, and how large it is, stands there before the click', async () => {
    await visit('?room=play&device=wasm', async (page) => {
      expect(await page.getByRole('button', { name: /Load the model/ }).innerText()).toMatch(/\d+ MB/);
    });
  });

  test('opening a room changes no setting', async () => {
    await visit('?room=play', async (page) => {
      await page.getByRole('slider', { name: 'Reward mix' }).waitFor(WAIT);
      await atRest(page);
      expect([...queryOf(page).keys()]).toEqual(['room']);
    });
  });

  test('a changed knob goes into the link, and the link restores it', async () => {
    await visit(
      '?room=play',
      async (page) => {
        const rate = page.getByRole('slider', { name: 'Learning rate' });
        await rate.press('ArrowLeft');
        await page.getByRole('button', { name: 'Share' }).click();
        await page.getByText('Link copied.').waitFor(WAIT);
        const link = await page.evaluate(() => navigator.clipboard.readText());
        expect(Object.fromEntries(new URL(link).searchParams)).toEqual({
          room: 'play',
          'optimizer.learningRate': '0.003',
          v: '1',
        });
        await page.goto(link);
        await expect.poll(() => rate.getAttribute('aria-valuetext'), WAIT).toBe('0.003');
        await page.getByText('1 setting off the preset').waitFor(WAIT);
      },
      { permissions: ['clipboard-read', 'clipboard-write'] },
    );
  });

  test('settings that make no sense are left out and said', async () => {
    await visit('?room=play&code.groupSize=1', async (page) => {
      expect(await page.getByRole('alert').innerText()).toMatch(/groupSize[\s\S]*What to do/);
    });
  });

  test('hide panels for a lesson; embedded there is no header', async () => {
    await visit('?room=play&hide=knobs,transport&embed', async (page) => {
      await page.getByRole('heading', { name: 'Task' }).waitFor(WAIT);
      expect(await page.getByRole('heading', { name: 'Knobs' }).count()).toBe(0);
      expect(await page.getByRole('toolbar').count()).toBe(0);
      expect(await page.locator('header').count()).toBe(0);
    });
  });
});

describe('files brought along', () => {
  /** Drops a file on the page, as from the desktop. */
  async function drop(page: Page, name: string, content: Buffer | string): Promise<void> {
    const base64 = Buffer.from(content).toString('base64');
    await page.evaluate(
      ([file, data]) => {
        const bytes = Uint8Array.from(atob(data!), (c) => c.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], file!));
        document.body.dispatchEvent(
          new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }),
        );
      },
      [name, base64] as const,
    );
  }

  test('a run log opens in replay, tasks and adapters are offered, anything else is an error', async () => {
    await visit(
      '?room=lab',
      async (page) => {
        await drop(page, 'letter.txt', 'Dear page,');
        await expect
          .poll(() => page.getByRole('alert').innerText(), WAIT)
          .toMatch(/letter\.txt[\s\S]*run logs/);
        const task = { id: 'own', prompt: '# twice x\ndef f(x):', hidden: [['2', '4']], split: 'train' };
        await drop(page, 'tasks.jsonl', JSON.stringify(task));
        await page.getByText('1 task in tasks.jsonl.').waitFor(WAIT);
        expect(await page.getByRole('alert').count()).toBe(0);
        await drop(page, 'broken.jsonl', JSON.stringify({ ...task, hidden: [] }));
        await expect
          .poll(() => page.getByRole('alert').innerText(), WAIT)
          .toMatch(/broken\.jsonl[\s\S]*tests/);
        await drop(page, 'mine.jsonl.gz', await readFile(join(SITE, 'runs', `${RECORDING}.jsonl.gz`)));
        await page.getByRole('slider', { name: 'Step of the recording' }).waitFor(WAIT);
        expect(queryOf(page).get('room')).toBe('play');
      },
      still,
    );
  });

  test('a pasted task is offered', async () => {
    await visit('?room=play', async (page) => {
      await page.evaluate(
        (text) => {
          const data = new DataTransfer();
          data.setData('text/plain', text);
          document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
        },
        JSON.stringify({ id: 'own', prompt: '# twice x\ndef f(x):', hidden: [['2', '4']], split: 'train' }),
      );
      await page.getByText('1 task in pasted text.').waitFor(WAIT);
    });
  });
});

const ROOMS = ['?room=learn', `?room=play`, `?room=play&run=${RECORDING}`, '?room=lab'];

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test.each(ROOMS)('axe finds nothing serious at %s', async (query) => {
    await visit(
      query,
      async (page) => {
        if (query.includes('run=')) {
          await page.getByRole('button', { name: 'One step on' }).click(WAIT);
          await page.locator('article').first().waitFor(WAIT);
        }
        await atRest(page);
        expect(await seriousProblems(page)).toEqual([]);
      },
      { colorScheme, ...still },
    );
  });
});

describe('on a phone', () => {
  test.each(ROOMS)('nothing is cut off sideways at %s', async (query) => {
    await visit(
      query,
      async (page) => {
        await atRest(page);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
        for (const button of await page.locator('header [role=tab]:visible, header button:visible').all()) {
          const box = (await button.boundingBox())!;
          expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(24);
          expect(box.x + box.width).toBeLessThanOrEqual(390);
        }
      },
      { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, ...still },
    );
  });
});

describe('no part lies over another', () => {
  test('in a recorded run', async () => {
    await visit(
      `?room=play&run=${RECORDING}`,
      async (page) => {
        await page.getByRole('button', { name: 'One step on' }).click(WAIT);
        await page.locator('article').first().waitFor(WAIT);
        for (const [width, height] of [
          [1440, 900],
          [1024, 768],
          [390, 844],
        ] as const) {
          await page.setViewportSize({ width, height });
          // Each part of the rollouts, with all that sticks out of it, ends before the next one begins.
          const gaps = await page.locator('#rollouts').evaluate((room) =>
            [...room.children].slice(1).map((next, i) => {
              const own = room.children[i]!;
              const ends = [own, ...own.querySelectorAll('button, input')].map(
                (element) => element.getBoundingClientRect().bottom,
              );
              return next.getBoundingClientRect().top - Math.max(...ends);
            }),
          );
          expect(Math.min(...gaps), `${width}: ${gaps.join(' ')}`).toBeGreaterThanOrEqual(0);
        }
      },
      still,
    );
  });

  test('in the bar of chapters on a phone', async () => {
    await visit(
      '?room=learn',
      async (page) => {
        const links = page.getByRole('navigation', { name: 'Chapters' }).getByRole('link');
        await links.nth(4).click(WAIT);
        await page.locator('nav [aria-current]').waitFor(WAIT);
        for (const link of await links.all())
          expect(await link.evaluate((a) => a.scrollWidth - a.clientWidth)).toBeLessThanOrEqual(0);
      },
      { viewport: { width: 390, height: 844 }, ...still },
    );
  });
});

describe('budgets', () => {
  test('the initial script is at most 200 KB gzipped', async () => {
    const html = await readFile(join(SITE, 'index.html'), 'utf8');
    const seen = new Set<string>();
    const read = async (path: string): Promise<number> => {
      if (seen.has(path)) return 0;
      seen.add(path);
      const source = await readFile(join(SITE, 'assets', path), 'utf8');
      const imports = [...source.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)].map(([, name]) => name!);
      let bytes = gzipSync(source).length;
      for (const name of imports) bytes += await read(name);
      return bytes;
    };
    let total = 0;
    for (const [, path] of html.matchAll(/(?:src|href)="\.\/assets\/([^"]+\.js)"/g))
      total += await read(path!);
    expect(seen.size).toBeGreaterThan(0);
    expect(total).toBeGreaterThan(10_000);
    expect(total).toBeLessThanOrEqual(200_000);
  });
});

describe('the first paint', () => {
  // How soon it comes is a figure of `npm run bench -- --only page`.
  test('asks for the fonts first, then for its room, each once, before it is mounted', async () => {
    const asked: string[] = [];
    await visit(`?room=play&run=${RECORDING}`, async (page) => {
      page.on('request', (request) => asked.push(request.url()));
      await page.reload();
      await page.locator('article').first().waitFor(WAIT);
    });
    const fonts = asked.filter((url) => url.endsWith('.woff2'));
    expect(fonts).toHaveLength(3);
    expect(new Set(fonts).size).toBe(3);
    const at = (what: RegExp): number => asked.findIndex((url) => what.test(url));
    expect(at(/\.woff2$/)).toBeGreaterThan(0);
    expect(at(/\.woff2$/)).toBeLessThan(at(/\/Play-.*\.js$/));
    expect(at(/\/Play-.*\.js$/)).toBeLessThan(at(/runs\/index\.json$/));
  });
});

describe('the second visit', () => {
  test('needs no network: page, large files, isolation and the Python worker’s policy are kept', async () => {
    const { page, close } = await site.page({ serviceWorkers: 'allow' });
    await page.goto(site.url);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await expect
      .poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null), WAIT)
      .toBe(true);
    const python = (await readFile(join(SITE, 'sw.js'), 'utf8')).match(/assets\/python-[^"]+\.js/)![0];
    await page.reload();
    await tab(page, 'Learn').waitFor(WAIT);
    const sizes = (paths: readonly string[]) =>
      page.evaluate(
        (all) => Promise.all(all.map((path) => fetch(path).then(async (r) => (await r.blob()).size))),
        paths,
      );
    const files = ['models/nano/model.safetensors', 'runs/index.json', python];
    const first = await sizes(files);
    await page.context().setOffline(true);
    await page.reload();
    await tab(page, 'Learn').waitFor(WAIT);
    expect(await sizes(files)).toEqual(first);
    expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(true);
    expect(
      await page.evaluate(
        (path) => fetch(path).then((r) => r.headers.get('content-security-policy')),
        python,
      ),
    ).toMatch(/default-src 'none'/);
    await close();
  });
});
