/**
 * The pool against workers that lie: what is believed of messages that a program
 * might have forged. No Python runs here.
 */
import { expose } from 'comlink';
import { afterEach, describe, expect, test } from 'vitest';
import { HarnessError } from '../../src/sandbox/errors.ts';
import { Pool } from '../../src/sandbox/pool.ts';
import type { WorkerHandle } from '../../src/sandbox/interpreter-worker.ts';
import { Heartbeat } from '../attacks/heartbeat.ts';
import { computed } from '../fuzz.ts';
import type { JobRequest, Progress } from '../../src/sandbox/protocol.ts';

type Post = (message: Partial<Progress> | Record<string, unknown>) => void;
type Behaviour = (request: JobRequest, post: Post) => unknown;

const seven = { outcome: 'ok', value: { type: 'int', value: 7 } };
const before = { isPlain: false, badCalls: [] };
const honest = (request: JobRequest, post: Post) => {
  post({ nonce: request.nonce, before });
  post({ nonce: request.nonce, part: '{"outcome":"ok"}' });
  post({ nonce: request.nonce, part: '{"outcome":"ok","value":{"type":"int","value":7},"stdout":""}' });
  return { nonce: request.nonce, state: 'clean', heap: 0 };
};

/** Ends the worker that was made last, as if by itself. */
let end: (reason: string) => void = () => undefined;
let terminate = (): Promise<void> => Promise.resolve();
const opened: MessagePort[] = [];
let pool: Pool | undefined;
afterEach(async () => {
  await pool?.dispose();
  for (const port of opened.splice(0)) port.close();
});

/** A pool whose workers behave as told, the first ones first; the last behaviour goes on. */
async function poolOf(...behaviours: Behaviour[]): Promise<Pool> {
  let spawned = 0;
  const spawn = (): WorkerHandle => {
    const { port1, port2 } = new MessageChannel();
    opened.push(port1, port2);
    const behave = behaviours[Math.min(spawned++, behaviours.length - 1)]!;
    expose(
      {
        boot: () => ({ heap: 0 }),
        job: (request: JobRequest) => behave(request, (message) => port2.postMessage(message)),
      },
      port2,
    );
    return {
      endpoint: port1,
      onEnd: (listener) => (end = listener),
      keepAlive: () => undefined,
      terminate: () => terminate(),
    };
  };
  return (pool = await Pool.start({ spawn, boundary: 'process', workers: 1, spare: false, snapshot: false }));
}

const run = async (limits = {}) => {
  const { calls } = await pool!.run({
    code: 'def f(): return 7',
    calls: [{ entryPoint: 'f', args: '' }],
    limits,
  });
  return calls[0];
};

describe('a reply', () => {
  test.each<[string, Behaviour]>([
    ['with another nonce', ({ nonce }) => ({ nonce: nonce + 1, state: 'clean', heap: 0 })],
    ['with a state that does not exist', ({ nonce }) => ({ nonce, state: 'pass', heap: 0 })],
    ['without a heap', ({ nonce }) => ({ nonce, state: 'clean' })],
    ['that is text', () => 'clean'],
    ['that is null', () => null],
  ])('%s is not believed; another interpreter runs the program again', async (_name, lie) => {
    await poolOf(lie, honest);
    expect(await run()).toMatchObject(seven);
  });

  test('that lies twice before the program has begun is a harness error, which is no reward, not a bad one', async () => {
    await poolOf(() => 'clean');
    await expect(run()).rejects.toThrow(HarnessError);
  });

  test('that lies twice while the program runs is the program’s doing', async () => {
    await poolOf(({ nonce }, post) => {
      post({ nonce, before });
      return 'clean';
    });
    expect(await run()).toMatchObject({ outcome: 'tamper' });
  });

  test.each(['dead', 'tamper'])(
    '"%s" counts from an interpreter that has run nothing else',
    async (state) => {
      let jobs = 0;
      await poolOf(
        (request, post) => (++jobs === 2 ? { nonce: request.nonce, state, heap: 0 } : honest(request, post)),
        honest,
      );
      expect(await run()).toMatchObject(seven);
      expect(await run(), 'tried again').toMatchObject(seven);
    },
  );
});

