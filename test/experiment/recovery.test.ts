/**
 * Runs that are killed, lose their device or cannot be stored: what is kept goes on
 * as if nothing had happened.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinLines, splitJournal, type JournalLine } from '../../src/experiment/journal.ts';
import { RunAutosave, type RunAutosaveOptions } from '../../src/experiment/autosave.ts';
import { trainWithAutosave } from '../../src/experiment/train-with-autosave.ts';
import { presetConfig } from '../../src/experiment/presets.ts';
import { logText } from './log-text.ts';
import { StorageFullError, type StorageError } from '../../src/experiment/storage/errors.ts';
import { MemoryStore } from '../../src/experiment/storage/memory-store.ts';
import { readRunFile, writeRunFile } from '../../src/experiment/storage/run-file.ts';
import { RunStore } from '../../src/experiment/storage/run-store.ts';
import { GaveUpError, trainWithRecovery, type TrainingSession } from '../../src/experiment/recovery.ts';
import type { ConfigOverrides } from '../../src/learning/config.ts';
import { TrainerControl } from '../../src/learning/control.ts';
import type { TrainerEvent } from '../../src/learning/events.ts';
import type { TrainerState } from '../../src/learning/state.ts';
import { train } from '../../src/learning/trainer.ts';
import { OtherModelError } from '../../src/policy/lora/same-model.ts';
import type { Policy, PolicyInfo } from '../../src/policy/types.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import { DeviceLostError, OutOfMemoryError } from '../../src/tensor/errors.ts';
import { openDevice } from '../../src/tensor/runtime/device.ts';
import { nodeWasm } from '../../src/tensor/runtime/node.ts';
import { Runtime } from '../../src/tensor/runtime/runtime.ts';
import { FakePolicy } from '../learning/fake-policy.ts';
import { countPrograms, countTask, heldoutTask, programs, sumTask } from '../learning/tasks.ts';
import { tinyPolicy } from '../policy/harness.ts';
import { FaultyStore } from './storage/stores.ts';

const tasks = [sumTask, countTask, heldoutTask];
const table = (prompt: string): readonly string[] =>
  prompt.includes('<trace>')
    ? ['<L1>t<0><ans>t<2><;>x<2><;><ret><2><;>', 'nonsense']
    : prompt === countTask.prompt
      ? countPrograms
      : Object.values(programs).filter((p) => p !== programs.loop);

const config = (changes: ConfigOverrides = {}) =>
  presetConfig(
    'coderl-plus',
    {
      steps: 5,
      'code.prompts': 2,
      'code.groupSize': 4,
      'code.maxNewTokens': 200,
      'alignment.prompts': 2,
      'alignment.groupSize': 3,
      'alignment.maxNewTokens': 200,
      'records.minSteps': 2,
      'eval.every': 2,
      'eval.samples': 4,
      'eval.k': 2,
      'save.every': 2,
    },
    changes,
  );

const named = (name: string, hash: string): PolicyInfo => ({ ...new FakePolicy(table).info, name, hash });

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1, spare: false });
});
afterAll(() => sandbox.dispose());

/** The log of a run that nothing disturbs. */
const undisturbed = (policy: Policy, overrides: ConfigOverrides = {}) =>
  logText(
    trainWithAutosave(
      { policy, sandbox, tasks, config: config(overrides) },
      RunAutosave.begin({ store: null }),
    ),
  );

/** Collects the lines that a log file would hold. */
function sink(): { readonly lines: JournalLine[]; readonly log: () => string } & Pick<
  RunAutosaveOptions,
  'onSettled'
> {
  const lines: JournalLine[] = [];
  return {
    lines,
    onSettled: (more) => void lines.push(...more),
    log: () => splitJournal(joinLines(lines)).log,
  };
}

const session = (policy: Policy): TrainingSession => ({ policy, sandbox, dispose: () => policy.dispose() });

