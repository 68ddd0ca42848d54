/**
 * A graph as ONNX bytes (opset 21 and onnxruntime's com.microsoft domain). Only what the outputs depend
 * on is written, so that the unused side of a gradient costs nothing. Field numbers are those of onnx.proto3.
 */
import type { Attribute, Body, Graph, Node, Tensor } from '../graph.ts';
import { DATA_TYPE, type DType, type TypedData } from '../types.ts';
import { Writer } from './protobuf.ts';
import { reachable, type Reachable } from './reachable.ts';

const OPSET = 21;
const IR_VERSION = 10;
/** AttributeProto.type of an attribute that is a graph. */
const GRAPH_ATTRIBUTE = 5;

/**
 * Initializers above this size travel beside the model: writing and parsing it
 * copies, and a model is limited to 2 GB.
 */
export const EXTERNAL_ABOVE_BYTES = 1 << 14;

export interface ExternalData {
  readonly path: string;
  readonly data: Uint8Array;
}

export interface ValueSignature {
  readonly name: string;
  readonly dtype: DType;
  readonly dims: readonly number[];
}

/** What is known of a graph once it is loaded. */
export interface GraphSignature {
  readonly name: string;
  readonly inputs: readonly ValueSignature[];
  readonly outputs: readonly ValueSignature[];
  readonly nodeCount: number;
  /** Model and external data. */
  readonly bytes: number;
}

export interface EncodedGraph extends GraphSignature {
  readonly model: Uint8Array;
  readonly external: readonly ExternalData[];
}

/** A vector of int64 values. */
export interface ExtraConstant {
  readonly name: string;
  readonly data: BigInt64Array;
}

/** What is left open in a graph: sizes that differ from run to run, and constants that come as inputs. */
export interface Openings {
  /**
   * The sizes of a value outside bodies; a name where any will do, the same one for
   * sizes that are always equal.
   */
  dimsOf(tensor: Tensor): readonly Dim[];
  /** The name of the input or constant that stands in the place of a node's constant, if one does. */
  nameAt(node: Node, index: number): string | undefined;
  /** Constants in the places of others. */
  readonly constants: readonly ExtraConstant[];
  /** Inputs that stand in the places of constants. */
  readonly inputs: readonly (Omit<ValueSignature, 'dims'> & { readonly dims: readonly Dim[] })[];
}

export interface EncodeOptions {
  /** Keep every initializer inside the model, for runtimes without external data. */
  readonly inline?: boolean;
  readonly openings?: Openings;
  /** As `graph` was found to be before. */
  readonly reached?: Reachable;
}

/** A size: a number, a name, or nothing said. */
export type Dim = number | string | null;
type Dims = readonly Dim[];

