/**
 * The learner as the page commands it, with a policy that computes nothing: what
 * becomes of the present run when another is to take its place.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { until } from '../until.ts';
import { presetConfig } from '../../src/experiment/presets.ts';
import { MemoryStore } from '../../src/experiment/storage/memory-store.ts';
import { writeRunFile } from '../../src/experiment/storage/run-file.ts';
import { RunStore } from '../../src/experiment/storage/run-store.ts';
import type { Config } from '../../src/learning/config.ts';
import type { TrainerState } from '../../src/learning/state.ts';
import { exportAdapter } from '../../src/policy/lora/peft.ts';
import { adapterMatrices } from '../../src/policy/model/adapter.ts';
import { createSandbox } from '../../src/sandbox/node.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import type { LearnerEngine } from '../../src/learner/engine.ts';
import { WorkerLearner } from '../../src/learner/worker-learner.ts';
import type { LearnerMessage, LoadRequest } from '../../src/learner/protocol.ts';
import { FakePolicy } from '../learning/fake-policy.ts';
import { TINY } from '../policy/tiny-model.ts';
import { heldoutTask, programs, sumTask } from '../learning/tasks.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1, spare: false });
});
afterAll(() => sandbox.dispose());

const config = presetConfig('rlvr', {
  steps: 9,
  'code.prompts': 1,
  'code.groupSize': 4,
  'code.maxNewTokens': 200,
  'eval.baseline': false,
  'eval.every': 0,
  'save.every': 1,
});

const table = () => Object.values(programs).filter((program) => program !== programs.loop);

/** A policy of a model that can be told from others. */
class KnownPolicy extends FakePolicy {
  override readonly info;
  constructor(hash: string) {
    super(table);
    this.info = { ...new FakePolicy(table).info, hash };
  }
}

/** One page's learner: a worker and its storage. */
class Worker {
  readonly messages: LearnerMessage[] = [];
  readonly policy: KnownPolicy;
  readonly learner: WorkerLearner;
  loads: Config[] = [];

  constructor(
    readonly store = new MemoryStore(),
    hash = 'a',
  ) {
    this.policy = new KnownPolicy(hash);
    this.learner = new WorkerLearner({
      openEngine: (request) => this.#open(request),
      openStore: () => Promise.resolve(store),
    });
  }

  async #open({ config }: LoadRequest): Promise<LearnerEngine> {
    this.loads.push(config);
    return {
      policy: this.policy,
      sandbox,
      trusted: sandbox,
      tasks: [sumTask, heldoutTask],
      model: {} as LearnerEngine['model'],
      architecture: TINY,
      adapter: { rank: config['adapter.rank'], alpha: config['adapter.alpha'] },
      memory: {} as LearnerEngine['memory'],
      dispose: () => Promise.resolve(),
    };
  }

  async load(asked: Config = config): Promise<this> {
    await this.learner.listen((message) => void this.messages.push(message));
    await this.learner.load({
      base: 'http://localhost/',
      model: 'models/nano/',
      device: 'wasm',
      config: asked,
    });
    return this;
  }

  get transport(): string | undefined {
    return this.messages.findLast((message) => message.type === 'transport')?.state;
  }

  /** Names of errors and numbers of finished steps, in order. */
  get story(): unknown[] {
    return this.messages.flatMap((message): unknown[] => {
      if (message.type === 'failed') return [message.error.name];
      return message.type === 'event' && message.event.type === 'step-finished' ? [message.event.step] : [];
    });
  }

  async steps(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      await this.learner.step();
      await until(() => expect(this.transport).toMatch(/paused|finished/));
    }
  }

  async saved(): Promise<TrainerState> {
    return (await (await RunStore.open(this.store)).load()).state;
  }

  get events(): readonly string[] {
    return this.messages.flatMap((message) => (message.type === 'event' ? [message.event.type] : []));
  }
}

test('with its model a learner says which run is stored, as it has read it', async () => {
  const store = new MemoryStore();
  const said = ({ messages }: Worker) => messages.find((message) => message.type === 'ready')?.stored;
  const first = await new Worker(store).load();
  expect(said(first)).toBeUndefined();
  await first.steps(2);
  expect(said(await new Worker(store).load())).toMatchObject({ step: 2 });
});

