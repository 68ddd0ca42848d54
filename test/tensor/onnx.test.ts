/**
 * The bytes of a graph, read back by a protobuf reader that shares nothing with the
 * writer, and loaded by onnxruntime.
 */
import { describe, expect, it } from 'vitest';
import { quantise } from '../../src/policy/model/quantise.ts';
import { gradients } from '../../src/tensor/training/autodiff.ts';
import { Graph } from '../../src/tensor/graph.ts';
import { encodeGraph, EXTERNAL_ABOVE_BYTES } from '../../src/tensor/onnx/encode.ts';
import { add, mul } from '../../src/tensor/ops/arithmetic.ts';
import { gemm, matmulQuantised } from '../../src/tensor/ops/matmul.ts';
import { transpose } from '../../src/tensor/ops/layout.ts';
import { softmax } from '../../src/tensor/ops/normal.ts';
import { sumAll } from '../../src/tensor/ops/broadcast.ts';
import { distinctValues, evaluate } from './harness.ts';

type Field = { readonly field: number; readonly value: bigint | Uint8Array };

/** Fields of one protobuf message, in order; throws where the bytes are not a message. */
function readMessage(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (at >= bytes.length || shift > 63n) throw new Error('a varint runs over the end');
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const field = tag >> 3;
    switch (tag & 7) {
      case 0:
        fields.push({ field, value: varint() });
        break;
      case 2:
      case 5: {
        const length = (tag & 7) === 5 ? 4 : Number(varint());
        if (at + length > bytes.length) throw new Error(`field ${field} runs over the end`);
        fields.push({ field, value: bytes.subarray(at, at + length) });
        at += length;
        break;
      }
      default:
        throw new Error(`wire type ${tag & 7}`);
    }
  }
  return fields;
}

const all = (message: Field[], field: number) =>
  message.filter((entry) => entry.field === field).map(({ value }) => value);
const bytesOf = (message: Field[], field: number) => all(message, field) as Uint8Array[];
const messagesOf = (message: Field[], field: number) => bytesOf(message, field).map(readMessage);
const textsOf = (message: Field[], field: number) =>
  bytesOf(message, field).map((bytes) => new TextDecoder().decode(bytes));
const numbersOf = (message: Field[], field: number) => all(message, field).map(Number);

// Field numbers of onnx.proto: ModelProto, GraphProto, NodeProto, TensorProto, ValueInfoProto.
const graphOf = (model: Field[]) => messagesOf(model, 7)[0]!;
const nodesOf = (graph: Field[]) => messagesOf(graph, 1);
const initializersOf = (graph: Field[]) => messagesOf(graph, 5);

function example() {
  const graph = new Graph('example');
  const x = graph.parameter('x', [2, 3]);
  const w = graph.constant('float32', [3, 4], distinctValues('onnx w', 12), 'w');
  const out = softmax(transpose(gemm(x, w), [1, 0]));
  graph.output('out', out);
  graph.output('gradient', gradients(sumAll(mul(out, out)), [x])[0]!);
  return graph;
}

