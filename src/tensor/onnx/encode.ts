/**
 * A graph as ONNX bytes (opset 21 and onnxruntime's com.microsoft domain). Only what the outputs depend
 * on is written, so that the unused side of a gradient costs nothing. Field numbers are those of onnx.proto3.
 */
import type { Attribute, Graph, Initializer, Node, Tensor } from '../graph.ts';
import { DATA_TYPE, type DType } from '../types.ts';
import { Writer } from './protobuf.ts';

export const OPSET = 21;
const IR_VERSION = 10;

/** Initializers above this size travel beside the model: writing and parsing it copies, and a model is limited to 2 GB. */
export const EXTERNAL_ABOVE_BYTES = 1 << 14;

export interface ExternalData {
  readonly path: string;
  readonly data: Uint8Array;
}

/** What is known of a graph once it is loaded. */
export interface GraphSignature {
  readonly name: string;
  readonly inputs: readonly {
    readonly name: string;
    readonly dtype: DType;
    readonly dims: readonly number[];
  }[];
  readonly outputs: readonly {
    readonly name: string;
    readonly dtype: DType;
    readonly dims: readonly number[];
  }[];
  readonly nodeCount: number;
  /** Model and external data. */
  readonly bytes: number;
}

export interface EncodedGraph extends GraphSignature {
  readonly model: Uint8Array;
  readonly external: readonly ExternalData[];
}

export interface EncodeOptions {
  /** Keep every initializer inside the model, for runtimes without external data. */
  readonly inline?: boolean;
}

/** Nodes and values that the outputs depend on, nodes in their order. */
function reachable(graph: Graph): { nodes: Node[]; used: Set<Tensor> } {
  const used = new Set<Tensor>(graph.outputs);
  const nodes: Node[] = [];
  for (let index = graph.nodes.length - 1; index >= 0; index--) {
    const node = graph.nodes[index]!;
    if (!node.outputs.some((output) => used.has(output))) continue;
    node.inputs.forEach((input) => used.add(input));
    nodes.push(node);
  }
  return { nodes: nodes.reverse(), used };
}

function writeValueInfo(writer: Writer, field: number, tensor: Tensor): void {
  writer.message(field, (value) =>
    value
      .string(1, tensor.name)
      .message(2, (type) =>
        type.message(1, (tensorType) =>
          tensorType
            .int(1, DATA_TYPE[tensor.dtype])
            .message(2, (shape) => tensor.dims.forEach((dim) => shape.message(1, (d) => d.int(1, dim)))),
        ),
      ),
  );
}

function writeAttribute(writer: Writer, name: string, attribute: Attribute): void {
  writer.message(5, (proto) => {
    proto.string(1, name);
    switch (attribute.kind) {
      case 'float':
        return proto.float(2, attribute.value).int(20, 1);
      case 'int':
        return proto.int(3, attribute.value).int(20, 2);
      case 'ints':
        attribute.value.forEach((value) => proto.int(8, value));
        return proto.int(20, 7);
    }
  });
}

function writeNode(writer: Writer, node: Node, index: number): void {
  writer.message(1, (proto) => {
    node.inputs.forEach((input) => proto.string(1, input.name));
    node.outputs.forEach((output) => proto.string(2, output.name));
    proto.string(3, `${node.op}_${index}`).string(4, node.op);
    Object.entries(node.attributes).forEach(([name, attribute]) => writeAttribute(proto, name, attribute));
    if (node.domain) proto.string(7, node.domain);
  });
}

function writeInitializer(
  writer: Writer,
  { tensor, data }: Initializer,
  external: ExternalData[] | null,
): void {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  writer.message(5, (proto) => {
    tensor.dims.forEach((dim) => proto.int(1, dim));
    proto.int(2, DATA_TYPE[tensor.dtype]).string(8, tensor.name);
    if (!external || bytes.byteLength <= EXTERNAL_ABOVE_BYTES) {
      proto.bytes(9, bytes);
      return;
    }
    const path = `${tensor.name}.bin`;
    external.push({ path, data: bytes });
    proto.message(13, (entry) => entry.string(1, 'location').string(2, path)).int(14, 1);
  });
}

export function encodeGraph(graph: Graph, options: EncodeOptions = {}): EncodedGraph {
  const { nodes, used } = reachable(graph);
  const inputs = graph.inputs.filter((tensor) => used.has(tensor));
  const external: ExternalData[] = [];
  const model = new Writer()
    .int(1, IR_VERSION)
    .string(2, 'tracewise')
    .message(8, (opset) => opset.string(1, '').int(2, OPSET))
    .message(8, (opset) => opset.string(1, 'com.microsoft').int(2, 1))
    .message(7, (proto) => {
      nodes.forEach((node, index) => writeNode(proto, node, index));
      proto.string(2, graph.name);
      graph.initializers
        .filter(({ tensor }) => used.has(tensor))
        .forEach((initializer) => writeInitializer(proto, initializer, options.inline ? null : external));
      inputs.forEach((tensor) => writeValueInfo(proto, 11, tensor));
      graph.outputs.forEach((tensor) => writeValueInfo(proto, 12, tensor));
    })
    .finish();
  const signature = ({ name, dtype, dims }: Tensor) => ({ name, dtype, dims });
  return {
    name: graph.name,
    model,
    external,
    inputs: inputs.map(signature),
    outputs: graph.outputs.map(signature),
    nodeCount: nodes.length,
    bytes: external.reduce((sum, { data }) => sum + data.byteLength, model.byteLength),
  };
}
