/**
 * The adapter that is trained, on the device: its matrices, the moments of AdamW, and how gradients change them. Several optimizers, each with
 * moments of its own, may take turns on the one adapter. What the gradients are of is not known here.
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

/** What an optimizer knows of the gradients it was given. */
interface OptimizerState {
  /** By their names in the graph. */
  readonly moments: Named;
  readonly steps: number;
}

/** The optimizer of updates that name none. */
const UNNAMED = '';

/** Of a moment in a snapshot. */
const storedName = (optimizer: string, moment: string): string =>
  optimizer === UNNAMED ? moment : `${optimizer}:${moment}`;

export class TrainedAdapter {
  /** With B = 0: it changes nothing. */
  readonly base: Named = {};
  /** By accumulator name; never disposed of before the end. */
  readonly zeroGradients: Named = {};
  private matrices: Named = {};
  private readonly optimizers = new Map<string, OptimizerState>();

  constructor(private readonly options: TrainedAdapterOptions) {
    for (const { name, dims } of options.matrices) {
      this.base[name] = this.zeros(dims);
      this.zeroGradients[accumulatorName(name)] = this.zeros(dims);
    }
    this.reset(options.seed);
  }

  /** The matrices as they are now. */
  get current(): Named {
    return this.matrices;
  }

  private upload(dims: readonly number[], data: Float32Array): DeviceTensor {
    const tensor: TensorData = { dtype: 'float32', dims, data };
    return this.options.runtime.upload(tensor);
  }

  private zeros(dims: readonly number[]): DeviceTensor {
    return this.upload(dims, new Float32Array(sizeOf(dims)));
  }

  private momentShapes(): readonly (readonly [string, readonly number[]])[] {
    return this.options.matrices.flatMap(({ name, dims }) =>
      Object.values(momentNames(name)).map((moment) => [moment, dims] as const),
    );
  }

  /** As after no step. */
  private untouched(): OptimizerState {
    const moments = this.momentShapes().map(([name, dims]) => [name, this.zeros(dims)] as const);
    return { moments: Object.fromEntries(moments), steps: 0 };
  }

  private disposeOfState(): void {
    disposeAll(this.matrices);
    for (const { moments } of this.optimizers.values()) disposeAll(moments);
    this.matrices = {};
    this.optimizers.clear();
  }

  /** Back to the seeded initial values, moments zero. */
  reset(seed: number): void {
    const initial = initialAdapter(this.options.architecture, this.options.adapter, seed);
    const matrices = this.options.matrices.map(
      ({ name, dims }) => [name, this.upload(dims, initial.get(name)!)] as const,
    );
    const optimizer = this.untouched();
    this.disposeOfState();
    this.matrices = Object.fromEntries(matrices);
    this.optimizers.set(UNNAMED, optimizer);
  }

  /** One step of AdamW by the optimizer that the settings name; disposes of the gradients. @returns their global norm before clipping */
  async apply(gradients: Named, settings: UpdateSettings): Promise<number> {
    const program = await this.options.programs.get(
      'apply',
      () => applyGraph(this.options.matrices),
      (name) => name !== 'gradNorm',
    );
    const name = settings.optimizer ?? UNNAMED;
    const { matrices } = this;
    let optimizer: OptimizerState;
    let outputs: Named;
    try {
      optimizer = this.optimizers.get(name) ?? this.untouched();
      this.optimizers.set(name, optimizer);
      const scalars = adamScalarValues(optimizer.steps + 1, settings);
      outputs = await program.run({ ...matrices, ...optimizer.moments, ...gradients, ...scalars });
    } finally {
      if (gradients !== this.zeroGradients) disposeAll(gradients);
    }
    const gradNorm = Number((await outputs['gradNorm']!.download())[0]);
    outputs['gradNorm']!.dispose();
    const next = (old: Named): Named =>
      Object.fromEntries(Object.keys(old).map((key) => [key, outputs[nextName(key)]!]));
    this.matrices = next(matrices);
    this.optimizers.set(name, { moments: next(optimizer.moments), steps: optimizer.steps + 1 });
    disposeAll(matrices);
    disposeAll(optimizer.moments);
    return gradNorm;
  }

  async snapshot(): Promise<PolicySnapshot> {
    const tensors: Record<string, { dims: readonly number[]; data: Float32Array }> = {};
    const take = async (name: string, tensor: DeviceTensor): Promise<void> => {
      const data = Float32Array.from((await tensor.download()) as Float32Array);
      tensors[name] = { dims: tensor.dims, data };
    };
    for (const [name, tensor] of Object.entries(this.matrices)) await take(name, tensor);
    const steps: Record<string, number> = {};
    for (const [optimizer, state] of this.optimizers) {
      for (const [name, tensor] of Object.entries(state.moments))
        await take(storedName(optimizer, name), tensor);
      if (optimizer !== UNNAMED) steps[optimizer] = state.steps;
    }
    const named = Object.keys(steps).length > 0 ? { steps } : {};
    return { step: this.optimizers.get(UNNAMED)!.steps, ...named, tensors };
  }

  /** Takes over matrices and moments; all names and shapes are checked before anything is replaced. @throws RequestError */
  restore(snapshot: PolicySnapshot): void {
    const find = (name: string, dims: readonly number[]): Float32Array => {
      const stored = snapshot.tensors[name];
      if (!stored || stored.dims.join() !== dims.join() || stored.data.length !== sizeOf(dims)) {
        throw new RequestError(
          `the snapshot's ${name} does not fit this model [${dims}]`,
          'Load the model and the rank that the snapshot was made with.',
        );
      }
      return stored.data;
    };
    const matrices = this.options.matrices.map(({ name, dims }) => ({ name, dims, data: find(name, dims) }));
    const optimizers = Object.entries({ [UNNAMED]: snapshot.step, ...snapshot.steps }).map(
      ([optimizer, steps]) => {
        const moments = this.momentShapes().map(([name, dims]) => {
          return { name, dims, data: find(storedName(optimizer, name), dims) };
        });
        return { optimizer, steps, moments };
      },
    );
    const upload = (
      list: readonly {
        readonly name: string;
        readonly dims: readonly number[];
        readonly data: Float32Array;
      }[],
    ): Named =>
      Object.fromEntries(list.map(({ name, dims, data }) => [name, this.upload(dims, data.slice())]));
    const next = upload(matrices);
    const states = optimizers.map(
      ({ optimizer, steps, moments }) => [optimizer, { moments: upload(moments), steps }] as const,
    );
    this.disposeOfState();
    this.matrices = next;
    for (const [optimizer, state] of states) this.optimizers.set(optimizer, state);
  }

  dispose(): void {
    this.disposeOfState();
    for (const tensors of [this.base, this.zeroGradients]) disposeAll(tensors);
  }
}

const sizeOf = (dims: readonly number[]): number => dims.reduce((size, dim) => size * dim, 1);