describe('onnx: encoding', () => {
  it('is a model of opset 21 with its graph, read by an independent reader', () => {
    const encoded = encodeGraph(example());
    const model = readMessage(encoded.model);
    expect(numbersOf(model, 1)).toEqual([10]);
    expect(messagesOf(model, 8).map((opset) => [textsOf(opset, 1)[0], numbersOf(opset, 2)[0]])).toEqual([
      ['', 21],
      ['com.microsoft', 1],
    ]);
    const graph = graphOf(model);
    expect(textsOf(graph, 2)).toEqual(['example']);
    expect(nodesOf(graph)).toHaveLength(encoded.nodeCount);
    const first = nodesOf(graph)[0]!;
    expect(textsOf(first, 4)).toEqual(['MatMul']);
    expect(textsOf(first, 1)).toEqual(['x', 'w']);
    const transposed = nodesOf(graph).find((node) => textsOf(node, 4)[0] === 'Transpose')!;
    const perm = messagesOf(transposed, 5)[0]!;
    expect([textsOf(perm, 1), numbersOf(perm, 8), numbersOf(perm, 20)]).toEqual([['perm'], [1, 0], [7]]);
    const normal = nodesOf(graph).find((node) => textsOf(node, 4)[0] === 'Softmax')!;
    expect(numbersOf(messagesOf(normal, 5)[0]!, 3), 'a negative attribute').toEqual([-1]);
    const w = initializersOf(graph).find((tensor) => textsOf(tensor, 8)[0] === 'w')!;
    expect([numbersOf(w, 1), numbersOf(w, 2)]).toEqual([[3, 4], [1]]);
    expect(new Float32Array(bytesOf(w, 9)[0]!.slice().buffer)).toEqual(distinctValues('onnx w', 12));
    expect(messagesOf(graph, 11).map((info) => textsOf(info, 1)[0])).toEqual(['x']);
    expect(messagesOf(graph, 12).map((info) => textsOf(info, 1)[0])).toEqual(['out', 'gradient']);
    const type = messagesOf(messagesOf(messagesOf(graph, 12)[0]!, 2)[0]!, 1)[0]!;
    expect(numbersOf(type, 1)).toEqual([1]);
    expect(messagesOf(messagesOf(type, 2)[0]!, 1).map((dim) => numbersOf(dim, 1)[0])).toEqual([4, 2]);
  });

  it('writes nodes in an order in which every input is known', () => {
    const graph = graphOf(readMessage(encodeGraph(example()).model));
    const known = new Set([
      ...messagesOf(graph, 11).flatMap((info) => textsOf(info, 1)),
      ...initializersOf(graph).flatMap((tensor) => textsOf(tensor, 8)),
    ]);
    for (const node of nodesOf(graph)) {
      textsOf(node, 1).forEach((name) => expect(known, `input of ${textsOf(node, 4)[0]}`).toContain(name));
      textsOf(node, 2).forEach((name) => expect(known).not.toContain(name));
      textsOf(node, 2).forEach((name) => known.add(name));
    }
  });

  it('is the same bytes for the same graph', () => {
    expect(encodeGraph(example()).model).toEqual(encodeGraph(example()).model);
  });

  it('marks quantised products with their domain and packs uint4', async () => {
    const graph = new Graph('quantised');
    const x = graph.parameter('x', [1, 32]);
    const out = matmulQuantised(x, quantise(distinctValues('onnx q', 64), 2, 32, 4), 'w');
    graph.output('gradient', gradients(sumAll(mul(out, out)), [x])[0]!);
    const read = graphOf(readMessage(encodeGraph(graph).model));
    const product = nodesOf(read).find((node) => textsOf(node, 4)[0] === 'MatMulNBits')!;
    expect(textsOf(product, 7)).toEqual(['com.microsoft']);
    const packed = initializersOf(read).find((tensor) => textsOf(tensor, 8)[0] === 'w.backward')!;
    expect([numbersOf(packed, 1), numbersOf(packed, 2), bytesOf(packed, 9)[0]!.length]).toEqual([
      [2, 32],
      [21],
      32,
    ]);
  });
});

describe('onnx: large weights', () => {
  const size = EXTERNAL_ABOVE_BYTES / 4;
  const build = (elements: number) => {
    const graph = new Graph('large');
    const weights = graph.constant('float32', [elements], new Float32Array(elements).fill(0.5), 'weights');
    graph.output('sum', sumAll(add(weights, graph.input('x', 'float32', []))));
    return graph;
  };

  it('travel beside the model above 16 KiB and load from there', async () => {
    const encoded = encodeGraph(build(size + 1));
    expect(encoded.external.map(({ path, data }) => [path, data.byteLength])).toEqual([
      ['weights.bin', (size + 1) * 4],
    ]);
    expect(encoded.model.byteLength).toBeLessThan(2000);
    const tensor = initializersOf(graphOf(readMessage(encoded.model))).find(
      (entry) => textsOf(entry, 8)[0] === 'weights',
    )!;
    expect(numbersOf(tensor, 14), 'data location: external').toEqual([1]);
    expect(bytesOf(tensor, 9)).toEqual([]);
    expect((await evaluate(encoded, { x: 0.5 }))['sum']).toEqual([size + 1]);
  });

  it('stay inside at 16 KiB, or where external data is not wanted', async () => {
    expect(encodeGraph(build(size)).external).toEqual([]);
    const inline = encodeGraph(build(size + 1), { inline: true });
    expect(inline.external).toEqual([]);
    expect((await evaluate(inline, { x: 0.5 }))['sum']).toEqual([size + 1]);
  });
});
