/**
 * What Node needs to open a WASM device: onnxruntime's bytes, read from the installed package. Not for browsers.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { DeviceRequest } from './device.ts';

/** A request for the WASM device in Node; `threads` defaults to the machine's. */
export async function nodeWasm(threads?: number): Promise<DeviceRequest> {
  const path = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');
  const wasmBinary = new Uint8Array(await readFile(path));
  return { device: 'wasm', wasmBinary, threads: threads ?? (await import('node:os')).availableParallelism() };
}
