/**
 * One graph for all sizes. Graphs are built for static shapes (graph.ts). Here two builds of one
 * graph, at different sizes, are laid over each other: what differs between them is left open.
 * Sizes of inputs and outputs become free, and constants that depend on the sizes (masks, tables,
 * targets of reshapes) become inputs. A third build gives the values of those inputs for its own
 * sizes. A reshape of which one size alone differs needs none: that size follows from the others.
 *
 * Nothing is guessed. Whether a build is the same graph is compared node by node, and so is every
 * constant that was not left open; one that differs elsewhere is another graph and has to be compiled.
 */
import type { Graph, Initializer, Node, Tensor } from '../graph.ts';
import type { TensorData } from '../types.ts';
import { sameDims } from '../types.ts';
import {
  encodeGraph,
  EXTERNAL_ABOVE_BYTES,
  type Dim,
  type EncodedGraph,
  type ExtraConstant,
  type ValueSignature,
} from './encode.ts';
import { reachable, type Reachable } from './reachable.ts';

/** A constant where a node takes it. */
interface Use {
  readonly node: Node;
  readonly index: number;
  readonly constant: Initializer;
}

/** A graph by its structure: everything but sizes and the values of constants. */
interface Form {
  readonly graph: Graph;
  readonly reached: Reachable;
  readonly structure: string;
  readonly uses: readonly Use[];
  readonly inputs: readonly Tensor[];
}

function formOf(graph: Graph): Form {
  const reached = reachable(graph);
  const constants = new Map(graph.initializers.map((initializer) => [initializer.tensor, initializer]));
  const numbers = new Map<Tensor, number>();
  const number = (tensor: Tensor): number => {
    const known = numbers.get(tensor) ?? numbers.size;
    numbers.set(tensor, known);
    return known;
  };
  const inputs = graph.inputs.filter((tensor) => reached.used.has(tensor));
  const typed = (tensor: Tensor) => `${tensor.name}:${tensor.dtype}:${tensor.rank}`;
  const parts: string[] = [inputs.map(typed).join()];
  inputs.forEach(number);
  const uses: Use[] = [];
  const visit = (nodes: readonly Node[]): void => {
    for (const node of nodes) {
      const from = node.inputs.map((tensor, index) => {
        const constant = constants.get(tensor);
        if (!constant) return tensor.name === '' ? '' : number(tensor);
        uses.push({ node, index, constant });
        return `c${tensor.dtype}${tensor.rank}`;
      });
      const attributes = Object.entries(node.attributes).map(
        ([name, { value }]) => `${name}=${String(value)}`,
      );
      if (node.body) {
        node.body.inputs.forEach(number);
        visit(reached.bodies.get(node)!);
        parts.push(`body ${node.body.outputs.map(number).join()}`);
      }
      const to = node.outputs.map((tensor) => `${number(tensor)}${tensor.dtype}${tensor.rank}`);
      parts.push(`${node.domain}.${node.op}(${from.join()}){${attributes.join()}}${to.join()}`);
    }
  };
  visit(reached.nodes);
  parts.push(graph.outputs.map((tensor) => `${number(tensor)}=${typed(tensor)}`).join());
  return { graph, reached, structure: parts.join('\n'), uses, inputs };
}

