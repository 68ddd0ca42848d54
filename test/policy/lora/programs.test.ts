/** Compiled graphs by shape: which are kept and which make room. Nothing is compiled here. */
import { describe, expect, test, vi } from 'vitest';
import { ProgramCache } from '../../../src/policy/lora/programs.ts';
import type { EncodedGraph } from '../../../src/tensor/onnx/encode.ts';
import type { Program, Runtime } from '../../../src/tensor/runtime/runtime.ts';

/** Says what is compiled and released, in order. */
function recorder() {
  const said: string[] = [];
  const compile = ({ name }: EncodedGraph) => {
    said.push(`compile ${name}`);
    return Promise.resolve({
      graph: { name },
      release: () => Promise.resolve(void said.push(`release ${name}`)),
    } as unknown as Program);
  };
  return { said, runtime: { compile, device: { kind: 'native' } } as unknown as Runtime };
}

const graph = (name: string, bytes: number): EncodedGraph => ({
  name,
  bytes,
  nodeCount: 0,
  inputs: [],
  outputs: [],
  external: [],
  model: new Uint8Array(),
});

async function use(cache: ProgramCache, names: string, bytes = 10): Promise<void> {
  for (const name of names)
    await cache.get(
      name,
      () => graph(name, bytes),
      () => false,
    );
}

const limits = { programs: 48, bytes: Infinity, cost: (bytes: number) => bytes };

describe('compiled graphs', () => {
  test('are made once, and released together at the end', async () => {
    const { said, runtime } = recorder();
    const cache = new ProgramCache(runtime, limits);
    await use(cache, 'aba');
    expect(said).toEqual(['compile a', 'compile b']);
    await cache.release();
    expect(said.slice(2)).toEqual(['release b', 'release a']);
  });

  test('the one not used for longest makes room before another is made, so that the limit is never passed', async () => {
    const { said, runtime } = recorder();
    await use(new ProgramCache(runtime, { ...limits, bytes: 25 }), 'abac');
    expect(said).toEqual(['compile a', 'compile b', 'release b', 'compile c']);
  });

  test('are built for the device that will run them', async () => {
    const cache = new ProgramCache(recorder().runtime, limits);
    const build = vi.fn(() => graph('a', 1));
    await cache.get('a', build, () => false);
    expect(build).toHaveBeenCalledExactlyOnceWith('native');
  });

  test('count as much as they take compiled, not as much as their files', async () => {
    const { said, runtime } = recorder();
    await use(new ProgramCache(runtime, { ...limits, bytes: 25, cost: (bytes) => 2 * bytes }), 'ab');
    expect(said).toEqual(['compile a', 'release a', 'compile b']);
  });

  test('are no more than they may be, and one that is too large alone is made all the same', async () => {
    const few = recorder();
    await use(new ProgramCache(few.runtime, { ...limits, programs: 2 }), 'abc');
    expect(few.said).toEqual(['compile a', 'compile b', 'release a', 'compile c']);
    const small = recorder();
    await use(new ProgramCache(small.runtime, { ...limits, bytes: 5 }), 'a');
    expect(small.said).toEqual(['compile a']);
  });

  test('one that could not be made is tried anew', async () => {
    const { runtime } = recorder();
    let tries = 0;
    const failing = {
      ...runtime,
      compile: (encoded: EncodedGraph) =>
        ++tries === 1 ? Promise.reject(new Error('out of memory')) : runtime.compile(encoded),
    } as unknown as Runtime;
    const cache = new ProgramCache(failing, limits);
    await expect(use(cache, 'a')).rejects.toThrow('out of memory');
    await use(cache, 'a');
    expect(tries).toBe(2);
  });
});