describe('another run that cannot be taken up', () => {
  let worker: Worker;
  beforeEach(async () => {
    worker = await new Worker().load();
    await worker.steps(2);
  });

  /** It goes on as if nothing had been asked, in memory and in the storage. */
  async function goesOn(name: string): Promise<void> {
    expect(worker.story).toEqual([1, 2, name]);
    expect(worker.transport).toBe('paused');
    expect((await worker.saved()).step).toBe(2);
    await worker.steps(1);
    expect(worker.story).toEqual([1, 2, name, 3]);
    expect(await worker.saved()).toMatchObject({ step: 3, model: { hash: 'a' } });
    const { journal } = await (await RunStore.open(worker.store)).load();
    expect(journal.match(/"type":"run-started"/g)).toHaveLength(1);
  }

  test('a damaged file leaves the present run where it is', async () => {
    await worker.learner.importRun(Uint8Array.of(1, 2, 3));
    await goesOn('RunFileError');
  });

  test('a file of another model leaves the present run where it is', async () => {
    const other = await new Worker(new MemoryStore(), 'b').load();
    await other.steps(1);
    await worker.learner.importRun((await other.learner.exportRun())!);
    await goesOn('OtherModelError');
  });

  test('a file whose adapter does not fit leaves the present run where it is', async () => {
    vi.spyOn(worker.policy, 'restore').mockRejectedValueOnce(new RangeError('does not fit'));
    await worker.learner.importRun((await worker.learner.exportRun())!);
    await goesOn('RangeError');
  });

  test('a stored run of another model is not gone on with, nor written into', async () => {
    const store = new MemoryStore();
    const other = await new Worker(store, 'b').load();
    await other.steps(2);
    worker = await new Worker(store, 'a').load();
    await worker.learner.resume();
    expect(worker.story).toEqual(['OtherModelError']);
    await worker.steps(1);
    const { journal, state } = await (await RunStore.open(store)).load();
    expect([state.model?.hash, state.step]).toEqual(['a', 1]);
    expect(journal.match(/"type":"run-started"/g)).toHaveLength(1);
  });
});

describe('a run from a file', () => {
  test('takes the place of the present one and goes on', async () => {
    const worker = await new Worker().load();
    await worker.steps(3);
    const file = (await worker.learner.exportRun())!;
    const other = await new Worker().load();
    await other.steps(1);
    await other.learner.importRun(file);
    expect(other.transport).toBe('paused');
    expect((await other.saved()).step).toBe(3);
    await other.steps(1);
    expect(other.story).toEqual([1, 1, 2, 3, 4]);
  });

  test.each([
    ['adapter.rank', 16],
    ['sandbox.heapMegabytes', 256],
  ] as const)('with another %s is given the model and interpreters that it needs', async (key, value) => {
    const worker = await new Worker().load();
    await worker.steps(1);
    const state = await worker.saved();
    const other = { ...config, [key]: value };
    await worker.learner.importRun(writeRunFile({ state: { ...state, config: other }, journal: '' }));
    expect(worker.loads).toEqual([config, other]);
    expect(worker.transport).toBe('paused');
    await worker.steps(1);
    expect(worker.story).toEqual([1, 2]);
  });
});

describe('a run that is taken up and rests', () => {
  test('is asked about as it was saved, before it goes on', async () => {
    const store = new MemoryStore();
    const before = await new Worker(store).load();
    await before.steps(3);
    const worker = await new Worker(store).load();
    await worker.learner.resume();
    const { policy } = await worker.saved();
    expect(policy).not.toEqual(await new FakePolicy(table).snapshot());
    expect(await worker.policy.snapshot()).toEqual(policy);
    const asked = await worker.learner.ask({
      ask: 'inspect',
      items: [{ prompt: 'p', kind: 'code', completion: 'ab' }],
      temperature: 1,
    });
    expect(asked).toMatchObject({ value: [{ at: 3 }] });
  });

  test('is not answered for with what the updates of the run before were made of', async () => {
    const worker = await new Worker().load();
    await worker.steps(2);
    const rollouts = worker.messages.findLast((m) => m.type === 'event' && m.event.type === 'rollouts');
    const group =
      rollouts?.type === 'event' && rollouts.event.type === 'rollouts' && rollouts.event.groups[0];
    if (!group || group.kind !== 'code') return expect.fail('no rollouts');
    const items = group.rollouts.map(({ tokens }) => ({
      prompt: group.prompt,
      kind: 'code' as const,
      completion: tokens,
      step: 2,
    }));
    const trainers = async () => {
      const asked = await worker.learner.ask({ ask: 'inspect', items, temperature: 1 });
      return 'value' in asked ? asked.value.filter(({ trainer }) => trainer !== null).length : asked;
    };
    expect(await trainers()).toBeGreaterThan(0);
    await worker.learner.resume();
    expect(await trainers()).toBe(0);
  });
});

