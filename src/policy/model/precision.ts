/**
 * The precision of the forward pass, and which one a device gets. In fp16, products with
 * frozen weights and the products of attention are taken in 16 bits, and keys and values
 * are kept in 16 bits. Everything else is fp32: adapter, norms, softmax, log-probabilities,
 * gradients, optimizer. So is the product with the vocabulary, because its rounding is what
 * drives sampler and trainer apart (MiniMax-M1, arXiv 2506.13585, section 3.2).
 *
 * All graphs of a policy have one precision and round at the same places, so that
 * what samples and what learns are one distribution. Nothing is timed here
 * (lora/measure-precision.ts).
 */
import type { DType } from '../../tensor/types.ts';
import type { Device } from '../../tensor/runtime/device.ts';
import { PolicyError } from '../errors.ts';
import type { PrecisionChoice, PrecisionTrial } from '../types.ts';

export type Precision = 'fp32' | 'fp16';

/**
 * `auto` times both where the device computes in 16 bits. It was one graphics card's measurement (an H200)
 * that fp16 may take up to twice as long and move sampler and trainer up to .14 nats apart.
 */
export type PrecisionWish = 'auto' | Precision;

/** Of a word, e.g. one of an address; undefined where it is none of them. */
export const precisionWish = (word: string): PrecisionWish | undefined =>
  (['auto', 'fp32', 'fp16'] as const).find((known) => known === word);

/** What keys and values are cached in. */
export const cacheType = (precision: Precision): DType => (precision === 'fp16' ? 'float16' : 'float32');

/** Nats that sampler and trainer may be apart in fp16, at the token where they are furthest. */
const LARGEST_GAP = 0.02;

/** fp16 has to take less than this share of fp32's time, so that chance does not choose. */
const FASTER = 0.95;

type Computing = Pick<Device, 'kind' | 'gpu'>;

const computesInHalves = ({ kind, gpu }: Computing): boolean =>
  kind === 'webgpu' && gpu?.features.has('shader-f16') === true;

/** @throws PolicyError for fp16 on a GPU that has no 16-bit arithmetic */
export function checkPrecision(wish: PrecisionWish, device: Computing): void {
  if (wish === 'fp16' && device.kind === 'webgpu' && !computesInHalves(device))
    throw new PolicyError('The graphics adapter has no 16-bit arithmetic (shader-f16).', 'Choose fp32.');
}

/**
 * A wish at its word; `auto` by a trial where the device computes in 16 bits. On a CPU fp16 is slower
 * than fp32 and rounds less than a GPU does; it is there to be tried, and `auto` does not time it.
 * @param trial times both; it is asked only where there is a choice. Where fp16 does not run, it says why.
 * @throws PolicyError for fp16 on a GPU that has no 16-bit arithmetic; what `trial` throws
 */
export async function choosePrecision(
  wish: PrecisionWish,
  device: Computing,
  trial: () => Promise<PrecisionTrial | { readonly failed: string }>,
): Promise<PrecisionChoice> {
  checkPrecision(wish, device);
  if (wish !== 'auto') return { chosen: wish, because: 'asked' };
  if (device.kind !== 'webgpu') return { chosen: 'fp32', because: 'cpu' };
  if (!computesInHalves(device)) return { chosen: 'fp32', because: 'no-halves' };
  const tried = await trial();
  if ('failed' in tried) return { chosen: 'fp32', because: 'failed', failed: tried.failed };
  const isFaster = tried.seconds.fp16 < FASTER * tried.seconds.fp32;
  if (!isFaster) return { chosen: 'fp32', because: 'slower', trial: tried };
  // A gap that is no number is none that can be trusted.
  if (!(tried.gap < LARGEST_GAP)) return { chosen: 'fp32', because: 'gap', trial: tried };
  return { chosen: 'fp16', because: 'faster', trial: tried };
}
