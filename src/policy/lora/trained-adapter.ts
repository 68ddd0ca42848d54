/**
 * The adapter that is trained, on the device: its matrices, the moments of AdamW, and
 * how gradients change them. Several optimizers may take turns on the adapter, each
 * with moments of its own. Where gradients come from is not known here.
 */
import { adamScalarValues } from '../../tensor/training/optimizer.ts';
import { sizeOf } from '../../tensor/types.ts';
import { disposeAll, type DeviceTensor, type Runtime } from '../../tensor/runtime/runtime.ts';
import { initialAdapter, type AdapterMatrix, type AdapterSettings } from '../model/adapter.ts';
import type { Architecture } from '../model/architecture.ts';
import { RequestError } from '../errors.ts';
import { optimizerGraph, momentNames, nextName } from '../graphs/optimizer.ts';
import { accumulatorName } from '../graphs/gradient.ts';
import type { ProgramCache } from './programs.ts';
import type { PolicySnapshot, UpdateSettings } from '../types.ts';

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

interface Shape {
  readonly name: string;
  readonly dims: readonly number[];
}

/** What an optimizer knows of the gradients it was given. */
interface OptimizerState {
  /** By their names in the graph. */
  readonly moments: Named;
  readonly steps: number;
}

/** The optimizer of updates that name none. */
const UNNAMED = '';

const OTHER_ADAPTER =
  'Load the model with the rank and the layers (--adapter-layers) that the snapshot was made with.';

/** The name of an optimizer's moment in a snapshot. */
const storedName = (optimizer: string, moment: string): string =>
  optimizer === UNNAMED ? moment : `${optimizer}:${moment}`;

export class TrainedAdapter {
  /** With B = 0: it changes nothing. */
  readonly base: Named;
  /** By accumulator name; never disposed of before the end. */
  readonly zeroGradients: Named;
  private matrices: Named = {};
  private optimizers = new Map<string, OptimizerState>();

  constructor(private readonly options: TrainedAdapterOptions) {
    const { matrices } = options;
    this.base = this.zeros(matrices);
    this.zeroGradients = this.zeros(
      matrices.map(({ name, dims }) => ({ name: accumulatorName(name), dims })),
    );
    this.reset(options.seed);
  }

  /** The matrices as they are now. */
  get current(): Named {
    return this.matrices;
  }

  private get moments(): readonly Shape[] {
    return this.options.matrices.flatMap(({ name, dims }) =>
      Object.values(momentNames(name)).map((moment) => ({ name: moment, dims })),
    );
  }

  private upload(shapes: readonly Shape[], dataOf: (shape: Shape) => Float32Array): Named {
    const { runtime } = this.options;
    return Object.fromEntries(
      shapes.map((shape) => [
        shape.name,
        runtime.upload({ dtype: 'float32', dims: shape.dims, data: dataOf(shape) }),
      ]),
    );
  }

  private zeros(shapes: readonly Shape[]): Named {
    return this.upload(shapes, ({ dims }) => new Float32Array(sizeOf(dims)));
  }

  /** As after no step. */
  private untouched(): OptimizerState {
    return { moments: this.zeros(this.moments), steps: 0 };
  }

  private replaceState(matrices: Named, optimizers: readonly (readonly [string, OptimizerState])[]): void {
    disposeAll(this.matrices);
    for (const { moments } of this.optimizers.values()) disposeAll(moments);
    this.matrices = matrices;
    this.optimizers = new Map(optimizers);
  }

  /** Back to the seeded initial values, moments zero. */
  reset(seed: number): void {
    const initial = initialAdapter(this.options.architecture, this.options.adapter, seed);
    const matrices = this.upload(this.options.matrices, ({ name }) => initial.get(name)!);
    this.replaceState(matrices, [[UNNAMED, this.untouched()]]);
  }

  /**
   * One step of AdamW by the optimizer that the settings name; disposes of the
   * gradients. @returns their global norm before clipping
   */
  async apply(gradients: Named, settings: UpdateSettings): Promise<number> {
    const program = await this.options.programs.get({
      name: 'apply',
      shape: {},
      build: () => optimizerGraph(this.options.matrices),
      keep: (name) => name !== 'gradNorm',
    });
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

  /**
   * Takes over matrices and moments; all names and shapes are checked before anything
   * is replaced. @throws RequestError
   */
  restore(snapshot: PolicySnapshot): void {
    const dataOf = ({ name, dims }: Shape): Float32Array => {
      const stored = snapshot.tensors[name];
      if (!stored || stored.dims.join() !== dims.join() || stored.data.length !== sizeOf(dims)) {
        throw new RequestError(`the snapshot's ${name} does not fit this model [${dims}]`, OTHER_ADAPTER);
      }
      return stored.data;
    };
    const { moments } = this;
    const momentOf = (optimizer: string) => (shape: Shape) =>
      dataOf({ ...shape, name: storedName(optimizer, shape.name) });
    const optimizers = Object.entries({ [UNNAMED]: snapshot.step, ...snapshot.steps });
    this.options.matrices.forEach(dataOf);
    for (const [optimizer] of optimizers) moments.forEach(momentOf(optimizer));
    const known = new Set([
      ...this.options.matrices.map(({ name }) => name),
      ...optimizers.flatMap(([optimizer]) => moments.map(({ name }) => storedName(optimizer, name))),
    ]);
    // What was left out here would be lost with the next snapshot that is saved.
    const foreign = Object.keys(snapshot.tensors).find((name) => !known.has(name));
    if (foreign !== undefined)
      throw new RequestError(`the snapshot's ${foreign} has no place in this adapter`, OTHER_ADAPTER);

    const copy = (shapes: readonly Shape[], from: (shape: Shape) => Float32Array): Named =>
      this.upload(shapes, (shape) => from(shape).slice());
    this.replaceState(
      copy(this.options.matrices, dataOf),
      optimizers.map(([name, steps]) => [name, { moments: copy(moments, momentOf(name)), steps }]),
    );
  }

  dispose(): void {
    this.replaceState({}, []);
    for (const tensors of [this.base, this.zeroGradients]) disposeAll(tensors);
  }
}
