/**
 * The adapter that is trained, on the device: its matrices, the moments of AdamW, and how gradients change them. What the gradients are of is
 * not known here.
 */
import { adamScalarValues } from '../tensor/optimizer.ts';
import type { TensorData } from '../tensor/types.ts';
import { disposeAll, type DeviceTensor, type Runtime } from '../tensor/runtime/runtime.ts';
import { initialAdapter, type AdapterMatrix, type AdapterSettings } from './adapter.ts';
import type { Architecture } from './architecture.ts';
import { RequestError } from './errors.ts';
import { applyGraph, momentNames, nextName } from './graphs/apply.ts';
import { accumulatorName } from './graphs/update.ts';
import type { ProgramCache } from './programs.ts';
import type { PolicySnapshot, UpdateSettings } from './types.ts';

export type Named = Record<string, DeviceTensor>;

export interface TrainedAdapterOptions {
  readonly runtime: Runtime;
  readonly programs: ProgramCache;
  readonly architecture: Architecture;
  readonly adapter: AdapterSettings;
  readonly matrices: readonly AdapterMatrix[];
  /** Of the initial values. */
  readonly seed: number;
}

export class TrainedAdapter {
  /** With B = 0: it changes nothing. */
  readonly base: Named = {};
  /** By accumulator name; never disposed of before the end. */
  readonly zeroGradients: Named = {};
  /** Matrices and moments, by name. */
  private state: Named = {};
  private steps = 0;

  constructor(private readonly options: TrainedAdapterOptions) {
    for (const { name, dims } of options.matrices) {
      const zeros = () => this.upload(dims, new Float32Array(dims[0] * dims[1]));
      this.base[name] = zeros();
      this.zeroGradients[accumulatorName(name)] = zeros();
    }
    this.reset(options.seed);
  }

  get current(): Named {
    return this.state;
  }

  private upload(dims: readonly number[], data: Float32Array): DeviceTensor {
    const tensor: TensorData = { dtype: 'float32', dims, data };
    return this.options.runtime.upload(tensor);
  }

  /** Back to the seeded initial values, moments zero. */
  reset(seed: number): void {
    disposeAll(this.state);
    this.state = {};
    this.steps = 0;
    const initial = initialAdapter(this.options.architecture, this.options.adapter, seed);
    for (const { name, dims } of this.options.matrices) {
      const moments = momentNames(name);
      this.state[name] = this.upload(dims, initial.get(name)!);
      this.state[moments.first] = this.upload(dims, new Float32Array(dims[0] * dims[1]));
      this.state[moments.second] = this.upload(dims, new Float32Array(dims[0] * dims[1]));
    }
  }

  /** One step of AdamW; disposes of the gradients. @returns their global norm before clipping */
  async apply(gradients: Named, settings: UpdateSettings): Promise<number> {
    const program = await this.options.programs.get(
      'apply',
      () => applyGraph(this.options.matrices),
      (name) => name !== 'gradNorm',
    );
    const step = this.steps + 1;
    let outputs: Named;
    try {
      outputs = await program.run({ ...this.state, ...gradients, ...adamScalarValues(step, settings) });
    } finally {
      if (gradients !== this.zeroGradients) disposeAll(gradients);
    }
    const gradNorm = Number((await outputs['gradNorm']!.download())[0]);
    outputs['gradNorm']!.dispose();
    const next: Named = {};
    for (const name of Object.keys(this.state)) next[name] = outputs[nextName(name)]!;
    disposeAll(this.state);
    this.state = next;
    this.steps = step;
    return gradNorm;
  }

  async snapshot(): Promise<PolicySnapshot> {
    const tensors: Record<string, { dims: readonly number[]; data: Float32Array }> = {};
    for (const [name, tensor] of Object.entries(this.state)) {
      tensors[name] = {
        dims: tensor.dims,
        data: Float32Array.from((await tensor.download()) as Float32Array),
      };
    }
    return { step: this.steps, tensors };
  }

  /** Takes over matrices and moments; all names and shapes are checked before anything is replaced. @throws RequestError */
  restore(snapshot: PolicySnapshot): void {
    const next: [string, readonly number[], Float32Array][] = Object.entries(this.state).map(
      ([name, { dims }]) => {
        const stored = snapshot.tensors[name];
        if (
          !stored ||
          stored.dims.join() !== dims.join() ||
          stored.data.length !== dims.reduce((a, b) => a * b, 1)
        ) {
          throw new RequestError(
            `the snapshot's ${name} does not fit this model [${dims}]`,
            'Load the model and the rank that the snapshot was made with.',
          );
        }
        return [name, dims, stored.data];
      },
    );
    disposeAll(this.state);
    this.state = Object.fromEntries(
      next.map(([name, dims, data]) => [name, this.upload(dims, data.slice())]),
    );
    this.steps = snapshot.step;
  }

  dispose(): void {
    for (const tensors of [this.state, this.base, this.zeroGradients]) disposeAll(tensors);
  }
}
