import fc from 'fast-check';
import { answered, anyText, damagedText, deepList, disorderedText, fuzz } from '../fuzz.ts';
import { describe, expect, it, test, vi } from 'vitest';
import { RunLogError, eventLine, readRunLog, readRunLogInTurns } from '../../src/experiment/run-log.ts';
import { readdir, readFile } from 'node:fs/promises';
import { presetConfig } from '../../src/experiment/presets.ts';
import { CONFIG_VERSION, createConfig } from '../../src/learning/config.ts';
import { logText } from './log-text.ts';
import type { TrainerEvent } from '../../src/learning/events.ts';

const started: TrainerEvent = {
  type: 'run-started',
  version: 1,
  config: presetConfig('rlvr'),
  model: { name: 'fake', parameters: 1, adapterParameters: 1, rank: 1, contextLength: 64, bytes: 4 },
  tasks: { train: 2, heldout: 1 },
};
const rollouts: TrainerEvent = {
  type: 'rollouts',
  step: 1,
  groups: [
    {
      kind: 'code',
      taskId: 't',
      prompt: 'def f(x):\n',
      rollouts: [
        {
          completion: ' return x\u2028',
          tokens: [1, 2],
          logProbs: [-0.123456789, -1],
          finish: 'eos',
          verdict: 'pass',
          reward: 1,
          rewards: { tests_reward: 1 },
          advantage: 0.5,
        },
      ],
    },
  ],
};
const timing: TrainerEvent = { type: 'timing', step: 1, seconds: { generate: 1.5 } };
const finished: TrainerEvent = { type: 'step-finished', step: 1, metrics: { loss: 0.25 } };

describe('the run log', () => {
  it('gives back the events, log-probabilities to five decimals', async () => {
    const log = await logText([started, rollouts, finished]);
    const { events, torn } = readRunLog(log);
    expect(torn).toBe(false);
    expect(events[0]).toEqual(started);
    expect(events[2]).toEqual(finished);
    expect(JSON.stringify(events[1])).toContain('"logProbs":[-0.12346,-1]');
  });

  it('is read in turns to the same end, and others have theirs meanwhile', async () => {
    const log = await logText([started, ...Array.from({ length: 500 }, () => rollouts), finished]);
    // Every look at the clock finds the turn over, on any machine.
    let clock = 0;
    const now = vi.spyOn(performance, 'now').mockImplementation(() => (clock += 1000));
    let turns = 0;
    const other = setInterval(() => turns++, 0);
    const read = await readRunLogInTurns(log);
    clearInterval(other);
    now.mockRestore();
    expect(read).toEqual(readRunLog(log));
    expect(turns).toBeGreaterThan(0);
    await expect(readRunLogInTurns('nonsense\n')).rejects.toThrow('line 1');
  });

  it('refuses numbers that JSON would lose', () => {
    expect(() => eventLine({ ...finished, metrics: { loss: Number.NaN } })).toThrow(/loss/);
  });

  it('leaves out a last line that was cut off, and says so', async () => {
    const log = await logText([started, finished]);
    expect(readRunLog(log.slice(0, -9))).toEqual({ events: [started], torn: true });
  });

  it.each([
    ['nonsense\n', /line 1: not JSON/],
    ['[]\n', /line 1: not an object/],
    ['{"type":"stepped"}\n', /line 1: unknown event type "stepped"/],
    ['{"type":"step-finished","step":1,"metrics":{"loss":"x"}}\n', /metrics: loss: should be a number/],
    ['{"type":"rollouts","step":1,"groups":[{"kind":"code"}]}\n', /groups: \[0\] taskId: should be a text/],
    ['{"type":"evaluation","step":1,"metrics":{},"intervals":{"a":[1]}}\n', /intervals: a: should be a pair/],
  ])('names the line and the field of %s', (text, message) => {
    expect(() => readRunLog(text)).toThrow(RunLogError);
    expect(() => readRunLog(text)).toThrow(message);
  });

  const read = (text: string): void => {
    const answer = answered(() => readRunLog(text), RunLogError);
    // What was read can be written again, as an export does.
    if ('value' in answer)
      expect(answer.value.events.map(eventLine)).toHaveLength(answer.value.events.length);
  };

  it('answers any text', () => {
    fc.assert(
      fc.property(anyText, (text) => [text, `${text}\n`].forEach(read)),
      fuzz(10_000),
    );
  });

  it('answers a damaged log', async () => {
    const log = await logText([rollouts, finished]);
    fc.assert(fc.property(damagedText(log), read), fuzz(10_000));
  });

  it('answers events in disorder', () => {
    const lines = disorderedText(started, rollouts, finished, timing).map((line) => `${line}\n`);
    fc.assert(fc.property(lines, read), fuzz(10_000));
  });

  it.each([
    '{"type":DEEP}',
    '{"type":"changed","step":1,"key":"a","from":DEEP,"to":1}',
    '{"type":"step-finished","step":1,"metrics":{},"x":DEEP}',
  ])('refuses nesting deeper than a stack: %s', (line) => {
    expect(answered(() => readRunLog(`${line.replace('DEEP', deepList)}\n`), RunLogError)).toHaveProperty(
      'error',
    );
  });
});

describe('versions', () => {
  const logs = new URL('run-logs/', import.meta.url);

  test('a log of every version there was is read, and its settings are settings of today', async () => {
    const names = await readdir(logs);
    expect(names).toContain(`${CONFIG_VERSION}.jsonl`);
    expect(names.map((name) => Number(name.split('.')[0])).sort((a, b) => a - b)).toEqual(
      Array.from({ length: CONFIG_VERSION }, (_, i) => i + 1),
    );
    for (const name of names) {
      const { events, torn } = readRunLog(await readFile(new URL(name, logs), 'utf8'));
      const [started] = events;
      if (started?.type !== 'run-started') throw new Error(`${name} does not begin with a run`);
      expect([torn, started.version]).toEqual([false, CONFIG_VERSION]);
      expect(createConfig(started.config)).toMatchObject(started.config);
      expect(events.at(-1)?.type).toBe('run-finished');
    }
  });

  test('one from a later program is refused by its number, not misread', async () => {
    const text = await readFile(new URL(`${CONFIG_VERSION}.jsonl`, logs), 'utf8');
    const later = text.replace(`"version":${CONFIG_VERSION},`, `"version":${CONFIG_VERSION + 1},`);
    expect(() => readRunLog(later)).toThrow(/line 1: the run was logged in version 2; this program reads 1/);
  });
});
