/**
 * A typed graph of ONNX operators with static shapes. It records what is computed and, for values that
 * depend on a parameter, how a gradient flows back; it computes nothing itself. Operators are
 * functions in ops/, one file a family; encoding is in onnx/, execution in runtime/.
 */
import { GraphError } from './errors.ts';
import { byteLengthOf, type DeviceKind, type DType, type TypedData } from './types.ts';

export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'float'; readonly value: number };

export const int = (value: number): Attribute => ({ kind: 'int', value });
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
export const float = (value: number): Attribute => ({ kind: 'float', value });

/** A value in a graph: a handle with a type and a shape, no data. */
export class Tensor {
  constructor(
    readonly graph: Graph,
    public name: string,
    readonly dtype: DType,
    readonly dims: readonly number[],
    /** Whether a gradient can reach a parameter through this value. */
    public needsGradient: boolean,
    /** How many bodies (of loops) it stands in: it can be used there and further in, not outside. */
    readonly depth = 0,
  ) {}

  get rank(): number {
    return this.dims.length;
  }

  /** Size of an axis; negative counts from the end. */
  dim(axis: number): number {
    const size = this.dims.at(axis);
    if (size === undefined) throw new GraphError(`${this.name} [${this.dims}] has no axis ${axis}`);
    return size;
  }
}

/** A graph within a node, such as what a loop repeats. It may use any value from outside. */
export interface Body {
  readonly nodes: readonly Node[];
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

export interface Node {
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly body?: Body;
}

export interface Initializer {
  readonly tensor: Tensor;
  readonly data: TypedData;
  /** Given a name by whoever made it: a weight, which may come as an input instead. */
  readonly isWeight: boolean;
}

/**
 * Vector-Jacobian product of one recorded operation: from the gradients of its outputs (undefined
 * where none arrived) to the gradients of its inputs, in order, undefined where there is none.
 */
export type Pullback = (outputGradients: readonly (Tensor | undefined)[]) => readonly (Tensor | undefined)[];

export interface Recorded {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly pullback: Pullback;
}

export interface NodeSpec {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
  readonly dtype?: DType;
  /** Of single outputs, where they are not all of one. */
  readonly dtypes?: readonly DType[];
  readonly body?: Body;
}

/** Nodes being appended to, and the values that were made once per key there. */
interface Scope {
  readonly nodes: Node[];
  readonly made: Map<string, Tensor>;
}

export class Graph {
  readonly nodes: Node[] = [];
  readonly inputs: Tensor[] = [];
  readonly initializers: Initializer[] = [];
  readonly outputs: Tensor[] = [];
  readonly tape: Recorded[] = [];
  /** In the place of an operator's optional input. */
  readonly absent = new Tensor(this, '', 'float32', [], false);
  private recording = true;
  private counter = 0;
  private readonly names = new Set<string>();
  /** The graph itself, and the bodies that are being built, inwards. */
  private scopes: Scope[] = [{ nodes: this.nodes, made: new Map() }];
  private readonly produced = new Set<Tensor>();

  /** @param device what will run it: kernels differ in what they can be given */
  constructor(
    readonly name: string,
    readonly device: DeviceKind = 'wasm',
  ) {}

  /** An input that carries data, e.g. token ids. */
  input(name: string, dtype: DType, dims: readonly number[]): Tensor {
    return this.addInput(name, dtype, dims, false);
  }

  /** A float32 input that gradients are wanted for, e.g. a LoRA matrix. */
  parameter(name: string, dims: readonly number[]): Tensor {
    return this.addInput(name, 'float32', dims, true);
  }

  /** A value fixed in the graph; one with a name is a weight. The data is not copied. */
  constant(dtype: DType, dims: readonly number[], data: TypedData, weight?: string): Tensor {
    const name = weight ?? this.freshName('const');
    if (data.byteLength !== byteLengthOf(dtype, dims)) {
      throw new GraphError(`constant ${name}: ${data.byteLength} bytes for ${dtype} [${dims}]`);
    }
    this.claim(name);
    const tensor = new Tensor(this, name, dtype, [...dims], false);
    this.initializers.push({ tensor, data, isWeight: weight !== undefined });
    return tensor;
  }

  /** A float32 scalar; equal scalars are one constant. */
  scalar(value: number): Tensor {
    return this.cached(`f${value}`, () => this.constant('float32', [], Float32Array.of(value)));
  }

  /** An int64 vector (axes, shapes); equal vectors are one constant. */
  axes(values: readonly number[]): Tensor {
    return this.cached(`i${values}`, () =>
      this.constant('int64', [values.length], BigInt64Array.from(values, BigInt)),
    );
  }

  /** A value made once per key. What is made of values outside a loop should be made `outside` of it. */
  cached(key: string, make: () => Tensor): Tensor {
    for (const { made } of this.scopes) {
      const known = made.get(key);
      if (known) return known;
    }
    const made = make();
    this.scopes[made.depth]!.made.set(key, made);
    return made;
  }

