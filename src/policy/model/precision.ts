/**
 * The precision of the forward pass, and which one a device gets. In fp16, products with
 * frozen weights and the products of attention are taken in 16 bits, and keys and values
 * are kept in 16 bits. Everything else is fp32: adapter, norms, softmax, log-probabilities,
 * gradients, optimizer. So is the product with the vocabulary, because its rounding is what
 * drives sampler and trainer apart (MiniMax-M1, arXiv 2506.13585, section 3.2).
 *
 * All graphs of a policy have one precision and round at the same places, so that
 * what samples and what learns are one distribution.
 */
import type { DType } from '../../tensor/types.ts';
import type { Device } from '../../tensor/runtime/device.ts';
import { PolicyError } from '../errors.ts';

export type Precision = 'fp32' | 'fp16';

/**
 * `auto` is fp32. On the one graphics card that was measured (an H200) fp16 took up
 * to twice as long, and moved sampler and trainer up to .14 nats apart.
 */
export type PrecisionWish = 'auto' | Precision;

/** Of a word, e.g. one of an address; undefined where it is none of them. */
export const precisionWish = (word: string): PrecisionWish | undefined =>
  (['auto', 'fp32', 'fp16'] as const).find((known) => known === word);

/** What keys and values are cached in. */
export const cacheType = (precision: Precision): DType => (precision === 'fp16' ? 'float16' : 'float32');

/**
 * fp16 has to be asked for. On a CPU it is slower than fp32 and rounds less than a
 * GPU does; it is there to be tried.
 * @throws PolicyError
 */
export function choosePrecision(wish: PrecisionWish, { kind, gpu }: Pick<Device, 'kind' | 'gpu'>): Precision {
  const isNative = kind === 'webgpu' && gpu?.features.has('shader-f16') === true;
  if (wish === 'auto') return 'fp32';
  if (wish === 'fp16' && kind === 'webgpu' && !isNative)
    throw new PolicyError('The graphics adapter has no 16-bit arithmetic (shader-f16).', 'Choose fp32.');
  return wish;
}