describe('a worker', () => {
  test('that does not end when it is told to keeps nobody waiting', async () => {
    const forever = new Promise<never>(() => undefined);
    await poolOf((request, post) => (post({ nonce: request.nonce, before }), forever), honest);
    terminate = () => forever;
    expect(await run({ callMs: 50 })).toMatchObject({ outcome: 'timeout' });
    expect(await run()).toMatchObject(seven);
    terminate = () => Promise.resolve();
  });

  test('that ends twice while the program runs is the program’s doing', async () => {
    await poolOf((request, post) => {
      post({ nonce: request.nonce, before });
      // After the message has arrived, as a worker's end does.
      setTimeout(() => end('JS heap out of memory'), 20);
      return new Promise(() => undefined);
    });
    expect(await run()).toMatchObject({ outcome: 'memory' });
  });

  test('that ends twice before the program has begun is not', async () => {
    await poolOf(() => {
      end('the worker ended with code 1');
      return new Promise(() => undefined);
    });
    await expect(run()).rejects.toThrow(HarnessError);
  });
});

describe('whether a program is plain', () => {
  const says =
    (...words: unknown[]): Behaviour =>
    (request, post) => {
      for (const word of words) post({ nonce: request.nonce, before: word });
      post({ nonce: request.nonce, part: '{"outcome":"ok"}' });
      post({ nonce: request.nonce, before: { isPlain: true, badCalls: [] } });
      post({ nonce: request.nonce, part: '{"outcome":"ok","value":{"type":"int","value":7},"stdout":""}' });
      return { nonce: request.nonce, state: 'clean', heap: 0 };
    };
  const job = { code: 'def f(): return 7', calls: [{ entryPoint: 'f', args: '' }] };

  test.each<[string, boolean, unknown[]]>([
    ['said before it runs', true, [{ isPlain: true, badCalls: [] }]],
    ['denied before it runs', false, [before]],
    ['said after it was denied', false, [before, { isPlain: true, badCalls: [] }]],
    ['said while it runs', false, []],
    ['said in another form', false, ['yes', { isPlain: 'yes', badCalls: [] }]],
  ])('%s', async (_how, isPlain, words) => {
    await poolOf(says(...words));
    expect((await pool!.run(job)).isPlain).toBe(isPlain);
  });
});

describe('one part of an answer', () => {
  const value = (json: string) => `{"outcome":"ok","stdout":"","value":${json}}`;
  test.each<[string, string]>([
    ['harness-error', '{"outcome":"harness-error","stdout":""}'],
    ['ok without a value', '{"outcome":"ok","stdout":""}'],
    ['an int of 4,400 digits', value(`{"type":"int","value":"${'9'.repeat(4400)}"}`)],
    ['a list as a key', value('{"type":"dict","entries":[[{"type":"list","items":[]},{"type":"none"}]]}')],
    ['a dict in a set', value('{"type":"set","items":[{"type":"dict","entries":[]}]}')],
    ['half a million empty lists', value(`{"type":"list","items":[${'[],'.repeat(5e5)}[]]}`)],
  ])('that says %s is tampering', async (_what, part) => {
    await poolOf(({ nonce }, post) => {
      post({ nonce, before });
      post({ nonce, part: '{"outcome":"ok"}' });
      post({ nonce, part });
      return { nonce, state: 'clean', heap: 0 };
    });
    expect(await run()).toMatchObject({ outcome: 'tamper' });
  });

  test('that is missing is tampering', async () => {
    await poolOf(({ nonce }, post) => {
      post({ nonce, before });
      post({ nonce, part: '{"outcome":"ok"}' });
      return { nonce, state: 'clean', heap: 0 };
    });
    expect(await run()).toMatchObject({ outcome: 'tamper' });
  });

  test('a call that the task cannot make has no verdict, whatever the program says of it', async () => {
    await poolOf(({ nonce }, post) => {
      post({ nonce, before: { isPlain: false, badCalls: [0] } });
      post({ nonce, part: '{"outcome":"ok"}' });
      post({ nonce, part: '{"outcome":"exception","stdout":""}' });
      return { nonce, state: 'clean', heap: 0 };
    });
    expect(await run()).toMatchObject({ outcome: 'harness-error', error: { type: 'BadArguments' } });
  });
});