  /** Builds before all bodies: once, and not in each round of a loop. */
  outside<T>(build: () => T): T {
    const before = this.scopes;
    this.scopes = before.slice(0, 1);
    try {
      return build();
    } finally {
      this.scopes = before;
    }
  }

  /** Builds the body of a node from inputs of the given types. No gradient passes through it. */
  body(
    inputs: readonly { readonly dtype: DType; readonly dims: readonly number[] }[],
    build: (inputs: readonly Tensor[]) => readonly Tensor[],
  ): Body {
    const scope: Scope = { nodes: [], made: new Map() };
    const depth = this.scopes.length;
    const given = inputs.map(
      ({ dtype, dims }) => new Tensor(this, this.freshName('body'), dtype, [...dims], false, depth),
    );
    this.scopes = [...this.scopes, scope];
    try {
      // A body puts out what it made, and each value once.
      const outputs = this.withoutRecording(() =>
        build(given).map((tensor, i, all) =>
          tensor.depth < depth || given.includes(tensor) || all.indexOf(tensor) < i
            ? this.node('Identity', [tensor], tensor.dims)
            : tensor,
        ),
      );
      return { nodes: scope.nodes, inputs: given, outputs };
    } finally {
      this.scopes = this.scopes.slice(0, -1);
    }
  }

  /** Appends an operator with one output. */
  node(op: string, inputs: readonly Tensor[], dims: readonly number[], spec: NodeSpec = {}): Tensor {
    return this.nodeMany(op, inputs, [dims], spec)[0]!;
  }

  /** Appends an operator with several outputs. */
  nodeMany(
    op: string,
    inputs: readonly Tensor[],
    outputDims: readonly (readonly number[])[],
    spec: NodeSpec = {},
  ): Tensor[] {
    const depth = this.scopes.length - 1;
    for (const tensor of inputs) {
      if (tensor.graph !== this) throw new GraphError(`${op}: ${tensor.name} belongs to another graph`);
      if (tensor.depth > depth) throw new GraphError(`${op}: ${tensor.name} is inside a loop`);
    }
    const needsGradient = this.recording && inputs.some((tensor) => tensor.needsGradient);
    const dtype = spec.dtype ?? inputs[0]!.dtype;
    const outputs = outputDims.map((dims, i) => {
      const own = spec.dtypes?.[i] ?? dtype;
      return new Tensor(this, this.freshName(op), own, [...dims], needsGradient && own === 'float32', depth);
    });
    // Copies: a caller may go on growing the list it passed.
    this.scopes.at(-1)!.nodes.push({
      op,
      domain: spec.domain ?? '',
      inputs: [...inputs],
      outputs,
      attributes: spec.attributes ?? {},
      ...(spec.body && { body: spec.body }),
    });
    outputs.forEach((output) => this.produced.add(output));
    return outputs;
  }

  /** Records how a gradient passes back through an operation; a no-op when nothing before it needs one. */
  record(inputs: readonly Tensor[], outputs: readonly Tensor[], pullback: Pullback): void {
    if (this.recording && outputs.some((tensor) => tensor.needsGradient)) {
      this.tape.push({ inputs: [...inputs], outputs: [...outputs], pullback });
    }
  }

  /** Builds a value from several operators and gives it one gradient rule of its own instead of theirs. */
  fused(
    inputs: readonly Tensor[],
    build: () => Tensor,
    pullback: (gradient: Tensor) => readonly (Tensor | undefined)[],
  ): Tensor {
    const out = this.withoutRecording(build);
    out.needsGradient = this.recording && inputs.some((tensor) => tensor.needsGradient);
    this.record(inputs, [out], ([gradient]) => pullback(gradient!));
    return out;
  }

  /** Runs `build` without recording: what it computes is a constant for later gradients. */
  withoutRecording<T>(build: () => T): T {
    const before = this.recording;
    this.recording = false;
    try {
      return build();
    } finally {
      this.recording = before;
    }
  }

  /** Names a value as an output of the graph. */
  output(name: string, tensor: Tensor): void {
    const renamed =
      !this.produced.has(tensor) || this.outputs.includes(tensor)
        ? this.node('Identity', [tensor], tensor.dims)
        : tensor;
    this.claim(name);
    renamed.name = name;
    this.outputs.push(renamed);
  }

  private addInput(name: string, dtype: DType, dims: readonly number[], needsGradient: boolean): Tensor {
    this.claim(name);
    const tensor = new Tensor(this, name, dtype, [...dims], needsGradient);
    this.inputs.push(tensor);
    return tensor;
  }

  private freshName(stem: string): string {
    return `${stem}_${this.counter++}`;
  }

  private claim(name: string): void {
    if (this.names.has(name)) throw new GraphError(`the name ${name} is used twice in graph ${this.name}`);
    this.names.add(name);
  }
}
