/**
 * Runs encoded graphs on one device. It owns the run queue (two runs on one device must not overlap) and the
 * accounting of what lives there. It knows graphs and tensors and no models.
 */
import type { Tensor as OrtTensor, InferenceSession } from 'onnxruntime-web';
import { classifyRuntimeError, DeviceLostError, RuntimeUsageError } from '../errors.ts';
import type { EncodedGraph, GraphSignature } from '../onnx/encode.ts';
import { byteLengthOf, type DType, type TensorData, type TypedData } from '../types.ts';
import { openDevice, type Device, type DeviceRequest } from './device.ts';

// WebGPU's own flags (they are globals in browsers, absent from the type library used here).
const BUFFER_USAGE = { MAP_READ: 0x1, COPY_SRC: 0x4, COPY_DST: 0x8, STORAGE: 0x80 } as const;
const MAP_MODE_READ = 0x1;

/**
 * Milliseconds that a failure on a GPU waits for the news that its device is lost: a
 * read that breaks with the device is told first.
 */
const NEWS_OF_LOSS = 1000;

/** The array that holds host data of a type; packed and boolean data come as bytes. */
const ARRAY_OF = {
  float32: Float32Array,
  float16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  uint4: Uint8Array,
  bool: Uint8Array,
} as const satisfies Record<DType, unknown>;

/**
 * A tensor that stays where it was computed. Whoever receives one from `run` owns it
 * and disposes of it once; using it afterwards is an error.
 */
export class DeviceTensor {
  private held: OrtTensor | null;
  readonly dims: readonly number[];
  readonly dtype: DType;

  constructor(
    tensor: OrtTensor,
    private readonly account: Account,
  ) {
    this.held = tensor;
    this.dims = tensor.dims;
    this.dtype = tensor.type as DType;
    account.open += 1;
  }

  get ort(): OrtTensor {
    if (!this.held) throw new RuntimeUsageError('a tensor was used after it was disposed of.');
    return this.held;
  }

  /** Copies the data to host memory; the tensor stays where it is. */
  async download(): Promise<TypedData> {
    const tensor = this.ort;
    // onnxruntime's own getData would turn the tensor into one of the host, to be
    // uploaded again by every later run.
    if (tensor.location === 'gpu-buffer')
      return this.account.readBack(tensor.gpuBuffer as GPUBuffer, this.dtype, this.dims);
    return (await tensor.getData()) as TypedData;
  }

  dispose(): void {
    if (!this.held) return;
    this.held.dispose();
    this.held = null;
    this.account.open -= 1;
  }
}

/** What a tensor needs of its runtime. */
export const disposeAll = (tensors: Readonly<Record<string, DeviceTensor>>): void =>
  Object.values(tensors).forEach((tensor) => tensor.dispose());

interface Account {
  open: number;
  readBack(buffer: GPUBuffer, dtype: DType, dims: readonly number[]): Promise<TypedData>;
}

export type RunInput = DeviceTensor | TensorData | TypedData | number;

export class Runtime {
  private readonly account: Account = {
    open: 0,
    readBack: (buffer, dtype, dims) => this.readBack(buffer, dtype, dims),
  };
  private queue: Promise<unknown> = Promise.resolve();
  private lostReason: string | null = null;
  /** End the work that is under way, when the device is lost under it and will never answer. */
  private readonly abandon = new Set<(error: DeviceLostError) => void>();

  constructor(readonly device: Device) {
    void device.lost.then((reason) => {
      this.lostReason = reason;
      for (const end of this.abandon) end(new DeviceLostError(reason));
    });
  }

  get isLost(): boolean {
    return this.lostReason !== null;
  }

  /** Tensors handed out and not yet disposed of; a leak shows as a number that grows. */
  get openTensors(): number {
    return this.account.open;
  }

  /** Resolves with advice when the GPU device is lost. */
  get lost(): Promise<DeviceLostError> {
    return this.device.lost.then((reason) => new DeviceLostError(reason));
  }

  /** Loads a graph. `keep` names outputs that stay on the device. */
  async compile(graph: EncodedGraph, keep: readonly string[] = []): Promise<Program> {
    return this.enqueue(`loading ${graph.name}`, async () => {
      const onDevice = this.device.kind === 'webgpu';
      const session = await this.device.ort.InferenceSession.create(graph.model, {
        executionProviders: [this.device.provider as InferenceSession.ExecutionProviderConfig],
        graphOptimizationLevel: 'all',
        logSeverityLevel: this.device.logLevel === 'verbose' ? 0 : 3,
        // Every session has an arena of its own, which keeps the most a run of it
        // ever took, and a pattern takes as much again in one piece.
        enableCpuMemArena: false,
        enableMemPattern: false,
        ...(this.device.sessionThreads !== undefined && { intraOpNumThreads: this.device.sessionThreads }),
        ...(graph.external.length > 0 && {
          externalData: graph.external.map(({ path, data }) => ({ path, data })),
        }),
        ...(onDevice && {
          preferredOutputLocation: Object.fromEntries(
            graph.outputs.map(({ name }) => [name, keep.includes(name) ? 'gpu-buffer' : 'cpu'] as const),
          ),
        }),
      });
      const { name, inputs, outputs, nodeCount, bytes } = graph;
      // Without the bytes it was made of: the session has its own.
      return new Program(this, session, { name, inputs, outputs, nodeCount, bytes });
    });
  }

