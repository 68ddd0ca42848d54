/**
 * The tables of the present run, cell by cell: what each command does in each
 * situation, and what ends with a run for each reason.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { until } from '../../until.ts';
import { createConfig } from '../../../src/learning/config.ts';
import { Present } from '../../../src/ui/session/present.svelte.ts';
import { Session } from '../../../src/ui/session/session.svelte.ts';
import {
  ALLOWED,
  REPLACEMENTS,
  SITUATIONS,
  type SessionCommand,
  type Part,
  type Reason,
  type Situation,
} from '../../../src/ui/session/transitions.ts';
import type { Learner } from '../../../src/learner/protocol.ts';
import { FakeLearner, fakeTask } from './fake-learner.ts';

/** A learner that never answers a load by itself, and counts what it is told. */
class Told extends FakeLearner {
  readonly calls: string[] = [];
  constructor() {
    super();
    const counted: readonly (keyof Learner)[] = [
      ...([
        'load',
        'start',
        'pause',
        'halt',
        'skipMeasuring',
        'step',
        'reset',
        'resume',
        'importRun',
        'adopt',
        'change',
      ] as const),
    ];
    for (const name of counted)
      vi.spyOn(this as Learner, name as 'start').mockImplementation(async () => {
        this.calls.push(name);
        return null as never;
      });
    vi.spyOn(this as Learner, 'ask').mockImplementation(async () => {
      this.calls.push('ask');
      return { value: true } as never;
    });
  }
}

const MODEL = {
  info: {
    name: 'nano',
    parameters: 1,
    adapterParameters: 1,
    rank: 8,
    contextLength: 256,
    device: 'WASM',
    bytes: 1,
  },
  pythonWorkers: 1,
  boundary: 'headers' as const,
  tasks: { train: 1, heldout: 1 },
};

/** A session in a situation, brought there by what the learner says. */
async function brought(situation: Situation): Promise<{ session: Session; learner: Told }> {
  const learner = new Told();
  const session = new Session({
    connect: () => ({ learner, end: () => undefined, onFailure: () => undefined }),
    base: 'http://localhost/',
    device: 'wasm',
    given: { steps: 3 },
  });
  const ready = async (): Promise<void> => {
    void session.load();
    await until(() => expect(learner.calls).toContain('load'));
    session.take({ type: 'ready', model: MODEL });
  };
  switch (situation) {
    case 'empty':
      break;
    case 'loading':
      void session.load();
      await until(() => expect(learner.calls).toContain('load'));
      break;
    case 'failed': {
      void session.load();
      await until(() => expect(learner.calls).toContain('load'));
      const error = { code: 'load' as const, name: 'E', message: 'm', kept: null, advice: null };
      session.take({ type: 'failed', during: 'load', error });
      break;
    }
    case 'reader':
      session.savedRun.isReader = true;
      break;
    case 'leased':
      await ready();
      await session.lease(session.knobs.config, () => undefined);
      break;
    case 'can-go-on':
      await ready();
      session.take({ type: 'event', event: { type: 'run-finished', step: 3, reason: 'stopped' } });
      session.take({ type: 'transport', state: 'finished' });
      break;
    case 'finished':
      await ready();
      session.take({ type: 'event', event: { type: 'step-finished', step: 3, metrics: {} } });
      session.take({ type: 'event', event: { type: 'run-finished', step: 3, reason: 'steps-done' } });
      session.take({ type: 'transport', state: 'finished' });
      break;
    default:
      await ready();
      session.take({ type: 'transport', state: situation });
  }
  learner.calls.length = 0;
  return { session, learner };
}

const DO: Readonly<Record<SessionCommand, (session: Session) => unknown>> = {
  load: (session) => session.load(),
  'choose-model': (session) => session.choose(null),
  start: (session) => session.toggle(),
  pause: (session) => session.toggle(),
  halt: (session) => session.toggle(),
  'skip-measuring': (session) => session.skipMeasuring(),
  step: (session) => session.oneStep(),
  reset: (session) => session.reset(),
  'take-up': (session) => session.resume(),
  adopt: (session) => session.adopt({ name: 'a', bytes: Uint8Array.of(1), rank: 8 }),
  'add-task': (session) => session.ask({ ask: 'add-task', task: fakeTask('t') }),
  change: (session) => session.set([{ key: 'kl.coefficient', value: 0.5 }]),
};