test('a text that the parser does not survive costs the others no fingerprint', async () => {
  const hash = 'a'.repeat(64);
  await poolOf((request, post) => {
    if (request.kind !== 'fingerprint') return null;
    if (request.codes.includes('deadly')) return { nonce: request.nonce, state: 'dead', heap: 0 };
    post({ nonce: request.nonce, part: request.codes.map(() => hash).join() });
    return { nonce: request.nonce, state: 'clean', heap: 0 };
  });
  expect(await pool!.fingerprint(['x', 'deadly', 'y', 'z'])).toEqual([hash, null, hash, hash]);
});

test('900 answers of 13,000 items each do not hold this thread up', async () => {
  const part = `{"outcome":"ok","stdout":"","value":{"type":"list","items":[${Array.from({ length: 13_000 }, (_, i) => `{"type":"int","value":${i}}`).join()}]}}`;
  await poolOf(({ nonce, ...request }, post) => {
    post({ nonce, before });
    post({ nonce, part: '{"outcome":"ok"}' });
    const { all } = (request as { bounds: { all: number } }).bounds;
    for (let sent = 0; sent < all; sent += part.length) post({ nonce, part });
    return { nonce, state: 'clean', heap: 0 };
  });
  const calls = Array.from({ length: 900 }, () => ({ entryPoint: 'f', args: '' }));
  const heart = new Heartbeat([() => performance.now(), computed]);
  const result = await pool!.run({ code: 'def f(): return 7', calls, limits: { valueBytes: 1024 * 1024 } });
  heart.stop();
  expect(result.calls[0]).toMatchObject({ outcome: 'ok' });
  expect(result.calls[899]).toMatchObject({ outcome: 'output-limit' });
  expect(heart.longestPause).toBeLessThan(3000);
});

describe('messages beside the reply', () => {
  test('with guessed nonces are not heard, however many there are', async () => {
    await poolOf((request, post) => {
      for (let guess = 0; guess < 20_000; guess++)
        post({ nonce: guess, part: '{"outcome":"ok","value":{"type":"int","value":45}}' });
      return honest(request, post);
    });
    expect(await run()).toMatchObject({ outcome: 'ok', value: { type: 'int', value: 7 } });
  });

  test('no two jobs have the same nonce, and none can be counted up to', async () => {
    const nonces: number[] = [];
    await poolOf((request, post) => {
      nonces.push(request.nonce);
      return honest(request, post);
    });
    for (let job = 0; job < 20; job++) await run();
    expect(new Set(nonces).size).toBe(20);
    expect(nonces.every((nonce) => Number.isSafeInteger(nonce) && nonce > 2 ** 20)).toBe(true);
  });

  test('that are larger than the limits allow are tampering', async () => {
    const value = `{"type":"str","value":"${'x'.repeat(200_000)}"}`;
    await poolOf((request, post) => {
      post({ nonce: request.nonce, part: '{"outcome":"ok"}' });
      post({ nonce: request.nonce, part: `{"outcome":"ok","stdout":"","value":${value}}` });
      return { nonce: request.nonce, state: 'clean', heap: 0 };
    });
    expect(await run({ valueBytes: 100, outputBytes: 100 })).toMatchObject({ outcome: 'tamper' });
  });
});
