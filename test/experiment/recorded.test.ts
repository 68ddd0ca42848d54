import { gzipSync } from 'node:zlib';
import { readFile, stat } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readRecording,
  readRecordingList,
  RecordingError,
  recordingText,
  stepsOf,
  type Recording,
} from '../../src/experiment/recorded.ts';
import { nearestPreset, presetConfig } from '../../src/experiment/presets.ts';
import { spread, compactLog, withTimes } from '../../src/experiment/compact-log.ts';
import type { TrainerEvent } from '../../src/learning/events.ts';
import { createConfig } from '../../src/learning/config.ts';
import { script } from '../ui/session/fake-learner.ts';

const config = createConfig({ steps: 3, 'eval.every': 1, 'code.prompts': 3, 'alignment.prompts': 2 });
const events: readonly TrainerEvent[] = [...script(config)].filter(({ type }) => type !== 'timing');
const thinned = { logProbDecimals: 3, tokenSteps: null, groupsPerKind: null };
const recording: Omit<Recording, 'torn'> = {
  manifest: {
    version: 1,
    id: 'three',
    title: { en: 'Three steps', zh: '三步' },
    device: 'a test',
    date: '2026-01-01T00:00:00.000Z',
    command: 'run',
    config: { steps: 3 },
    model: 'fake',
    steps: 3,
    before: null,
    after: null,
    seconds: null,
    thinned,
  },
  events,
  tasks: [
    {
      id: 't',
      description: 'd',
      prompt: '# d\ndef f(x):',
      entryPoint: 'f',
      visible: [{ args: '1', expected: '2' }],
      hidden: [],
      split: 'train',
      tags: [],
    },
  ],
  pieces: { 4: ' x' },
};

describe('a recording', () => {
  it('is read back as it was written, gzipped or plain', async () => {
    const text = recordingText(recording);
    for (const content of [text, gzipSync(text), new TextEncoder().encode(text)])
      expect(await readRecording(content, 'three.jsonl.gz')).toEqual({ ...recording, torn: false });
  });

  it('without a header is a run log', async () => {
    const { manifest, events: read } = await readRecording(
      recordingText({ ...recording, manifest: null }),
      'run.jsonl',
    );
    expect(manifest).toBeNull();
    expect(read).toEqual(events);
  });

  it.each([
    ['nonsense', 'not JSON'],
    ['{"type":"recording","version":9}\n', 'version 9'],
    ['{"type":"step-finished","step":1,"metrics":{}}\n', 'does not begin with a run'],
  ])('that is none is refused with advice: %s', async (text, problem) => {
    const refused = await readRecording(text, 'x.jsonl').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RecordingError);
    expect((refused as RecordingError).message).toContain(problem);
    expect((refused as RecordingError).advice).not.toBe('');
  });

  it('cut off anywhere in its last line loses that line and nothing else', async () => {
    const text = recordingText(recording);
    const lastLine = text.trimEnd().lastIndexOf('\n') + 1;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: lastLine + 1, max: text.length - 3 }), async (end) => {
        const { torn, events: read } = await readRecording(text.slice(0, end), 'cut');
        expect(torn).toBe(true);
        expect(read).toEqual(events.slice(0, -1));
      }),
      { numRuns: 20 },
    );
  });
});

describe('thinning', () => {
  const rollouts = (all: readonly TrainerEvent[]) => all.filter((event) => event.type === 'rollouts');

  it('touches nothing but rollouts, and of these only tokens and log-probabilities', () => {
    const thin2 = compactLog(events, { logProbDecimals: 1, tokenSteps: [2], groupsPerKind: null });
    expect(thin2.filter(({ type }) => type !== 'rollouts')).toEqual(
      events.filter(({ type }) => type !== 'rollouts'),
    );
    for (const [i, event] of rollouts(thin2).entries()) {
      const whole = rollouts(events)[i]!;
      expect(event.groups).toHaveLength(whole.groups.length);
      for (const [g, group] of event.groups.entries())
        for (const [r, rollout] of group.rollouts.entries()) {
          const before = whole.groups[g]!.rollouts[r]!;
          expect({ ...rollout, tokens: 0, logProbs: 0 }).toEqual({ ...before, tokens: 0, logProbs: 0 });
          expect(rollout.tokens.length).toBe(event.step === 2 ? before.tokens.length : 0);
        }
    }
  });

  it('keeps the first groups of each kind in the other steps', () => {
    const few = rollouts(compactLog(events, { ...thinned, tokenSteps: [1], groupsPerKind: 1 }));
    expect(few.map(({ groups }) => groups.length)).toEqual([
      rollouts(events)[0]!.groups.length,
      ...rollouts(events)
        .slice(1)
        .map(({ groups }) => new Set(groups.map(({ kind }) => kind)).size),
    ]);
  });

  it('puts times back after the step or the evaluation they belong to', () => {
    const times = events.flatMap((event): TrainerEvent[] =>
      event.type === 'step-finished'
        ? [{ type: 'timing', step: event.step, seconds: { step_time: 1 } }]
        : event.type === 'evaluation'
          ? [{ type: 'timing', step: event.step, seconds: { 'time/evaluate': 2 } }]
          : [],
    );
    const all = withTimes(events, times);
    expect(all).toHaveLength(events.length + times.length);
    all.forEach((event, i) => {
      if (event.type !== 'timing') return;
      const before = all[i - 1]!;
      expect(before).toMatchObject({
        type: 'step_time' in event.seconds ? 'step-finished' : 'evaluation',
        step: event.step,
      });
    });
  });

  it('spreads kept steps from the first to the last', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 500 }), fc.integer({ min: 2, max: 30 }), (steps, count) => {
        const kept = spread(steps, count);
        expect([kept[0], kept.at(-1)]).toEqual([1, steps]);
        expect(kept).toHaveLength(Math.min(steps, count));
      }),
    );
  });
});

describe('the recordings that ship with the site', async () => {
  const folder = new URL('../../public/runs/', import.meta.url);
  const listed = readRecordingList(await readFile(new URL('index.json', folder), 'utf8'), 'index.json');

  it.each(listed)('$id is as large as listed, at most 1 MB, and what its manifest says', async (entry) => {
    const path = new URL(entry.file, folder);
    expect((await stat(path)).size).toBe(entry.bytes);
    expect(entry.bytes).toBeLessThanOrEqual(1_000_000);
    const { manifest, events: read, tasks, torn } = await readRecording(await readFile(path), entry.file);
    const { file: _, bytes: __, ...listedManifest } = entry;
    // The list is fetched by everyone; the example is in the recording alone.
    const { story: ___, ...listable } = manifest!;
    expect(listable).toEqual(listedManifest);
    expect(torn).toBe(false);
    expect(stepsOf(read)).toBe(entry.steps);
    const started = read[0]!;
    // Settings that came later have no say in an old run.
    if (started.type === 'run-started') expect(createConfig(entry.config)).toMatchObject(started.config);
    const known = new Set(tasks.map(({ id }) => id));
    for (const event of read)
      if (event.type === 'rollouts')
        for (const group of event.groups)
          expect(known).toContain(group.kind === 'code' ? group.taskId : group.record.taskId);
  });
});

describe('the nearest preset', () => {
  it('is the one with the fewest changes', () => {
    const changed = presetConfig('coderl-plus', { steps: 7, seed: 3 });
    const { name, changes } = nearestPreset(changed);
    expect(name).toBe('coderl-plus');
    expect(changes.map(({ key }) => key)).toEqual(['seed', 'steps']);
  });
});