function writeValueInfo(writer: Writer, field: number, name: string, dtype: DType, dims: Dims): void {
  writer.message(field, (value) =>
    value.string(1, name).message(2, (type) =>
      type.message(1, (tensorType) =>
        tensorType.int(1, DATA_TYPE[dtype]).message(2, (shape) =>
          dims.forEach((dim) =>
            shape.message(1, (d) => {
              if (typeof dim === 'number') d.int(1, dim);
              else if (dim !== null) d.string(2, dim);
            }),
          ),
        ),
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

/** Writes nodes with their bodies; counts them all. */
class NodeWriter {
  count = 0;

  constructor(
    private readonly reached: Reachable,
    private readonly openings: Openings | undefined,
  ) {}

  write(writer: Writer, nodes: readonly Node[]): void {
    for (const node of nodes) this.node(writer, node);
  }

  private node(writer: Writer, node: Node): void {
    const index = this.count++;
    writer.message(1, (proto) => {
      node.inputs.forEach((input, i) => proto.string(1, this.openings?.nameAt(node, i) ?? input.name));
      node.outputs.forEach((output) => proto.string(2, output.name));
      proto.string(3, `${node.op}_${index}`).string(4, node.op);
      Object.entries(node.attributes).forEach(([name, attribute]) => writeAttribute(proto, name, attribute));
      if (node.body) this.body(proto, node, node.body);
      if (node.domain) proto.string(7, node.domain);
    });
  }

  private body(writer: Writer, node: Node, body: Body): void {
    writer.message(5, (attribute) =>
      attribute
        .string(1, 'body')
        .message(6, (proto) => {
          this.write(proto, this.reached.bodies.get(node)!);
          proto.string(2, `body of ${node.outputs[0]!.name}`);
          // Sizes that a loop carries may change from round to round.
          const open = (tensor: Tensor): Dims => tensor.dims.map(() => null);
          body.inputs.forEach((tensor) => writeValueInfo(proto, 11, tensor.name, tensor.dtype, open(tensor)));
          body.outputs.forEach((tensor) =>
            writeValueInfo(proto, 12, tensor.name, tensor.dtype, open(tensor)),
          );
        })
        .int(20, GRAPH_ATTRIBUTE),
    );
  }
}

function writeInitializer(
  writer: Writer,
  { tensor, data }: { readonly tensor: ValueSignature; readonly data: TypedData },
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

/** The constants that some node still takes as such. */
function keptConstants({ nodes, bodies }: Reachable, openings: Openings | undefined): ReadonlySet<Tensor> {
  const kept = new Set<Tensor>();
  for (const list of [nodes, ...bodies.values()])
    for (const node of list)
      node.inputs.forEach((input, i) => {
        if (openings?.nameAt(node, i) === undefined) kept.add(input);
      });
  return kept;
}

export function encodeGraph(graph: Graph, options: EncodeOptions = {}): EncodedGraph {
  const { openings, reached = reachable(graph) } = options;
  const inputs = graph.inputs.filter((tensor) => reached.used.has(tensor));
  const kept = keptConstants(reached, openings);
  const external: ExternalData[] = [];
  const writer = new NodeWriter(reached, openings);
  const dimsOf = (tensor: Tensor): Dims => openings?.dimsOf(tensor) ?? tensor.dims;
  const model = new Writer()
    .int(1, IR_VERSION)
    .string(2, 'tracewise')
    .message(8, (opset) => opset.string(1, '').int(2, OPSET))
    .message(8, (opset) => opset.string(1, 'com.microsoft').int(2, 1))
    .message(7, (proto) => {
      writer.write(proto, reached.nodes);
      proto.string(2, graph.name);
      graph.initializers
        .filter(({ tensor }) => kept.has(tensor))
        .forEach((initializer) => writeInitializer(proto, initializer, options.inline ? null : external));
      for (const { name, data } of openings?.constants ?? [])
        writeInitializer(proto, { tensor: { name, dtype: 'int64', dims: [data.length] }, data }, null);
      for (const tensor of inputs) writeValueInfo(proto, 11, tensor.name, tensor.dtype, dimsOf(tensor));
      for (const { name, dtype, dims } of openings?.inputs ?? [])
        writeValueInfo(proto, 11, name, dtype, dims);
      for (const tensor of graph.outputs)
        writeValueInfo(proto, 12, tensor.name, tensor.dtype, dimsOf(tensor));
      // What cannot be inferred where sizes are open is said: memory is planned by it.
      if (openings)
        for (const { outputs } of reached.nodes)
          for (const tensor of outputs)
            if (tensor.name !== '' && !graph.outputs.includes(tensor))
              writeValueInfo(proto, 13, tensor.name, tensor.dtype, dimsOf(tensor));
    })
    .finish();
  const signature = ({ name, dtype, dims }: Tensor) => ({ name, dtype, dims });
  return {
    name: graph.name,
    model,
    external,
    inputs: inputs.map(signature),
    outputs: graph.outputs.map(signature),
    nodeCount: writer.count,
    bytes: external.reduce((sum, { data }) => sum + data.byteLength, model.byteLength),
  };
}
