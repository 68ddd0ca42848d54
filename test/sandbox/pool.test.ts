/** The pool against workers that lie: what is believed of messages that a program might have forged. No Python runs here. */
import { expose } from 'comlink';
import { afterEach, describe, expect, test } from 'vitest';
import { HarnessError } from '../../src/sandbox/errors.ts';
import { Pool } from '../../src/sandbox/pool.ts';
import type { WorkerHandle } from '../../src/sandbox/seat.ts';
import type { JobRequest, Progress } from '../../src/sandbox/protocol.ts';

type Post = (message: Partial<Progress> | Record<string, unknown>) => void;
type Behaviour = (request: JobRequest, post: Post) => unknown;

const honest = (request: JobRequest, post: Post) => {
  post({ nonce: request.nonce, part: '{"outcome":"ok"}' });
  post({ nonce: request.nonce, part: '{"outcome":"ok","value":{"type":"int","value":7},"stdout":""}' });
  return { nonce: request.nonce, state: 'clean', heap: 0 };
};

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
      onEnd: () => undefined,
      keepAlive: () => undefined,
      terminate: () => Promise.resolve(),
    };
  };
  return (pool = await Pool.start({ spawn, boundary: 'thread', workers: 1, spare: false, snapshot: false }));
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
  const seven = { outcome: 'ok', value: { type: 'int', value: 7 } };

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

  test('that lies twice is a harness error, which is no reward, not a bad one', async () => {
    await poolOf(() => 'clean');
    await expect(run()).rejects.toThrow(HarnessError);
  });
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
