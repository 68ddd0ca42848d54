/** Which runs of a study's folder are whole, and so are not made again. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outcomeIn, runsOf } from '../../scripts/study/runs.ts';
import { eventLine } from '../../src/experiment/run-log.ts';
import { presetConfig } from '../../src/experiment/presets.ts';
import type { TrainerEvent } from '../../src/learning/events.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'study-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const arm = (name: string) => ({ name, preset: 'rlvr' as const, overrides: {} });
const experiment = { title: 't', arms: [arm('a'), arm('b')], seeds: [1, 2], overrides: {} };
const measured = (step: number, share: number): TrainerEvent => ({
  type: 'evaluation',
  step,
  metrics: { 'eval_heldout/pass@1': share },
  intervals: {},
});
const log = (reason: 'steps-done' | 'stopped'): string =>
  [
    {
      type: 'run-started',
      version: 1,
      config: presetConfig('rlvr'),
      model: { name: 'fake', parameters: 1, adapterParameters: 1, rank: 1, contextLength: 64, bytes: 4 },
      tasks: { train: 2, heldout: 1 },
    } satisfies TrainerEvent,
    measured(0, 0.25),
    measured(1, 0.5),
    { type: 'run-finished', step: 1, reason } satisfies TrainerEvent,
  ]
    .map((event) => `${eventLine(event)}\n`)
    .join('');

describe('the runs of a study', () => {
  it('have whole pairs first', () => {
    const names = runsOf(experiment, 'out').map(({ stem }) => stem);
    expect(names).toEqual(['a.1', 'b.1', 'a.2', 'b.2'].map((name) => join('out', name)));
  });

  it('are whole with a log that came to its end', () => {
    const [whole, stopped, none] = runsOf(experiment, folder);
    writeFileSync(`${whole!.stem}.jsonl`, log('steps-done'));
    writeFileSync(`${stopped!.stem}.jsonl`, log('stopped'));
    expect(outcomeIn(whole!)).toMatchObject({
      arm: 'a',
      seed: 1,
      before: { 'eval_heldout/pass@1': 0.25 },
      after: { 'eval_heldout/pass@1': 0.5 },
    });
    // A run that was told to end wrote what it had: it is made again.
    expect(outcomeIn(stopped!)).toBeNull();
    expect(outcomeIn(none!)).toBeNull();
  });
});
