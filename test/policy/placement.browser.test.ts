/**
 * Where the nodes of every graph that the product runs are placed in a WebGPU
 * session: no compute on the CPU. Shape arithmetic, which onnxruntime folds or keeps
 * on the CPU by design, aside. Read from the session's own verbose log.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { qwen2 } from '../../src/policy/families/qwen2.ts';
import { adapterMatrices } from '../../src/policy/model/adapter.ts';
import { optimizerGraph } from '../../src/policy/graphs/optimizer.ts';
import { decodeGraph, decodeShapes } from '../../src/policy/graphs/decode.ts';
import { mergeGraph } from '../../src/policy/graphs/merge.ts';
import { prefillGraph, prefillShapes } from '../../src/policy/graphs/prefill.ts';
import { spanShapes } from '../../src/policy/graphs/spans.ts';
import { scoreGraph } from '../../src/policy/graphs/score.ts';
import { selectGraph, selectShapes } from '../../src/policy/graphs/select.ts';
import { gradientGraph } from '../../src/policy/graphs/gradient.ts';
import type { Precision } from '../../src/policy/model/precision.ts';
import { quantise } from '../../src/policy/model/quantise.ts';
import type { Weights } from '../../src/policy/model/weights.ts';
import type { Graph } from '../../src/tensor/graph.ts';
import { encodeGraph, type EncodedGraph } from '../../src/tensor/onnx/encode.ts';
import { Template } from '../../src/tensor/onnx/template.ts';
import { createRuntime, type Runtime } from '../../src/tensor/runtime/runtime.ts';
import { randomWeights, TINY, withOffsets } from './tiny-model.ts';

const adapter = { rank: 4, alpha: 8 };
const untied = { ...TINY, biases: qwen2.biases, tiedHead: false };

/**
 * Every graph the product runs on these weights, at toy sizes, with sizes left open
 * as the product leaves them.
 */
function productGraphs(weights: Weights, precision: Precision): EncodedGraph[] {
  const spans = { own: 12, shared: 9, spans: 3, spanLength: 5, prompts: 2, promptLength: 6 };
  const open = <S>({ shape, other }: { shape: S; other: S }, build: (shape: S) => Graph): EncodedGraph =>
    new Template(build(shape), build(other)).encoded;
  return [
    open(prefillShapes({ prompts: 2, promptLength: 8, rows: 4, capacity: 16 }), (shape) =>
      prefillGraph(weights, adapter, shape, precision, 'webgpu'),
    ),
    open(decodeShapes({ rows: 4, past: 16, chunk: 2, ends: [0] }, 'webgpu'), (shape) =>
      decodeGraph(weights, adapter, shape, precision, 'webgpu'),
    ),
    open(selectShapes({ from: 4, to: 2, room: 16 }), (shape) =>
      selectGraph(weights.architecture, shape, precision),
    ),
    ...[{}, { hiddenAfterLayers: [1] }, { alternatives: 3 }].map((extra) =>
      open(spanShapes({ ...spans, ...extra }), (shape) =>
        scoreGraph(weights, adapter, shape, precision, 'webgpu'),
      ),
    ),
    ...(['none', 'k1', 'k2', 'k3'] as const).map((kl) =>
      open(spanShapes({ ...spans, kl, entropyBonus: kl === 'k3' }), (shape) =>
        gradientGraph(weights, adapter, shape, precision, 'webgpu'),
      ),
    ),
    encodeGraph(mergeGraph(weights, adapter, precision, 'webgpu')),
    encodeGraph(optimizerGraph(adapterMatrices(weights.architecture, adapter))),
  ];
}

/** Embedding and head in blocks with offsets, the vocabulary in two pieces. */
function largeVocabulary(): Weights {
  const vocabSize = 9001;
  const base = randomWeights({ ...TINY, layers: 1, vocabSize }, 1, 4);
  if (base.embedding.kind !== 'dense') throw new Error('the harness makes dense tables');
  const blocks = {
    ...quantise(base.embedding.data, vocabSize, TINY.hiddenSize, 8),
    offsets: new Float32Array(vocabSize).fill(0.01),
  };
  const table = { kind: 'quantised', blocks } as const;
  return { ...base, embedding: table, head: table };
}

/**
 * What onnxruntime logs. It takes hold of console.error once, when its wasm starts,
 * so this stands before and stays.
 */
const log: string[] = [];
const METHODS = ['log', 'info', 'debug', 'warn', 'error'] as const;
const kept = METHODS.map((method) => console[method]);

/** Nodes by provider, each `Operator (name)`, from the log of one session. */
function placementsOf(lines: readonly string[]): Map<string, string[]> {
  const placements = new Map<string, string[]>();
  let provider: string | null = null;
  for (const line of lines.flatMap((entry) => entry.split('\n'))) {
    const header = /(?:All nodes|Node\(s\)) placed on \[(\w+)\]/.exec(line);
    const node = /^.*?\]\s{2,}(\w+) \((.*)\)\s*$/.exec(line) ?? /^\s*(\w+) \((\S*)\)\s*$/.exec(line);
    if (header) placements.set((provider = header[1]!), placements.get(header[1]!) ?? []);
    else if (provider && node) placements.get(provider)!.push(`${node[1]} (${node[2]})`);
    else if (provider && !/VerifyEachNode/.test(line)) provider = null;
  }
  return placements;
}

describe('placement on WebGPU', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    for (const method of METHODS)
      console[method] = (...values: unknown[]) => void log.push(...values.map(String));
    runtime = await createRuntime({ device: 'webgpu', wasmFolder: '/ort/', logLevel: 'verbose' });
  });
  afterAll(() => {
    METHODS.forEach((method, i) => (console[method] = kept[i]!));
    (runtime.device.gpu as unknown as { destroy(): void }).destroy();
  });

  const models: [string, () => Weights][] = [
    ['dense', () => randomWeights(TINY, 1)],
    ['dense, biases and a head of its own', () => randomWeights(untied, 1)],
    ['int4', () => randomWeights(TINY, 1, 4)],
    ['int4 with offsets', () => withOffsets(randomWeights(TINY, 1, 4))],
    ['int8', () => randomWeights(TINY, 1, 8)],
    ['int4, a large vocabulary in blocks', largeVocabulary],
  ];

  it.each(models)('%s: no compute node of any graph is placed on the CPU', async (_name, make) => {
    const onCpu: string[] = [];
    const hasHalves = runtime.device.gpu?.features.has('shader-f16') === true;
    const precisions: readonly Precision[] = hasHalves ? ['fp32', 'fp16'] : ['fp32'];
    const weights = make();
    for (const graph of precisions.flatMap((precision) => productGraphs(weights, precision))) {
      log.length = 0;
      await (await runtime.compile(graph)).release();
      const placements = placementsOf(log);
      expect([...placements.keys()], `the log of ${graph.name} names its providers`).toContain(
        'WebGpuExecutionProvider',
      );
      for (const node of placements.get('CPUExecutionProvider') ?? []) onCpu.push(`${graph.name}: ${node}`);
    }
    expect(onCpu).toEqual([]);
  });
});
