/** What of a graph its outputs depend on. The unused side of a gradient, for one, need not be written. */
import type { Graph, Node, Tensor } from '../graph.ts';

export interface Reachable {
  /** In their order. */
  readonly nodes: readonly Node[];
  /** Of every node with a body the nodes in it. */
  readonly bodies: ReadonlyMap<Node, readonly Node[]>;
  /** All values, those in bodies among them. */
  readonly used: ReadonlySet<Tensor>;
}

export function reachable(graph: Graph): Reachable {
  const used = new Set<Tensor>(graph.outputs);
  const bodies = new Map<Node, readonly Node[]>();
  const needed = (nodes: readonly Node[]): Node[] => {
    const found: Node[] = [];
    for (let index = nodes.length - 1; index >= 0; index--) {
      const node = nodes[index]!;
      if (!node.outputs.some((output) => used.has(output))) continue;
      node.inputs.forEach((input) => used.add(input));
      if (node.body) {
        node.body.outputs.forEach((output) => used.add(output));
        bodies.set(node, needed(node.body.nodes));
      }
      found.push(node);
    }
    return found.reverse();
  };
  return { nodes: needed(graph.nodes), bodies, used };
}
