/** Decides which device a wish leads to on this machine. It opens nothing. */
import type { DeviceWish } from './protocol.ts';

/**
 * The device to try: a wish is taken at its word; otherwise WebGPU where there is a real adapter. An adapter
 * in software is correct and far slower than WASM.
 */
export async function chooseDevice(wish: DeviceWish): Promise<'webgpu' | 'wasm'> {
  if (wish !== 'auto') return wish;
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  if (!adapter) return 'wasm';
  const info = adapter.info as (GPUAdapterInfo & { isFallbackAdapter?: boolean }) | undefined;
  const software =
    info?.isFallbackAdapter === true ||
    /swiftshader|llvmpipe/i.test(`${info?.architecture} ${info?.description}`);
  return software ? 'wasm' : 'webgpu';
}
