/**
 * `tracewise report`: one HTML file of a run, of several runs, of a study; what it
 * says follows from the logs.
 */
import { gunzipSync, strFromU8 } from 'fflate';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tracewise } from './command-line.ts';

const RUNS = new URL('../../public/runs/', import.meta.url);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tracewise-report-'));
  for (const name of ['rlvr-60', 'coderl-plus-60']) {
    const text = strFromU8(gunzipSync(new Uint8Array(await readFile(new URL(`${name}.jsonl.gz`, RUNS)))));
    // The recording's header is no event.
    await writeFile(join(folder, `${name}.jsonl`), text.slice(text.indexOf('\n') + 1));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
/** Nothing in it is fetched or run. */
function standsAlone(html: string): void {
  expect(html).toMatch(/^<!doctype html>/);
  expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(/i);
  expect(html).toContain("default-src 'none'");
}

describe('report', () => {
  test('of one run: before and after with intervals, curves, settings, seed and command', async () => {
    const { code } = await tracewise([
      'report',
      '--run',
      at('coderl-plus-60.jsonl'),
      '--out',
      at('run.html'),
    ]);
    expect(code).toBe(0);
    const html = await readFile(at('run.html'), 'utf8');
    standsAlone(html);
    // public/runs/index.json has the same numbers from the same run.
    expect(html).toMatch(/Held-out pass@1<\/th><td>33\.3 % \[[\d.]+ %, [\d.]+ %\]<\/td><td>61\.5 %/);
    expect(html.match(/<svg /g)!.length).toBeGreaterThanOrEqual(6);
    expect(html).toContain('--preset coderl-plus --seed 51 --steps 60');
  });

  test('of several: arms by their settings, every seed, both settings side by side', async () => {
    const logs = ['rlvr-60.jsonl', 'coderl-plus-60.jsonl'].flatMap((name) => ['--run', at(name)]);
    const { code } = await tracewise([
      ...['report', ...logs, '--out', at('two.html'), '--hypothesis', 'Is <b>it</b> better?'],
    ]);
    expect(code).toBe(0);
    const html = await readFile(at('two.html'), 'utf8');
    standsAlone(html);
    expect(html).toContain('Is &#60;b&#62;it&#60;/b&#62; better?');
    expect(html).toMatch(/<th scope="row">alignment\.prompts<\/th><td>0<\/td><td>16<\/td>/);
    // One seed shows no difference, however large.
    expect(html).toContain('no difference shown');
    expect(html).not.toMatch(/is higher than/);
    expect(html).toContain('npm run study -- --arm rlvr=rlvr --arm coderl-plus=coderl-plus --seeds 51');
  });

  test('of the shipped study: its ten runs and Holm’s p', async () => {
    const study = new URL('study.json', RUNS).pathname;
    const { code } = await tracewise(['report', '--study', study, '--out', at('study.html')]);
    expect(code).toBe(0);
    const html = await readFile(at('study.html'), 'utf8');
    standsAlone(html);
    expect(html).toContain('Execution accuracy: coderl-plus is higher than rlvr.');
    for (const seed of [51, 52, 53, 54, 55]) expect(html).toContain(`<td>${seed}</td>`);
    expect(html).toContain('t test p after Holm');
  });

  test.each([
    [['--run', 'nowhere.jsonl'], /nowhere\.jsonl/],
    [[], /give --run LOG, or --study FILE/],
    [['--run', 'rlvr-60.jsonl', '--run', 'rlvr-60.jsonl'], /are the same run: rlvr, seed 51/],
  ])('refuses %j with one line', async (args, reason) => {
    const named = args.map((arg) => (arg.endsWith('.jsonl') ? at(arg) : arg));
    const { code, progress } = await tracewise(['report', ...named, '--out', at('none.html')]);
    expect(code).toBe(2);
    expect(progress.join('\n')).toMatch(reason);
  });
});