describe('a run that is killed', () => {
  it('after any number of events, resumed by another process, has the log of one that was not', async () => {
    const whole = await undisturbed(new FakePolicy(table));
    const count = whole.split('\n').length - 1;
    for (let after = 2; after < count; after += 4) {
      const store = new MemoryStore();
      const autosave = RunAutosave.begin({ store: await RunStore.open(store) });
      let seen = 0;
      for await (const event of trainWithAutosave(
        { policy: new FakePolicy(table), sandbox, tasks, config: config() },
        autosave,
      )) {
        if (event.type !== 'timing' && ++seen === after) break;
      }
      const runs = await RunStore.open(store);
      if (runs.saved === null) {
        // The first save is after the first step and the base model's evaluation.
        expect(after).toBeLessThanOrEqual(6);
        continue;
      }
      const { state, journal } = await runs.load();
      const resumed = RunAutosave.resume({ store: runs }, state);
      const tail = await logText(
        trainWithAutosave(
          { policy: new FakePolicy(table), sandbox, tasks, config: state.config, state },
          resumed,
        ),
      );
      expect(splitJournal(journal).log + tail, `killed after event ${after}`).toBe(whole);
      // And what is stored at its end is that log too, without its last line: a run may be made longer.
      const stored = (await (await RunStore.open(store)).load()).journal;
      expect(splitJournal(stored).log).toBe(whole.slice(0, whole.lastIndexOf('{"type":"run-finished"')));
    }
  });
});

describe('a saved run', () => {
  it('says which model it was made with, and is not gone on with by another', async () => {
    const own = Object.assign(new FakePolicy(table), { info: named('mine', 'a'.repeat(64)) });
    const control = new TrainerControl();
    let saved: TrainerState | undefined;
    for await (const event of train({ policy: own, sandbox, tasks, config: config({ steps: 1 }), control }))
      if (event.type === 'step-finished') saved = await control.save();
    expect(saved!.model).toEqual({ name: 'mine', hash: 'a'.repeat(64), parameters: 1, bytes: 4 });
    const goOn = async (info: PolicyInfo): Promise<void> => {
      const policy = Object.assign(new FakePolicy(table), { info });
      for await (const _ of train({ policy, sandbox, tasks, config: config(), state: saved! })) return;
    };
    await goOn(named('renamed', 'a'.repeat(64)));
    await expect(goOn(named('other', 'b'.repeat(64)))).rejects.toThrow(OtherModelError);
    await expect(goOn(named('other', 'b'.repeat(64)))).rejects.toThrow(/made with mine .*loaded is other/);
  });
});

describe('a session that fails', () => {
  /** A policy whose call to `generate` with this number throws; counted over all policies of a run. */
  function failing(errors: ReadonlyMap<number, Error>): () => Policy {
    let calls = 0;
    return () => {
      const policy = new FakePolicy(table);
      const generate = policy.generate.bind(policy);
      policy.generate = async (request) => {
        const error = errors.get(++calls);
        if (error) throw error;
        return generate(request);
      };
      return policy;
    };
  }

  it.each([
    ['before its first save', 1],
    ['in its first steps', 5],
    ['later', 12],
  ])('%s is built anew, and the log is that of a run without failures', async (_, at) => {
    const whole = await undisturbed(new FakePolicy(table));
    const make = failing(new Map([[at, new DeviceLostError('unplugged')]]));
    const out = sink();
    const autosave = RunAutosave.begin({ store: null, onSettled: out.onSettled! });
    const failures: [string, number][] = [];
    const run = trainWithRecovery({
      open: async () => session(make()),
      autosave,
      tasks,
      config: config(),
      onFailure: (error, count) => failures.push([(error as Error).name, count]),
    });
    for await (const _event of run);
    expect(failures).toEqual([['DeviceLostError', 1]]);
    expect(out.log() + joinLines(autosave.open)).toBe(whole);
  });

  it('three times in a row stops with advice, and keeps everything up to its last save', async () => {
    const broken = new Map(
      Array.from({ length: 50 }, (_, i) => [i + 12, new OutOfMemoryError('64 rows')] as const),
    );
    const make = failing(broken);
    const store = new MemoryStore();
    const runs = await RunStore.open(store);
    const autosave = RunAutosave.begin({ store: runs });
    let opened = 0;
    const run = trainWithRecovery({
      open: async () => (opened++, session(make())),
      autosave,
      tasks,
      config: config(),
    });
    const error = await logText(run).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GaveUpError);
    expect(opened).toBe(3);
    expect((error as GaveUpError).advice).toMatch(/can be resumed.*smaller batch/);
    const saved = await (await RunStore.open(store)).load();
    expect(saved.state.step).toBeGreaterThan(0);
    expect(splitJournal(saved.journal).log.length).toBeGreaterThan(100);
  });

  it('does not try again what no new session would mend', async () => {
    const make = failing(new Map([[3, new TypeError('a mistake of ours')]]));
    const run = trainWithRecovery({
      open: async () => session(make()),
      autosave: RunAutosave.begin({ store: null }),
      tasks,
      config: config(),
    });
    await expect(logText(run)).rejects.toThrow(/mistake of ours/);
  });

  it('with a real model: the device is lost under an update, a new one takes over, and the log is the same', async () => {
    // Every rollout of a random model fails; the entropy bonus makes updates of them all the same.
    const overrides: ConfigOverrides = {
      steps: 3,
      'entropy.coefficient': 0.1,
      'loss.constantGroups': 'keep',
      'code.maxNewTokens': 12,
      'alignment.prompts': 0,
      'eval.every': 0,
      'eval.baseline': false,
      'save.every': 1,
    };
    const device = await openDevice(nodeWasm(1));
    const calm = await tinyPolicy(new Runtime(device));
    const whole = await undisturbed(calm, overrides);
    await calm.dispose();
    expect(whole.match(/"grad_norm":0\.\d*[1-9]/g)).toHaveLength(3);

    const out = sink();
    const failures: unknown[] = [];
    let opened = 0;
    const run = trainWithRecovery({
      async open() {
        let lose: (reason: string) => void = () => undefined;
        const lost = new Promise<string>((resolve) => (lose = resolve));
        const policy = await tinyPolicy(new Runtime({ ...device, lost }));
        if (opened++ === 0) {
          let updates = 0;
          const update = policy.update.bind(policy);
          policy.update = (rows, settings) => {
            const result = update(rows, settings);
            if (++updates === 2) lose('destroyed: pulled out by the test');
            return result;
          };
        }
        return session(policy);
      },
      autosave: RunAutosave.begin({ store: null, onSettled: out.onSettled! }),
      tasks,
      config: config(overrides),
      onFailure: (error, _count, step) => failures.push([(error as Error).name, step]),
    });
    const events: TrainerEvent[] = [];
    for await (const event of run) events.push(event);
    expect(failures).toEqual([['DeviceLostError', 1]]);
    expect(`${out.log()}{"type":"run-finished","step":3,"reason":"steps-done"}\n`).toBe(whole);
  });
});