/**
 * What the learner is told first, `-` where it is nothing; situations across, in the
 * order of SITUATIONS. Start, pause and a pause that is forced are one key: the space bar.
 */
const CELLS: Readonly<Record<SessionCommand, readonly string[]>> = {
  // empty, loading, failed, idle, running, stepping, stopping, paused, finished, can-go-on, lent, reader
  load: ['load', '-', 'load', 'load', 'load', 'load', 'load', 'load', 'load', 'load', 'load', 'load'],
  'choose-model': ['load', '-', 'load', 'load', '-', '-', '-', 'load', 'load', 'load', '-', 'load'],
  start: ['-', '-', '-', 'start', 'pause', 'pause', 'halt', 'start', '-', 'start', '-', '-'],
  pause: ['-', '-', '-', 'start', 'pause', 'pause', 'halt', 'start', '-', 'start', '-', '-'],
  halt: ['-', '-', '-', 'start', 'pause', 'pause', 'halt', 'start', '-', 'start', '-', '-'],
  'skip-measuring': [
    '-',
    '-',
    '-',
    '-',
    'skipMeasuring',
    'skipMeasuring',
    'skipMeasuring',
    '-',
    '-',
    '-',
    '-',
    '-',
  ],
  step: ['-', '-', '-', 'step', '-', '-', '-', 'step', '-', 'step', '-', '-'],
  reset: ['-', '-', '-', 'reset', 'reset', 'reset', '-', 'reset', 'reset', 'reset', '-', '-'],
  'take-up': ['load', '-', 'load', 'resume', '-', '-', '-', 'resume', 'resume', 'resume', '-', '-'],
  adopt: ['-', '-', '-', 'adopt', 'adopt', 'adopt', 'adopt', 'adopt', 'adopt', 'adopt', '-', '-'],
  'add-task': ['-', '-', '-', 'ask', 'ask', 'ask', 'ask', 'ask', 'ask', 'ask', '-', '-'],
  change: ['-', '-', '-', 'change', 'change', 'change', 'change', 'change', 'change', 'change', '-', '-'],
};

describe.each(Object.keys(CELLS) as SessionCommand[])('%s', (command) => {
  test.each(SITUATIONS.map((situation, i) => [situation, CELLS[command][i]!] as const))(
    'in %s tells the learner: %s',
    async (situation, told) => {
      const { session, learner } = await brought(situation);
      expect(session.situation).toBe(situation);
      void Promise.resolve(DO[command](session)).catch(() => undefined);
      if (told === '-') {
        // Whatever it would do, it does within a few turns of the event loop.
        for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve));
        expect(learner.calls).toEqual([]);
      } else await until(() => expect(learner.calls).toEqual([told]));
    },
  );
});

test('a run asked for while the model is loading is taken up once it is there', async () => {
  const { session, learner } = await brought('loading');
  session.resume();
  session.take({ type: 'ready', model: MODEL });
  await until(() => expect(learner.calls).toEqual(['resume']));
});

describe.each(Object.keys(ALLOWED) as SessionCommand[])('the row of %s', (command) => {
  const rows = ALLOWED as Record<SessionCommand, readonly Situation[]>;
  const row = rows[command];
  afterEach(() => void (rows[command] = row));

  // Start and pause are one key: what it does where it starts is the other row's.
  test.each(row.filter((situation) => CELLS[command][SITUATIONS.indexOf(situation)] !== '-'))(
    'is what takes it in %s: without its row nothing is told',
    async (situation) => {
      const { session, learner } = await brought(situation);
      rows[command] = [];
      void Promise.resolve(DO[command](session)).catch(() => undefined);
      for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve));
      expect(learner.calls).toEqual([]);
    },
  );
});

