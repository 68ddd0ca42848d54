/**
 * The table of the present run, cell by cell: what each command does in each situation, what ends with each
 * transition and what is kept. All of it is asked of a session, by what the learner, the store and the page
 * are told.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { until } from '../../until.ts';
import { createConfig, type Config } from '../../../src/learning/config.ts';
import { Present } from '../../../src/ui/session/present.svelte.ts';
import { SavedRunState } from '../../../src/ui/session/saved-run.svelte.ts';
import { Session } from '../../../src/ui/session/session.svelte.ts';
import {
  RUN_PARTS,
  SESSION_COMMANDS,
  SITUATIONS,
  TRANSITIONS,
  type RunPart,
  type SessionCommand,
  type Situation,
  type Transition,
} from '../../../src/ui/session/transitions.ts';
import type { Learner } from '../../../src/learner/protocol.ts';
import { FakeLearner, fakeTask } from './fake-learner.ts';

/** A learner that never answers a load by itself, and counts what it is told. */
class Told extends FakeLearner {
  readonly calls: string[] = [];
  constructor() {
    super();
    const counted: readonly (keyof Learner)[] = [
      ...(['load', 'start', 'pause', 'halt', 'skipMeasuring', 'step', 'reset', 'resume'] as const),
      ...(['importRun', 'adopt', 'change', 'autosave', 'pace'] as const),
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
const SAVED = { step: 3, steps: 9, seed: 1, savedAt: 0 };
const FAILURE = { code: 'run' as const, name: 'E', message: 'm', kept: null, advice: null };

interface Brought {
  readonly session: Session;
  readonly learner: Told;
  /** The worker dies. */
  readonly die: () => void;
}

/** A session in a situation, brought there by what the learner and the store say. */
async function brought(situation: Situation): Promise<Brought> {
  const learner = new Told();
  let onFailure: (message: string) => void = () => undefined;
  const session = new Session({
    connect: () => ({
      learner,
      end: () =>
        learner.calls.length === 0 && session.model.phase.phase === 'loading' && learner.calls.push('end'),
      onFailure: (listener) => (onFailure = listener),
    }),
    base: 'http://localhost/',
    device: 'wasm',
    given: { steps: 3 },
    storage: {
      look: async () => null,
      read: async () => null,
      discard: async () => void learner.calls.push('discard'),
      isTaken: async () => situation === 'reader',
      take: async () => true,
      whenFree: () => new Promise<void>(() => undefined),
    },
  });
  vi.spyOn(session.replay, 'open').mockImplementation(async () => void learner.calls.push('open'));
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
      session.take({ type: 'failed', during: 'load', error: { ...FAILURE, code: 'load' } });
      break;
    }
    case 'reader':
      await session.look();
      break;
    case 'leased':
      await ready();
      await session.lease(session.knobs.config, () => undefined);
      break;
    case 'taking-up':
      await ready();
      session.resume();
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
  expect(session.situation).toBe(situation);
  learner.calls.length = 0;
  return { session, learner, die: () => onFailure('') };
}

const ADAPTER = { name: 'a', bytes: Uint8Array.of(1), rank: 8 };

const DO: Readonly<Record<SessionCommand, (session: Session) => unknown>> = {
  load: (session) => session.load(),
  'stop-loading': (session) => session.stopLoading(),
  'choose-model': (session) => session.choose(null),
  start: (session) => session.toggle(),
  pause: (session) => session.toggle(),
  halt: (session) => session.toggle(),
  'skip-measuring': (session) => session.skipMeasuring(),
  step: (session) => session.oneStep(),
  reset: (session) => session.reset(),
  'take-up': (session) => session.resume(),
  adopt: (session) => session.adopt(ADAPTER),
  'add-task': (session) => session.ask({ ask: 'add-task', task: fakeTask('t') }),
  change: (session) => session.settings.set([{ key: 'kl.coefficient', value: 0.5 }]),
  pace: (session) => session.setPace(2),
  discard: (session) => session.discard(),
  watch: (session) => session.watch(),
  'leave-recording': (session) => session.leaveReplay(),
  lease: (session) => session.lease(session.knobs.config, () => undefined),
  release: (session) => session.release(),
};

/**
 * What the learner is told (`end`: its worker ends; `discard`: the store; `open`: the recordings), `-` where
 * nobody is told anything; situations across, in the order of SITUATIONS. Start, pause and a pause that is
 * made at once are one key: the space bar.
 */
const CELLS: Readonly<Record<SessionCommand, string>> = {
  // empty loading failed idle running stepping stopping paused finished can-go-on taking-up leased reader
  load: 'load - load load load load load load load load load load -',
  'stop-loading': '- end - - - - - - - - - - -',
  'choose-model': 'load - load load - - - load load load - - -',
  start: '- - - start pause pause halt start - start - - -',
  pause: '- - - start pause pause halt start - start - - -',
  halt: '- - - start pause pause halt start - start - - -',
  'skip-measuring': '- - - - skipMeasuring skipMeasuring skipMeasuring - - - - - -',
  step: '- - - step - - - step - step - - -',
  reset: '- - - reset reset reset - reset reset reset - - -',
  'take-up': 'load - load resume - - - resume resume resume - - -',
  adopt: '- - - adopt adopt adopt adopt adopt adopt adopt - - -',
  'add-task': '- - - ask ask ask ask ask ask ask ask - -',
  change: '- - - change change change change change change change - - -',
  pace: '- - - pace pace pace pace pace pace pace pace - -',
  discard: 'discard discard discard discard - - - discard discard discard - - -',
  watch: 'open open open open open open open open open open open open open',
  'leave-recording': '- - - - - - - - - - - - -',
  lease: 'load - load autosave autosave autosave autosave autosave autosave autosave autosave autosave -',
  release: '- - - - - - - - - - - autosave,reset -',
};
const cell = (command: SessionCommand, situation: Situation): string =>
  CELLS[command].split(' ')[SITUATIONS.indexOf(situation)]!;

/** Whatever a command would do, it does within a few turns of the event loop. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve));
}

describe.each(SESSION_COMMANDS)('%s', (command) => {
  test.each(SITUATIONS.map((situation) => [situation, cell(command, situation)] as const))(
    'in %s tells: %s',
    async (situation, told) => {
      const { session, learner } = await brought(situation);
      void Promise.resolve(DO[command](session)).catch(() => undefined);
      if (told === '-') {
        await settle();
        expect(learner.calls).toEqual([]);
      } else await until(() => expect(learner.calls.join()).toBe(told));
    },
  );
});

test('a run asked for while the model is loading is taken up once it is there', async () => {
  const { session, learner } = await brought('loading');
  session.resume();
  session.take({ type: 'ready', model: MODEL });
  await until(() => expect(learner.calls).toEqual(['resume']));
  expect(session.situation).toBe('taking-up');
});

describe.each(SESSION_COMMANDS.filter((name) => name !== 'leave-recording'))('the row of %s', (command) => {
  const rows = TRANSITIONS as Record<Transition, (typeof TRANSITIONS)[Transition]>;
  const row = rows[command];
  afterEach(() => void (rows[command] = row));

  // Start and pause are one key: what it does where it starts is the other row's.
  test.each(row.in.filter((situation) => cell(command, situation) !== '-'))(
    'is what takes it in %s: without its row nothing is told',
    async (situation) => {
      const { session, learner } = await brought(situation);
      rows[command] = { ...row, in: [] };
      void Promise.resolve(DO[command](session)).catch(() => undefined);
      await settle();
      expect(learner.calls).toEqual([]);
    },
  );
});

describe('what ends with a transition', () => {
  /** The session has all parts of a run; those of another origin than the learner's are put there. */
  function fill({ session }: Brought, withRecording: boolean): Config {
    const config = createConfig({ steps: 7 });
    if (withRecording) void session.watch();
    session.live.take({ type: 'step-finished', step: 4, metrics: {} });
    session.savedRun.onSaved(SAVED);
    session.present.go('told', {
      config,
      adopted: { name: 'old', bytes: Uint8Array.of(1) },
      error: { name: 'E', message: 'm', kept: 'k', advice: 'a' },
      rescued: Uint8Array.of(1),
      unfinished: 'running',
    });
    if (!withRecording) session.view.filter = 'pass';
    return config;
  }

  /** Parts that are not there any more, as the page and its readers see them. */
  const gone = ({ session }: Brought, config: Config, withRecording: boolean): readonly RunPart[] => {
    const { present } = session;
    const isGone: Readonly<Record<RunPart, boolean>> = {
      configuration: session.running !== config,
      adapter: present.adopted?.name !== 'old',
      story: session.live.step !== 4,
      opened: !withRecording && session.view.filter === null,
      recording: withRecording && session.source === 'live',
      error: session.error?.message !== 'm',
      stored: session.savedRun.saved === null,
      rescued: present.rescued === null,
      unfinished: present.unfinished === null,
    };
    return RUN_PARTS.filter((part) => isGone[part]);
  };

  const say = {
    resumed: ({ session }: Brought) =>
      session.take({ type: 'resumed', config: createConfig({ steps: 8 }), step: 2 }),
    saved: ({ session }: Brought) => session.take({ type: 'saved', saved: SAVED }),
    fails:
      (during: 'load' | 'run' | 'change', isRecoverable = false) =>
      ({ session }: Brought) =>
        session.take({ type: 'failed', during, error: { ...FAILURE, message: 'n' }, isRecoverable }),
    moves:
      (state: 'paused' | 'running' | 'finished') =>
      ({ session }: Brought) =>
        session.take({ type: 'transport', state }),
  };
  /** Of a run that another one takes the place of, nothing may be shown or gone on with. */
  const ITS_OWN = ['adapter', 'story', 'opened', 'error'] as const;

  test.each<readonly [string, Situation, (brought: Brought) => unknown, readonly RunPart[]]>([
    // Another run, which has the settings of the knobs. What was rescued waits for a session that takes it.
    [
      'a model is loaded',
      'paused',
      ({ session }) => session.load(),
      ['configuration', ...ITS_OWN, 'stored', 'unfinished'],
    ],
    [
      'a run begins anew',
      'paused',
      ({ session }) => session.reset(),
      ['configuration', ...ITS_OWN, 'stored', 'rescued', 'unfinished'],
    ],
    [
      'a run begins from an adapter',
      'running',
      ({ session }) => session.adopt(ADAPTER),
      ['configuration', ...ITS_OWN, 'recording', 'stored', 'rescued'],
    ],
    [
      'another room has the learner',
      'paused',
      ({ session }) => session.lease(session.knobs.config, () => undefined),
      ITS_OWN,
    ],
    // Another run, which is the stored one or becomes it.
    [
      'a run is taken up',
      'taking-up',
      say.resumed,
      ['configuration', 'adapter', 'story', 'opened', 'recording'],
    ],
    ['a stored run is asked for', 'paused', ({ session }) => session.resume(), ['error']],
    // The run that there was goes on.
    ['it starts', 'paused', ({ session }) => session.toggle(), ['error']],
    ['it makes one step', 'paused', ({ session }) => session.oneStep(), ['error']],
    ['it pauses', 'running', ({ session }) => session.toggle(), []],
    ['its speed changes', 'running', ({ session }) => session.setPace(1), []],
    ['the learner says that it moves', 'running', say.moves('finished'), []],
    ['it is stored', 'running', say.saved, ['rescued']],
    ['it fails for good', 'running', say.fails('run'), ['error', 'unfinished']],
    ['a setting cannot be changed', 'running', say.fails('change'), ['error', 'unfinished']],
    ['a model does not load', 'loading', say.fails('load'), []],
    ['loading is given up', 'loading', ({ session }) => session.stopLoading(), ['configuration']],
    [
      'another model is chosen',
      'paused',
      ({ session }) => session.choose(null),
      ['configuration', ...ITS_OWN, 'recording', 'stored', 'unfinished'],
    ],
    ['a recording is opened', 'running', ({ session }) => session.watch(), ['opened', 'recording']],
    ['a recording is left', 'running', ({ session }) => session.leaveReplay(), ['recording']],
    ['the stored run is discarded', 'paused', ({ session }) => session.discard(), []],
    [
      'the room that had the learner gives it back',
      'leased',
      ({ session }) => session.release(),
      ['configuration', ...ITS_OWN, 'stored', 'rescued', 'unfinished'],
    ],
    ['the worker dies while another room has it', 'leased', ({ die }) => die(), []],
    ['the error is read', 'paused', ({ session }) => session.dismissError(), ['error']],
  ])('%s (%s)', async (_name, situation, act, ends) => {
    for (const withRecording of [false, true]) {
      const it = await brought(situation);
      const config = fill(it, withRecording);
      void Promise.resolve(act(it)).catch(() => undefined);
      await settle();
      const expected = ends.filter((part) => part !== (withRecording ? 'opened' : 'recording'));
      // A recording that is opened over another one is a recording.
      const isShown = it.session.source === 'replay' && expected.includes('recording');
      expect(gone(it, config, withRecording)).toEqual(
        RUN_PARTS.filter((part) => expected.includes(part) && !(isShown && part === 'recording')),
      );
    }
  });

  /** Every reason for which a row may end a part; the rows are held to it. */
  test('a part ends only where there is a reason for it', () => {
    const replaced: readonly Transition[] = ['load', 'reset', 'adopted', 'handed-over'];
    const REASONS: Readonly<Record<RunPart, readonly Transition[]>> = {
      // A new configuration is brought, not ended: only a load that was given up leaves none.
      configuration: ['stop-loading'],
      adapter: [...replaced, 'taken-up', 'fitted'],
      story: [...replaced, 'taken-up', 'looked-at'],
      opened: [...replaced, 'taken-up', 'looked-at', 'watch'],
      // The visitor looks at the run that comes, or at another recording.
      recording: ['adopted', 'taken-up', 'choose-model', 'watch', 'leave-recording'],
      // Read, past with the next command, or that of another run.
      error: [...replaced, 'start', 'step', 'take-up', 'error-read'],
      // While another room has the learner the stored run stays Play's; a run that is
      // taken up is the stored one.
      stored: ['load', 'reset', 'adopted'],
      // It is stored, or the visitor has begun something else.
      rescued: ['stored', 'reset', 'adopted'],
      unfinished: ['load', 'reset', 'run-failed', 'change-failed', 'gone-on', 'not-gone-on', 'given-up'],
    };
    for (const part of RUN_PARTS) {
      const ending = Object.entries(TRANSITIONS).filter(([, { ends }]) => ends.includes(part));
      expect([part, ...ending.map(([name]) => name).sort()]).toEqual([part, ...[...REASONS[part]].sort()]);
    }
  });

  const source = (path: string): string => readFileSync(path, 'utf8');
  const files = readdirSync('src/ui/session')
    .filter((name) => name.endsWith('.ts') && !/^(present|transitions)\./.test(name))
    .map((name) => source(`src/ui/session/${name}`));

  test.each(Object.keys(TRANSITIONS))('somebody lets it happen: %s', (name) => {
    expect(files.some((text) => text.includes(`'${name}'`))).toBe(true);
  });

  test('nobody writes to the run, the visit or what is known of the saved run from outside', () => {
    for (const held of [Present, SavedRunState]) {
      const setters = Object.entries(Object.getOwnPropertyDescriptors(held.prototype)).filter(
        ([, { set }]) => set !== undefined,
      );
      expect([held.name, setters]).toEqual([held.name, []]);
    }
    // A visit's own are private too, and its parts and derived values are readonly to the compiler.
    expect(source('src/ui/session/visit.svelte.ts')).not.toMatch(/^ {2}(?!readonly |#)\w+ *(?:: [^=(]*)?= /m);
  });
});

describe('a run that the learner is taking up', () => {
  /** Obeys one command after another, each when it is let, as the worker does. */
  class Slow extends FakeLearner {
    has = createConfig();
    #waiting: (() => void)[] = [];
    #queue(work: () => void): Promise<void> {
      this.#waiting.push(work);
      return Promise.resolve();
    }
    override reset(config: Config): Promise<void> {
      return this.#queue(() => {
        this.has = config;
        this.tell({ type: 'transport', state: 'idle' });
      });
    }
    override resume(): Promise<void> {
      return this.#queue(() => {
        this.has = createConfig({ steps: 9, seed: 4 });
        this.tell({ type: 'resumed', config: this.has, step: 2 });
        this.tell({ type: 'event', event: { type: 'step-finished', step: 2, metrics: {} } });
        this.tell({ type: 'transport', state: 'paused' });
      });
    }
    obey(): void {
      while (this.#waiting.length > 0) this.#waiting.shift()!();
    }
  }

  test('is the page’s run as much as the learner’s, whatever is asked for meanwhile', async () => {
    const learner = new Slow();
    const session = new Session({
      connect: () => ({ learner, end: () => undefined, onFailure: () => undefined }),
      base: 'http://localhost/',
      device: 'wasm',
      given: { steps: 3 },
    });
    await session.load();
    session.resume();
    session.settings.set([{ key: 'seed', value: 5 }]);
    session.reset();
    learner.obey();
    expect(session.running).toEqual(learner.has);
    expect(session.situation).toBe(session.live.step === 0 ? 'idle' : 'paused');
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