describe('an adapter that is brought', () => {
  const settings = { rank: config['adapter.rank'], alpha: config['adapter.alpha'] };
  const matrices = adapterMatrices(TINY, settings);
  const tensors = Object.fromEntries(
    matrices.map(({ name, dims }) => [
      name,
      { dims, data: new Float32Array(dims[0] * dims[1]).fill(name.length) },
    ]),
  );
  const named = { name: 'fake', hash: 'a', parameters: 1 };
  const bytes = exportAdapter({ step: 3, tensors }, TINY, settings, named)['adapter_model.safetensors'];
  const brought = { name: 'mine.safetensors', bytes };

  /** What is done with the policy, in order; what it is given is told by its first tensor. */
  function watch({ policy }: Worker): unknown[] {
    const done: unknown[] = [];
    const { restore, reset, generate } = policy;
    policy.restore = async (snapshot) => {
      done.push(['restore', snapshot.tensors[matrices[0]!.name]?.data[0] ?? 'other']);
      return restore.call(policy, snapshot);
    };
    policy.reset = async () => {
      done.push('reset');
      return reset.call(policy);
    };
    policy.generate = async (request) => {
      done.push('generate');
      return generate.call(policy, request);
    };
    return done;
  }

  test('is what the next run begins from, with the settings given with it', async () => {
    const worker = await new Worker().load();
    await worker.steps(2);
    const done = watch(worker);
    const asked = { ...config, steps: 1, 'optimizer.learningRate': 1e-4 };
    await worker.learner.change('optimizer.learningRate', 0.5);
    expect(await worker.learner.adopt(brought, asked)).toBeNull();
    expect(worker.transport).toBe('idle');
    await worker.steps(1);
    const restored = ['restore', matrices[0]!.name.length];
    expect(done).toEqual([restored, restored, 'generate']);
    expect(
      worker.messages.findLast((m) => m.type === 'event' && m.event.type === 'run-started'),
    ).toMatchObject({ event: { config: asked } });
    expect(worker.events.filter((type) => type === 'changed')).toEqual([]);
    // Once: the run after it begins untrained.
    await worker.learner.reset(config);
    await worker.steps(1);
    expect(done.slice(3)).toEqual(['reset', 'reset', 'generate']);
  });

  test('is what a start begins from that was asked for while it was being put on', async () => {
    const worker = await new Worker().load();
    const done = watch(worker);
    await worker.learner.start();
    await until(() => expect(done).toContain('generate'));
    const asked = { ...config, steps: 1 };
    const adopting = worker.learner.adopt(brought, asked);
    await worker.learner.start();
    expect(await adopting).toBeNull();
    await until(() => expect(worker.transport).toBe('finished'));
    const restored = ['restore', matrices[0]!.name.length];
    const since = done.slice(done.findIndex((what) => what !== 'reset' && what !== 'generate'));
    expect(since.slice(0, 3)).toEqual([restored, restored, 'generate']);
    expect(
      worker.messages.findLast((m) => m.type === 'event' && m.event.type === 'run-started'),
    ).toMatchObject({ event: { config: asked } });
  });

  test('takes the place of a run that was taken up and had not gone on', async () => {
    const store = new MemoryStore();
    await (await new Worker(store).load()).steps(2);
    const worker = await new Worker(store).load();
    await worker.learner.resume();
    await worker.learner.adopt(brought, config);
    const done = watch(worker);
    await worker.steps(1);
    expect(done).toEqual([['restore', matrices[0]!.name.length], 'generate']);
    expect(worker.story).toEqual([1, 2, 1]);
  });

  test('that does not fit leaves the present run where it is', async () => {
    const worker = await new Worker().load();
    await worker.steps(1);
    const problem = await worker.learner.adopt(
      { name: 'mine.safetensors', bytes: bytes.slice(0, 99) },
      config,
    );
    expect(problem?.name).toBe('CheckpointError');
    await worker.steps(1);
    expect(worker.story).toEqual([1, 2]);
  });
});
