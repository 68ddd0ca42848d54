/**
 * The LoRA adapter (Hu et al. 2021): which matrices it has, their shapes in PEFT's layout, their
 * initial values. It does not hold the matrices that are trained; lora/trained-adapter.ts does.
 */
import { createRandom } from '../../base/random.ts';
import { linearsOf } from '../families/family.ts';
import { allLinears, type Architecture } from './architecture.ts';

export interface AdapterSettings {
  readonly rank: number;
  readonly alpha: number;
  /**
   * Only the last this many layers are adapted; absent: all. Gradients then end
   * there, which saves memory and time.
   */
  readonly layers?: number;
}

export interface AdapterMatrix {
  /** e.g. `layers.0.self_attn.q_proj.lora_A` */
  readonly name: string;
  /** A: [rank, inFeatures], B: [outFeatures, rank]. */
  readonly dims: readonly [number, number];
  readonly side: 'A' | 'B';
}

/** The matrices in a fixed order, A before B of each linear map. */
export function adapterMatrices(
  architecture: Architecture,
  { rank, layers = architecture.layers }: Pick<AdapterSettings, 'rank' | 'layers'>,
): AdapterMatrix[] {
  const first = Math.max(0, architecture.layers - layers) * linearsOf(architecture.family).length;
  return allLinears(architecture)
    .slice(first)
    .flatMap(({ name, shape: [outFeatures, inFeatures] }): AdapterMatrix[] => [
      { name: `${name}.lora_A`, dims: [rank, inFeatures], side: 'A' },
      { name: `${name}.lora_B`, dims: [outFeatures, rank], side: 'B' },
    ]);
}

/** The factor on B A x. */
export const adapterScale = ({ rank, alpha }: AdapterSettings): number => alpha / rank;

/**
 * PEFT's initial values: A uniform in +-1/sqrt(inFeatures), B zero, so that the adapter changes nothing yet.
 */
export function initialAdapter(
  architecture: Architecture,
  settings: Pick<AdapterSettings, 'rank' | 'layers'>,
  seed: number,
): Map<string, Float32Array> {
  const random = createRandom(seed).fork('adapter');
  return new Map(
    adapterMatrices(architecture, settings).map(({ name, dims, side }) => {
      const data = new Float32Array(dims[0] * dims[1]);
      if (side === 'A') {
        const bound = 1 / Math.sqrt(dims[1]);
        for (let i = 0; i < data.length; i++) data[i] = (2 * random.next() - 1) * bound;
      }
      return [name, data] as const;
    }),
  );
}
