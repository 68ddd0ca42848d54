/**
 * Compiled graphs by shape. A graph is compiled when first needed. The least recently used are released when there are too many or
 * when they hold too much, since each has its own copies of the weights.
 */
import type { EncodedGraph } from '../../tensor/onnx/encode.ts';
import type { Program, Runtime } from '../../tensor/runtime/runtime.ts';
import type { DeviceKind } from '../../tensor/types.ts';

export interface ProgramLimits {
  /** Programs at most; one is always held. */
  readonly programs: number;
  /** Bytes at most, as `cost` counts them. */
  readonly bytes: number;
  /** What a graph of so many bytes takes once it is compiled. */
  cost(bytes: number): number;
}

interface Held {
  readonly program: Promise<Program>;
  readonly bytes: number;
}

export class ProgramCache {
  private readonly held = new Map<string, Held>();

  constructor(
    private readonly runtime: Runtime,
    private readonly limits: ProgramLimits,
  ) {}

  /** The program for `key`, built by `build` for the device if it is not there. `keep` names the outputs that stay on it. */
  async get(
    key: string,
    build: (device: DeviceKind) => EncodedGraph,
    keep: (output: string) => boolean,
  ): Promise<Program> {
    const known = this.held.get(key);
    if (known) {
      this.held.delete(key);
      this.held.set(key, known);
      return known.program;
    }
    const graph = build(this.runtime.device.kind);
    const bytes = this.limits.cost(graph.bytes);
    // Room is made before, so that the limit holds while the new one is made, too.
    const leaving = this.makeRoom(bytes);
    const kept = graph.outputs.map(({ name }) => name).filter(keep);
    const program = leaving.then(() => this.runtime.compile(graph, kept));
    this.held.set(key, { program, bytes });
    program.catch(() => this.held.delete(key));
    return program;
  }

  private async makeRoom(bytes: number): Promise<void> {
    const victims: Held[] = [];
    let total = [...this.held.values()].reduce((sum, one) => sum + one.bytes, bytes);
    for (const [key, one] of this.held) {
      if (this.held.size < this.limits.programs && total <= this.limits.bytes) break;
      this.held.delete(key);
      victims.push(one);
      total -= one.bytes;
    }
    for (const { program } of victims)
      await program.then(
        (made) => made.release(),
        () => undefined,
      );
  }

  async release(): Promise<void> {
    const all = [...this.held.values()];
    this.held.clear();
    for (const { program } of all) await (await program).release();
  }
}
