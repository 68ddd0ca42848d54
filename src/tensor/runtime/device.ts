/**
 * Chooses the device that runs the graphs: WebGPU where there is an adapter, else WASM with threads, else
 * WASM with one thread. It loads the matching build of onnxruntime-web. It compiles and runs nothing.
 */
import type * as Ort from 'onnxruntime-web';
import { NoAdapterError } from '../errors.ts';
import type { DeviceKind } from '../types.ts';

export type OrtModule = typeof Ort;

export interface DeviceRequest {
  /** `auto` tries WebGPU first and falls back to WASM; the others are taken at their word. */
  readonly device: 'auto' | 'webgpu' | 'wasm';
  /** WASM threads; default: the machine's, at most 8, one where the page is not cross-origin isolated. */
  readonly threads?: number;
  /**
   * URL of the folder with onnxruntime's .wasm files and scripts (`.js`), ending in a slash. Browser only.
   */
  readonly wasmFolder?: string;
  /** Loads another build of onnxruntime-web than the browser's (Node's own, see node.ts). */
  readonly loadWasmBuild?: () => Promise<OrtModule>;
  /** `verbose` makes sessions log where each node is placed. */
  readonly logLevel?: 'verbose' | 'info' | 'warning' | 'error';
}

export interface Device {
  readonly kind: DeviceKind;
  readonly ort: OrtModule;
  readonly provider: string | Record<string, unknown>;
  /** For people, e.g. `WASM, 2 threads`. */
  readonly label: string;
  /** Resolves with the reason when a GPU device is lost; never for the others. */
  readonly lost: Promise<string>;
  readonly gpu?: GPUDevice;
  /** Threads of a session, where sessions decide that (native). */
  readonly sessionThreads?: number;
  readonly logLevel: NonNullable<DeviceRequest['logLevel']>;
}

const NEVER: Promise<string> = new Promise(() => undefined);

export async function openDevice(request: DeviceRequest): Promise<Device> {
  if (request.device === 'wasm') return openWasm(request);
  try {
    return await openWebGpu(request);
  } catch (error) {
    if (request.device === 'webgpu' || !(error instanceof NoAdapterError)) throw error;
    return openWasm(request);
  }
}

/** A device over any module with onnxruntime's interface, e.g. onnxruntime-node. */
export function nativeDevice(ort: OrtModule, label: string, threads?: number): Device {
  return {
    kind: 'native',
    ort,
    provider: 'cpu',
    label,
    lost: NEVER,
    logLevel: 'warning',
    ...(threads !== undefined && { sessionThreads: threads }),
  };
}

/** Threads that can really run here. */
function usableThreads(wanted: number | undefined): number {
  const isNode = typeof process !== 'undefined' && process.versions?.node !== undefined;
  if (!isNode && !globalThis.crossOriginIsolated) return 1;
  return Math.max(1, Math.min(wanted ?? globalThis.navigator?.hardwareConcurrency ?? 2, 8));
}

/** @param build name of the files that this build of onnxruntime-web loads */
function applyWasmSettings(ort: OrtModule, request: DeviceRequest, threads: number, build: string): void {
  const { wasm } = ort.env;
  wasm.numThreads = threads;
  const { wasmFolder: folder } = request;
  // Each by its name: the script is `.js` on the site, which every server knows, and `.mjs` in the package.
  if (folder !== undefined) wasm.wasmPaths = { mjs: `${folder}${build}.js`, wasm: `${folder}${build}.wasm` };
  ort.env.logLevel = request.logLevel ?? 'error';
}

async function openWasm(request: DeviceRequest): Promise<Device> {
  const ort = request.loadWasmBuild
    ? await request.loadWasmBuild()
    : ((await import('onnxruntime-web/wasm')) as unknown as OrtModule);
  const threads = usableThreads(request.threads);
  applyWasmSettings(ort, request, threads, 'ort-wasm-simd-threaded');
  const label = threads === 1 ? 'WASM, 1 thread' : `WASM, ${threads} threads`;
  return {
    kind: 'wasm',
    ort,
    provider: { name: 'wasm' },
    label,
    lost: NEVER,
    logLevel: request.logLevel ?? 'error',
  };
}

/** Limits worth asking for: large weights and batches need them, and the defaults are low. */
const WANTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxStorageBuffersPerShaderStage',
] as const;

async function openWebGpu(request: DeviceRequest): Promise<Device> {
  const gpu = globalThis.navigator?.gpu;
  if (!gpu) throw new NoAdapterError('this browser has no navigator.gpu.');
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new NoAdapterError('the browser offers no adapter.');
  const requiredFeatures = (['shader-f16', 'subgroups', 'timestamp-query'] as GPUFeatureName[]).filter(
    (feature) => adapter.features.has(feature),
  );
  const requiredLimits = Object.fromEntries(WANTED_LIMITS.map((name) => [name, adapter.limits[name]]));
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({ requiredFeatures, requiredLimits });
  } catch (cause) {
    throw new NoAdapterError(`the adapter refused a device (${String(cause)}).`);
  }
  const ort = (await import('onnxruntime-web/webgpu')) as unknown as OrtModule;
  applyWasmSettings(ort, request, 1, 'ort-wasm-simd-threaded.asyncify');
  const name = adapter.info?.description || adapter.info?.vendor || 'unnamed adapter';
  return {
    kind: 'webgpu',
    ort,
    // Our own device, so that its loss can be watched and its limits are the adapter's.
    provider: { name: 'webgpu', device, storageBufferCacheMode: 'simple' },
    label: `WebGPU (${name})`,
    lost: device.lost.then((info) => `${info.reason}: ${info.message}`),
    gpu: device,
    logLevel: request.logLevel ?? 'error',
  };
}
