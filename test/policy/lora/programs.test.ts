/**
 * Compiled graphs by kind: what is compiled, which are kept and which make room. Nothing is compiled here.
 */
import { describe, expect, test, vi } from 'vitest';
import { ProgramCache, type GraphKind, type ProgramLimits } from '../../../src/policy/lora/programs.ts';
import { Graph } from '../../../src/tensor/graph.ts';
import type { EncodedGraph } from '../../../src/tensor/onnx/encode.ts';
import { mul } from '../../../src/tensor/ops/arithmetic.ts';
import { reshape } from '../../../src/tensor/ops/broadcast.ts';
import { slice } from '../../../src/tensor/ops/layout.ts';
import type { Program, Runtime } from '../../../src/tensor/runtime/runtime.ts';
import type { TensorData } from '../../../src/tensor/types.ts';

/** Says what is compiled, run and released, in order. */
function recorder() {
  const said: string[] = [];
  const runs: { readonly inputs: Readonly<Record<string, unknown>>; readonly signature: unknown }[] = [];
  const compile = ({ name }: EncodedGraph) => {
    said.push(`compile ${name}`);
    return Promise.resolve({
      graph: { name },
      run: (inputs: Readonly<Record<string, unknown>>, signature: unknown) => {
        runs.push({ inputs, signature });
        return Promise.resolve({});
      },
      release: () => Promise.resolve(void said.push(`release ${name}`)),
    } as unknown as Program);
  };
  const upload = (tensor: TensorData) => ({ tensor, dispose: () => said.push('dispose') });
  return { said, runs, runtime: { compile, upload, device: { kind: 'native' } } as unknown as Runtime };
}

interface Size {
  readonly rows: number;
}

/** A graph with a weight, whose target of a reshape and mask depend on its size. */
const kind = (name: string, rows = 2, weight = new Float32Array(8192)): GraphKind<Size> => ({
  name,
  shape: { rows },
  other: { rows: rows + 1 },
  build: (size) => {
    const graph = new Graph(name);
    const x = graph.input('x', 'float32', [size.rows, 8192]);
    const scaled = mul(x, graph.constant('float32', [8192], weight, 'w'));
    const scale = graph.constant('float32', [size.rows, 1], new Float32Array(size.rows).fill(size.rows));
    graph.output('y', reshape(mul(scaled, scale), [1, size.rows, 8192]));
    return graph;
  },
  keep: () => false,
});

async function use(cache: ProgramCache, names: string): Promise<void> {
  for (const name of names) await cache.get(kind(name));
}

const limits: ProgramLimits = { programs: 48, bytes: Infinity, cost: () => 10 };

describe('compiled graphs', () => {
  test('are made once, and released together at the end', async () => {
    const { said, runtime } = recorder();
    const cache = new ProgramCache(runtime, limits);
    await use(cache, 'aba');
    expect(said).toEqual(['compile a', 'compile b']);
    expect(cache.compiled.graphs).toBe(2);
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
    const build = vi.fn(kind('a').build.bind(null));
    await cache.get({ ...kind('a'), build });
    expect(build).toHaveBeenCalledWith({ rows: 2 }, 'native');
  });

  test('count as much as they take compiled, not as much as their files', async () => {
    const { said, runtime } = recorder();
    await use(new ProgramCache(runtime, { ...limits, bytes: 65_536, cost: (bytes) => bytes }), 'ab');
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

describe('one graph of a kind', () => {
  test('serves all sizes, each with its own constants', async () => {
    const { said, runs, runtime } = recorder();
    const cache = new ProgramCache(runtime, limits);
    const weight = new Float32Array(8192);
    for (const rows of [2, 5, 2]) await (await cache.get(kind('a', rows, weight))).run({ x: weight });
    expect(said).toEqual(['compile a']);
    expect(runs.map(({ inputs }) => (inputs['open.0'] as TensorData).dims)).toEqual([
      [2, 1],
      [5, 1],
      [2, 1],
    ]);
    expect(runs[1]!.signature).toContainEqual({ name: 'x', dtype: 'float32', dims: [5, 8192] });
  });

  test('is compiled again for a build that is another graph, whatever it is called', async () => {
    const { said, runtime } = recorder();
    const cache = new ProgramCache(runtime, limits);
    await cache.get(kind('a'));
    const other = kind('a', 7);
    const cut = (size: Size): Graph => {
      const graph = new Graph('a, cut');
      graph.output('y', slice(graph.input('x', 'float32', [size.rows, 8192]), 0, 0, 1));
      return graph;
    };
    await cache.get({ ...other, build: cut });
    expect(said).toEqual(['compile a', 'compile a, cut']);
  });

  test('has its weights as inputs that all share, where they are said to be shared', async () => {
    const { said, runs, runtime } = recorder();
    const cache = new ProgramCache(runtime, {
      ...limits,
      isShared: () => true,
      cost: (bytes) => bytes,
      bytes: 10_000,
    });
    const weight = new Float32Array(8192);
    for (const name of 'ab') await (await cache.get(kind(name, 2, weight))).run({ x: weight });
    expect(said, 'neither has a copy that would send the other away').toEqual(['compile a', 'compile b']);
    expect(runs[0]!.inputs['w']).toBe(runs[1]!.inputs['w']);
    await cache.release();
    expect(said.filter((what) => what === 'dispose')).toHaveLength(1);
  });
});
