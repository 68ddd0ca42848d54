/**
 * What Node needs to open a WASM device: onnxruntime-web's build for Node, whose threads are worker_threads.
 * Browsers do not use it.
 */
import { availableParallelism } from 'node:os';
import type { DeviceRequest, OrtModule } from './device.ts';

/** A request for the WASM device in Node; `threads` defaults to the machine's. */
export function nodeWasm(threads = availableParallelism()): DeviceRequest {
  return {
    device: 'wasm',
    threads,
    // The package's root resolves to its Node build there; /wasm is the browser's and fetches over HTTP.
    loadWasmBuild: async () => (await import('onnxruntime-web')) as unknown as OrtModule,
  };
}