  /** Puts host data in a form that runs accept; on WebGPU it is uploaded once. */
  upload(tensor: TensorData): DeviceTensor {
    const { ort, gpu, kind } = this.device;
    if (kind !== 'webgpu' || !gpu) return this.adopt(this.hostTensor(tensor));
    const bytes = new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
    const buffer = gpu.createBuffer({
      size: Math.ceil(Math.max(bytes.byteLength, 16) / 16) * 16,
      usage: BUFFER_USAGE.STORAGE | BUFFER_USAGE.COPY_SRC | BUFFER_USAGE.COPY_DST,
      mappedAtCreation: true,
    });
    new Uint8Array(buffer.getMappedRange()).set(bytes);
    buffer.unmap();
    return this.adopt(
      ort.Tensor.fromGpuBuffer(buffer, {
        dataType: tensor.dtype as 'float32',
        dims: [...tensor.dims],
        download: () => this.readBack(buffer, tensor.dtype, tensor.dims) as Promise<Float32Array>,
        dispose: () => buffer.destroy(),
      }),
    );
  }

  private async readBack(buffer: GPUBuffer, dtype: DType, dims: readonly number[]): Promise<TypedData> {
    const gpu = this.device.gpu!;
    const size = byteLengthOf(dtype, dims);
    const padded = Math.ceil(size / 4) * 4;
    return this.onDevice('reading a tensor', async () => {
      const staging = gpu.createBuffer({
        size: padded,
        usage: BUFFER_USAGE.MAP_READ | BUFFER_USAGE.COPY_DST,
      });
      const encoder = gpu.createCommandEncoder();
      encoder.copyBufferToBuffer(buffer, 0, staging, 0, padded);
      gpu.queue.submit([encoder.finish()]);
      await staging.mapAsync(MAP_MODE_READ);
      const bytes = staging.getMappedRange().slice(0, size);
      staging.destroy();
      return new ARRAY_OF[dtype](bytes);
    });
  }

  /** @internal */
  hostTensor(tensor: TensorData): OrtTensor {
    return new this.device.ort.Tensor(tensor.dtype as 'float32', tensor.data as Float32Array, [
      ...tensor.dims,
    ]);
  }

  /** @internal */
  adopt(tensor: OrtTensor): DeviceTensor {
    return new DeviceTensor(tensor, this.account);
  }

  /** @internal One after another; a failure does not block what comes next. */
  enqueue<T>(doing: string, work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(() => this.onDevice(doing, work));
    this.queue = result.catch(() => undefined);
    return result;
  }

  /**
   * @throws DeviceLostError when the device is lost, whatever breaks first; else what
   * failed, as one of errors.ts
   */
  private async onDevice<T>(doing: string, work: () => Promise<T>): Promise<T> {
    if (this.lostReason !== null) throw new DeviceLostError(this.lostReason);
    let end: (error: unknown) => void = () => undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        end = reject;
        this.abandon.add(end);
        work().then(resolve, reject);
      });
    } catch (cause) {
      const error = classifyRuntimeError(cause, doing);
      if (error instanceof DeviceLostError || error instanceof RuntimeUsageError) throw error;
      const reason = await this.newsOfLoss();
      throw reason === null ? error : new DeviceLostError(reason, { cause });
    } finally {
      this.abandon.delete(end);
    }
  }

  /** Why the device was lost, when that is known soon; null when it seems to be there. */
  private async newsOfLoss(): Promise<string | null> {
    if (!this.device.gpu) return null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), NEWS_OF_LOSS)));
    return Promise.race([this.device.lost, late]).finally(() => clearTimeout(timer));
  }
}

/** A loaded graph. */
export class Program {
  private session: InferenceSession | null;

  constructor(
    private readonly runtime: Runtime,
    session: InferenceSession,
    readonly graph: GraphSignature,
  ) {
    this.session = session;
  }

  /**
   * One run. Every input of the graph must be given: device tensors, host data, or a
   * number for a scalar. Inputs the graph does not have are ignored, so that one
   * record of inputs can serve several graphs. The caller owns the outputs.
   * @param signature the inputs at the sizes of this run, where the graph leaves sizes open
   */
  run(
    inputs: Readonly<Record<string, RunInput>>,
    signature: GraphSignature['inputs'] = this.graph.inputs,
  ): Promise<Record<string, DeviceTensor>> {
    return this.runtime.enqueue(`running ${this.graph.name}`, async () => {
      if (!this.session)
        throw new RuntimeUsageError(`program ${this.graph.name} was run after it was released.`);
      const feeds: Record<string, OrtTensor> = {};
      for (const input of signature) feeds[input.name] = this.feed(input, inputs[input.name]);
      const outputs = await this.session.run(feeds);
      return Object.fromEntries(
        Object.entries(outputs).map(([name, tensor]) => [name, this.runtime.adopt(tensor as OrtTensor)]),
      );
    });
  }

  private feed(
    { name, dtype, dims }: GraphSignature['inputs'][number],
    value: RunInput | undefined,
  ): OrtTensor {
    if (value === undefined) throw new RuntimeUsageError(`${this.graph.name}: input ${name} is missing.`);
    if (value instanceof DeviceTensor) return value.ort;
    if (typeof value === 'number') {
      return this.runtime.hostTensor({
        dtype,
        dims,
        data: dtype === 'int64' ? BigInt64Array.of(BigInt(value)) : Float32Array.of(value),
      });
    }
    return this.runtime.hostTensor('dims' in value ? value : { dtype, dims, data: value });
  }

  async release(): Promise<void> {
    const { session } = this;
    if (!session) return;
    this.session = null;
    // What lived on a lost device is gone with it.
    if (this.runtime.isLost) return;
    await this.runtime.enqueue(`releasing ${this.graph.name}`, () => session.release());
  }
}

export async function createRuntime(request: DeviceRequest): Promise<Runtime> {
  return new Runtime(await openDevice(request));
}
