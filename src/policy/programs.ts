/**
 * Compiled graphs by shape: made when first needed, the least recently used released when there are too many, since each holds
 * its own copy of the weights.
 */
import type { EncodedGraph } from '../tensor/onnx/encode.ts';
import type { Program, Runtime } from '../tensor/runtime/runtime.ts';

export class ProgramCache {
  private readonly programs = new Map<string, Promise<Program>>();

  constructor(
    private readonly runtime: Runtime,
    private readonly limit: number,
  ) {}

  /** The program for `key`, built by `build` if it is not there. `keep` names the outputs that stay on the device. */
  async get(key: string, build: () => EncodedGraph, keep: (output: string) => boolean): Promise<Program> {
    const known = this.programs.get(key);
    if (known) {
      this.programs.delete(key);
      this.programs.set(key, known);
      return known;
    }
    const graph = build();
    const kept = graph.outputs.map(({ name }) => name).filter(keep);
    const made = this.runtime.compile(graph, kept);
    this.programs.set(key, made);
    made.catch(() => this.programs.delete(key));
    const program = await made;
    while (this.programs.size > this.limit) {
      const [oldest, victim] = this.programs.entries().next().value!;
      this.programs.delete(oldest);
      await (await victim).release();
    }
    return program;
  }

  async release(): Promise<void> {
    const all = [...this.programs.values()];
    this.programs.clear();
    for (const program of all) await (await program).release();
  }
}
