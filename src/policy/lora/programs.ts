/**
 * Compiled graphs. One of a kind serves all sizes (src/tensor/onnx/template.ts) and is
 * compiled when first needed. The least recently used are released when there are too
 * many or when they hold too much: those with weights of their own have copies of them.
 */
import type { Graph, Initializer } from '../../tensor/graph.ts';
import { Template, type Binding } from '../../tensor/onnx/template.ts';
import {
  disposeAll,
  type DeviceTensor,
  type Program,
  type RunInput,
  type Runtime,
} from '../../tensor/runtime/runtime.ts';
import type { DeviceKind, TensorData } from '../../tensor/types.ts';
import type { CompileCount } from '../types.ts';

export interface ProgramLimits {
  /** Programs at most; one is always held. */
  readonly programs: number;
  /** Bytes at most, as `cost` counts them. */
  readonly bytes: number;
  /** What a graph of so many bytes takes once it is compiled. */
  cost(bytes: number): number;
  /** Weights that all graphs share as inputs. Absent: each has its own. */
  readonly isShared?: (weight: Initializer) => boolean;
}

/** A kind of graph, and two of its sizes. */
export interface GraphKind<Shape> {
  /** Tells it from other kinds, e.g. `update kl=k3`. */
  readonly name: string;
  readonly shape: Shape;
  /** Differs from `shape` in everything that may differ from run to run. Absent: nothing may. */
  readonly other?: Shape;
  build(shape: Shape, device: DeviceKind): Graph;
  /** Outputs that stay on the device. */
  keep(output: string): boolean;
}

/** A program at the sizes that were asked for. */
export interface Runnable {
  /** Runs it as `Program.run` does, with the weights that are shared put in. */
  run(inputs: Readonly<Record<string, RunInput>>): Promise<Record<string, DeviceTensor>>;
}

interface Held {
  readonly kind: string;
  readonly template: Template;
  readonly program: Promise<Program>;
  readonly bytes: number;
  /** By shape, the last used last. */
  readonly bindings: Map<string, Binding>;
}

/** Sizes of a kind whose constants are kept. */
const BINDINGS = 8;

export class ProgramCache {
  private held: Held[] = [];
  private readonly shared = new Map<
    string,
    { readonly of: TensorData['data']; readonly tensor: DeviceTensor }
  >();
  private count: CompileCount = { graphs: 0, seconds: 0 };

  constructor(
    private readonly runtime: Runtime,
    private readonly limits: ProgramLimits,
  ) {}

  /** Graphs compiled so far, and the time it took. */
  get compiled(): CompileCount {
    return this.count;
  }

  /**
   * The program of a kind at a shape; a kind is compiled again only where one graph
   * does not fit all its shapes.
   */
  async get<Shape extends object>(kind: GraphKind<Shape>): Promise<Runnable> {
    const { name, shape } = kind;
    const key = JSON.stringify(shape);
    const device = this.runtime.device.kind;
    const same = this.held.filter((one) => one.kind === name);
    for (const one of same) {
      const binding = one.bindings.get(key);
      if (binding) return this.use(one, key, binding);
    }
    const graph = kind.build(shape, device);
    for (const one of same) {
      const binding = one.template.bind(graph);
      if (binding) return this.use(one, key, binding);
    }
    const { isShared } = this.limits;
    const template = new Template(graph, kind.other ? kind.build(kind.other, device) : graph, {
      ...(isShared && { asInput: isShared }),
    });
    const bytes = this.limits.cost(template.encoded.bytes);
    // Room is made before, so that the limit holds while the new one is made, too.
    const leaving = this.makeRoom(bytes);
    const program = leaving.then(() => this.compile(template, (output) => kind.keep(output)));
    const one: Held = { kind: name, template, program, bytes, bindings: new Map() };
    this.held.push(one);
    program.catch(() => (this.held = this.held.filter((other) => other !== one)));
    return this.use(one, key, template.bind(graph)!);
  }

  private async compile({ encoded }: Template, keep: (output: string) => boolean): Promise<Program> {
    const begun = performance.now();
    const kept = encoded.outputs.map(({ name }) => name).filter(keep);
    const program = await this.runtime.compile(encoded, kept);
    const { graphs, seconds } = this.count;
    this.count = { graphs: graphs + 1, seconds: seconds + (performance.now() - begun) / 1000 };
    return program;
  }

  private async use(one: Held, key: string, binding: Binding): Promise<Runnable> {
    this.held = [...this.held.filter((other) => other !== one), one];
    one.bindings.delete(key);
    one.bindings.set(key, binding);
    if (one.bindings.size > BINDINGS) one.bindings.delete(one.bindings.keys().next().value!);
    const program = await one.program;
    const fixed: Record<string, RunInput> = { ...binding.constants };
    for (const [name, weight] of Object.entries(one.template.weights)) fixed[name] = this.share(name, weight);
    const given = Object.entries({ ...binding.constants, ...one.template.weights });
    const signature = [...binding.inputs, ...given.map(([name, { dtype, dims }]) => ({ name, dtype, dims }))];
    return { run: (inputs) => program.run({ ...inputs, ...fixed }, signature) };
  }

  /** One copy on the device for all programs. */
  private share(name: string, weight: TensorData): DeviceTensor {
    const known = this.shared.get(name);
    if (known?.of === weight.data) return known.tensor;
    known?.tensor.dispose();
    const tensor = this.runtime.upload(weight);
    this.shared.set(name, { of: weight.data, tensor });
    return tensor;
  }

  private async makeRoom(bytes: number): Promise<void> {
    const victims: Held[] = [];
    let total = this.held.reduce((sum, one) => sum + one.bytes, bytes);
    let count = this.held.length;
    for (const one of this.held) {
      if (count < this.limits.programs && total <= this.limits.bytes) break;
      victims.push(one);
      count -= 1;
      total -= one.bytes;
    }
    await this.drop(victims);
  }

  /** Releases the programs of some kinds; they are compiled again when they are needed. */
  letGo(isLeft: (kind: string) => boolean): Promise<void> {
    return this.drop(this.held.filter(({ kind }) => isLeft(kind)));
  }

  private async drop(victims: readonly Held[]): Promise<void> {
    this.held = this.held.filter((one) => !victims.includes(one));
    for (const { program } of victims)
      await program.then(
        (made) => made.release(),
        () => undefined,
      );
  }

  async release(): Promise<void> {
    const all = this.held;
    this.held = [];
    for (const { program } of all) await (await program).release();
    disposeAll(Object.fromEntries([...this.shared].map(([name, { tensor }]) => [name, tensor])));
    this.shared.clear();
  }
}
