/**
 * Compiled graphs by shape: made when first needed, the least recently used released when they are too many or hold too much, since each
 * has its own copy of the weights.
 */
import type { EncodedGraph } from '../tensor/onnx/encode.ts';
import type { Program, Runtime } from '../tensor/runtime/runtime.ts';

export class ProgramCache {
  private readonly programs = new Map<string, Promise<Program>>();

  /** @param limit programs at most; `byteLimit`: bytes of their weights at most, one program is always held */
  constructor(
    private readonly runtime: Runtime,
    private readonly limit: number,
    private readonly byteLimit = Infinity,
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
    while (
      this.programs.size > 1 &&
      (this.programs.size > this.limit || (await this.bytes()) > this.byteLimit)
    ) {
      const [oldest, victim] = this.programs.entries().next().value!;
      this.programs.delete(oldest);
      await (await victim).release();
    }
    return program;
  }

  private async bytes(): Promise<number> {
    const held = await Promise.all(this.programs.values());
    return held.reduce((sum, { graph }) => sum + graph.bytes, 0);
  }

  async release(): Promise<void> {
    const all = [...this.programs.values()];
    this.programs.clear();
    for (const program of all) await (await program).release();
  }
}