describe('a place that cannot be written', () => {
  it('stops nothing: the run goes on, says so, can be downloaded, and all of it is stored once there is room', async () => {
    const store = new FaultyStore();
    const problems: StorageError[] = [];
    const saved: number[] = [];
    const autosave = RunAutosave.begin({
      store: await RunStore.open(store),
      onProblem: (problem) => problems.push(problem),
      onSaved: ({ step }) => saved.push(step),
    });
    store.refusals.push(null, null, ...Array.from({ length: 2 }, () => new StorageFullError('writing')));
    const whole = await undisturbed(new FakePolicy(table));
    const log = await logText(
      trainWithAutosave({ policy: new FakePolicy(table), sandbox, tasks, config: config() }, autosave),
    );
    expect(log).toBe(whole);
    expect(problems.map(({ name }) => name)).toEqual(['StorageFullError', 'StorageFullError']);
    expect(problems[0]?.advice).toMatch(/Download/);
    expect(saved[0]).toBe(1);
    expect(saved.at(-1)).toBe(5);
    const file = readRunFile(writeRunFile((await autosave.file())!));
    expect(`${splitJournal(file.journal).log}{"type":"run-finished","step":5,"reason":"steps-done"}\n`).toBe(
      whole,
    );
    expect((await (await RunStore.open(store)).load()).journal).toBe(file.journal);
  });

  it('a downloaded run is loaded elsewhere and goes on there', async () => {
    const whole = await undisturbed(new FakePolicy(table));
    const first = RunAutosave.begin({ store: await RunStore.open(new MemoryStore()) });
    const run = trainWithAutosave({ policy: new FakePolicy(table), sandbox, tasks, config: config() }, first);
    for await (const event of run) if (event.type === 'step-started' && event.step === 4) break;
    const file = readRunFile(writeRunFile((await first.file())!));

    const elsewhere = new MemoryStore();
    const second = RunAutosave.adopt({ store: await RunStore.open(elsewhere) }, file);
    await second.save(file.state);
    const { state } = file;
    await logText(
      trainWithAutosave(
        { policy: new FakePolicy(table), sandbox, tasks, config: state.config, state },
        second,
      ),
    );
    const { journal } = await (await RunStore.open(elsewhere)).load();
    expect(`${splitJournal(journal).log}{"type":"run-finished","step":5,"reason":"steps-done"}\n`).toBe(
      whole,
    );
  });
});