describe('another run becomes the present one', () => {
  const ENDS: Readonly<Record<Reason, readonly Part[]>> = {
    loaded: ['adapter', 'story', 'opened', 'error', 'stored', 'unfinished'],
    'load-stopped': ['configuration'],
    fitted: ['adapter'],
    reset: ['adapter', 'story', 'opened', 'error', 'stored', 'rescued', 'unfinished'],
    adopted: ['adapter', 'recording', 'story', 'opened', 'error', 'stored', 'rescued'],
    'taken-up': ['adapter', 'recording', 'story', 'opened'],
    'looked-at': ['story', 'opened'],
    leased: ['adapter', 'story', 'opened', 'error'],
    reconnected: [],
  };

  /** A run with all parts, and which of them have ended. */
  function whole(): { readonly present: Present; readonly ended: () => readonly Part[] } {
    const told = new Set<Part>();
    const present = new Present({
      opened: () => void told.add('opened'),
      recording: () => void told.add('recording'),
      stored: () => void told.add('stored'),
    });
    present.replace('adopted', { config: createConfig(), adopted: { name: 'old', bytes: Uint8Array.of(1) } });
    told.clear();
    present.story.take({ type: 'step-finished', step: 4, metrics: {} });
    present.fail({ name: 'E', message: 'm', kept: 'k', advice: 'a' });
    present.rescue(Uint8Array.of(1));
    present.interrupt('running');
    const ended = (): readonly Part[] => [
      ...told,
      ...(present.config === null ? (['configuration'] as const) : []),
      ...(present.adopted === null ? (['adapter'] as const) : []),
      ...(present.story.step === 0 ? (['story'] as const) : []),
      ...(present.error === null ? (['error'] as const) : []),
      ...(present.rescued === null ? (['rescued'] as const) : []),
      ...(present.unfinished === null ? (['unfinished'] as const) : []),
    ];
    return { present, ended };
  }

  test.each(Object.keys(ENDS) as Reason[])('%s ends what its row says and keeps the rest', (reason) => {
    const { present, ended } = whole();
    present.moved('running');
    present.replace(reason);
    expect([...ended()].sort()).toEqual([...ENDS[reason]].sort());
    expect(present.transport).toBe(REPLACEMENTS[reason].transport ?? 'running');
  });

  test('its configuration is the next run’s, and a run from an adapter keeps that to begin again from', () => {
    const { present } = whole();
    const config = createConfig({ steps: 7 });
    const adopted = { name: 'a', bytes: Uint8Array.of(1) };
    present.replace('adopted', { config, adopted });
    expect([present.config, present.adopted]).toEqual([config, adopted]);
    present.replace('reset', { config });
    expect(present.adopted).toBeNull();
  });

  const source = (path: string): string => readFileSync(path, 'utf8');
  const files = readdirSync('src/ui/session')
    .filter((name) => name.endsWith('.ts') && !/^(present|transitions)\./.test(name))
    .map((name) => `src/ui/session/${name}`);

  test.each(Object.keys(REPLACEMENTS))('somebody replaces it because it is %s', (reason) => {
    expect(files.filter((path) => source(path).includes(`present.replace('${reason}'`))).toHaveLength(1);
  });

  test('nobody writes to it from outside', () => {
    const writable = Object.entries(Object.getOwnPropertyDescriptors(Present.prototype)).filter(
      ([, { set }]) => set !== undefined,
    );
    expect(writable).toEqual([]);
    expect(Object.keys(whole().present)).toEqual(['story']);
  });
});

describe('the visit', () => {
  test('what another tab has stored is shown in place of what was there', async () => {
    const journal = [
      { type: 'step-finished', step: 2, metrics: { reward: 0.5 } },
      { type: 'step-finished', step: 3, metrics: { reward: 1 } },
    ];
    const saved = { step: 3, steps: 9, seed: 1, savedAt: 0 };
    const session = new Session({
      connect: () => ({ learner: new Told(), end: () => undefined, onFailure: () => undefined }),
      base: 'http://localhost/',
      device: 'wasm',
      storage: {
        look: async () => saved,
        read: async () =>
          ({ journal: journal.map((event) => `${JSON.stringify(event)}\n`).join('') }) as never,
        discard: async () => undefined,
        isTaken: async () => true,
        take: async () => false,
        whenFree: () => new Promise<void>(() => undefined),
      },
    });
    session.live.take({ type: 'step-finished', step: 8, metrics: { reward: 0 } });
    await session.look();
    expect(session.live.step).toBe(3);
    expect(session.live.series.steps).toEqual([2, 3]);
  });
});