function sameData(a: Initializer, b: Initializer): boolean {
  const [x, y] = [a.data, b.data];
  if (!sameDims(a.tensor.dims, b.tensor.dims) || x.byteLength !== y.byteLength) return false;
  if (x.buffer === y.buffer && x.byteOffset === y.byteOffset) return true;
  if (a.isWeight && b.isWeight) return false;
  const [left, right] = [x, y].map((data) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return left!.every((byte, i) => byte === right![i]);
}

/** An input that stands for a constant, and the uses of it. */
interface Opening {
  readonly name: string;
  readonly uses: readonly number[];
}

/** Targets of reshapes that are equal but for the place `at`. */
interface Following {
  readonly uses: readonly number[];
  readonly at: number;
}

/** Where two targets of a reshape differ; null where that is not one place. */
function onlyDifference(uses: readonly Use[], a: Initializer, b: Initializer): number | null {
  if (!uses.every(({ node, index }) => node.op === 'Reshape' && index === 1)) return null;
  const [x, y] = [a.data as BigInt64Array, b.data as BigInt64Array];
  if (x.length !== y.length || x.includes(0n)) return null;
  const places = Array.from(x.keys()).filter((i) => x[i] !== y[i]);
  return places.length === 1 ? places[0]! : null;
}

/** The target with the size at that place left to the others. */
function withFollowing({ data }: Initializer, at: number): BigInt64Array {
  const target = BigInt64Array.from(data as BigInt64Array);
  target[at] = -1n;
  return target;
}

/** What a build of the graph needs to run it at its sizes. */
export interface Binding {
  /** Without those of constants and weights. */
  readonly inputs: readonly ValueSignature[];
  /** The constants that depend on the sizes, by the name of their input. */
  readonly constants: Readonly<Record<string, TensorData>>;
}

export interface TemplateOptions {
  /** Weights that come as inputs under their names; default: none do. */
  readonly asInput?: (weight: Initializer) => boolean;
}

export class Template {
  readonly encoded: EncodedGraph;
  /** Weights to be given with every run, by name. */
  readonly weights: Readonly<Record<string, TensorData>>;
  private readonly form: Form;
  private readonly openings: readonly Opening[];
  private readonly following: readonly Following[];
  private readonly fixed: readonly number[];
  /** Of values outside bodies. */
  private readonly sizes = new Map<Tensor, readonly Dim[]>();

  /**
   * @param first, second one graph at two sizes, all of whose sizes differ. Where they
   * are not one graph, the first is taken as it is, and fits its own sizes alone.
   */
  constructor(first: Graph, second: Graph, { asInput = () => false }: TemplateOptions = {}) {
    const [a, b] = [formOf(first), formOf(second)];
    const other = a.structure === b.structure ? b : a;
    const pairs = new Map<Initializer, Map<Initializer, number[]>>();
    const fixed: number[] = [];
    const weights = new Map<string, Initializer>();
    const names = new Map<Node, Map<number, string>>();
    const name = ({ node, index }: Use, as: string): void => {
      const known = names.get(node) ?? new Map<number, string>();
      names.set(node, known.set(index, as));
    };
    a.uses.forEach((use, i) => {
      const { constant } = use;
      const there = other.uses[i]!.constant;
      if (sameData(constant, there)) {
        fixed.push(i);
        if (!constant.isWeight || constant.data.byteLength <= EXTERNAL_ABOVE_BYTES || !asInput(constant))
          return;
        weights.set(constant.tensor.name, constant);
        return name(use, constant.tensor.name);
      }
      const partners = pairs.get(constant) ?? new Map<Initializer, number[]>();
      pairs.set(constant, partners.set(there, [...(partners.get(there) ?? []), i]));
    });
    const groups = [...pairs.values()].flatMap((partners) => [...partners.values()]);
    const openings: Opening[] = [];
    const following: Following[] = [];
    const targets: ExtraConstant[] = [];
    for (const uses of groups) {
      const [here, there] = [a.uses[uses[0]!]!.constant, other.uses[uses[0]!]!.constant];
      const at = onlyDifference(
        uses.map((use) => a.uses[use]!),
        here,
        there,
      );
      if (at === null) {
        openings.push({ name: `open.${openings.length}`, uses });
        continue;
      }
      following.push({ uses, at });
      const target = { name: `target.${targets.length}`, data: withFollowing(here, at) };
      targets.push(target);
      for (const use of uses) name(a.uses[use]!, target.name);
    }
    [this.openings, this.following] = [openings, following];
    for (const opening of this.openings) for (const use of opening.uses) name(a.uses[use]!, opening.name);
    this.form = a;
    this.fixed = fixed;
    this.weights = Object.fromEntries(
      [...weights].map(([key, { tensor, data }]) => [key, { dtype: tensor.dtype, dims: tensor.dims, data }]),
    );
    // Sizes that are equal in both builds have one name; bind() sees that they always are.
    const open = (mine: Tensor, theirs: Tensor): readonly Dim[] =>
      mine.dims.map((dim, axis) => (dim === theirs.dims[axis] ? dim : `n${dim}_${theirs.dims[axis]}`));
    const [mine, theirs] = [valuesOf(a), valuesOf(other)];
    mine.forEach((tensor, i) => this.sizes.set(tensor, open(tensor, theirs[i]!)));
    // How often a loop ran, and how large what it carries has become, is known when it has run.
    for (const { body, outputs } of a.reached.nodes)
      if (body)
        for (const tensor of outputs)
          this.sizes.set(
            tensor,
            this.sizes.get(tensor)!.map((dim) => (typeof dim === 'number' ? dim : null)),
          );
    const opened = this.openings.map(({ name, uses: [use] }) => {
      const [here, there] = [a.uses[use!]!.constant.tensor, other.uses[use!]!.constant.tensor];
      return { name, dtype: here.dtype, dims: open(here, there) };
    });
    const given = [...weights].map(([key, { tensor }]) => ({
      name: key,
      dtype: tensor.dtype,
      dims: tensor.dims,
    }));
    this.encoded = encodeGraph(first, {
      reached: a.reached,
      openings: {
        dimsOf: (tensor) => this.sizes.get(tensor) ?? tensor.dims,
        nameAt: (node, index) => names.get(node)?.get(index),
        inputs: [...opened, ...given],
        constants: targets,
      },
    });
  }

  /** What another build of the graph puts into the openings; null where it is another graph. */
  bind(build: Graph): Binding | null {
    const form = build === this.form.graph ? this.form : formOf(build);
    if (form.structure !== this.form.structure) return null;
    const at = (use: number): Initializer => form.uses[use]!.constant;
    const isKept = (use: number): boolean => sameData(at(use), this.form.uses[use]!.constant);
    if (form !== this.form && !this.fixed.every(isKept)) return null;
    for (const { uses, at: place } of this.following) {
      const wanted = withFollowing(this.form.uses[uses[0]!]!.constant, place);
      const isAs = (use: number): boolean =>
        withFollowing(at(use), place).every((size, i) => size === wanted[i]);
      if (!uses.every(isAs)) return null;
    }
    const constants: Record<string, TensorData> = {};
    for (const { name, uses } of this.openings) {
      const first = at(uses[0]!);
      if (!uses.every((use) => at(use) === first || sameData(at(use), first))) return null;
      constants[name] = { dtype: first.tensor.dtype, dims: first.tensor.dims, data: first.data };
    }
    return this.fits(form)
      ? { inputs: form.inputs.map(({ name, dtype, dims }) => ({ name, dtype, dims })), constants }
      : null;
  }

  /** Whether sizes that were not left open are the same, and those of one name are equal. */
  private fits(form: Form): boolean {
    const named = new Map<string, number>();
    const own = valuesOf(this.form);
    return valuesOf(form).every((tensor, i) => {
      const sizes = this.sizes.get(own[i]!)!;
      return tensor.dims.every((dim, axis) => {
        const size = sizes[axis]!;
        if (typeof size === 'number') return size === dim;
        if (size === null) return true;
        const known = named.get(size) ?? dim;
        named.set(size, known);
        return known === dim;
      });
    });
  }
}

/** Inputs and whatever is computed outside of bodies. */
const valuesOf = ({ inputs, reached }: Form): readonly Tensor[] => [
  ...inputs,
  ...reached.nodes.flatMap(({ outputs }) => outputs),
];
