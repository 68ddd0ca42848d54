/** What a command says of a loaded model: how its matrices are held, what it is computed in, and why. */
import type { FormatPlan } from '../experiment/memory.ts';
import type { PrecisionChoice } from '../policy/types.ts';

/** Why matrices are held as they are. */
const HELD_BECAUSE: Readonly<Record<FormatPlan['because'], string>> = {
  asked: 'weights are held as --weights asks',
  only: 'weights are held in the one way there is for this model and device',
  room: 'weights are held as floats, which a CPU is fastest with: there is memory for one copy',
  short: 'weights are held in blocks: floats would be faster, but there is not the memory',
};

export const heldLine = ({ because }: Pick<FormatPlan, 'because'>): string => HELD_BECAUSE[because];

const REASONS: Readonly<Record<PrecisionChoice['because'], string>> = {
  asked: 'as asked',
  cpu: 'a CPU computes in 32 bits',
  'no-halves': 'the graphics adapter has no 16-bit arithmetic',
  faster: 'fp16 is faster here and sampler and trainer stay together',
  slower: 'fp16 is not clearly faster here',
  gap: 'fp16 moves sampler and trainer too far apart here',
  failed: 'fp16 does not run here',
};

/** `computed in fp32: a CPU computes in 32 bits`. */
export function precisionLine({ chosen, because, trial, failed }: PrecisionChoice): string {
  const measured = trial
    ? ` (fp32 ${trial.seconds.fp32.toFixed(2)} s, fp16 ${trial.seconds.fp16.toFixed(2)} s, gap ${trial.gap.toPrecision(2)} nats)`
    : '';
  return `computed in ${chosen}: ${REASONS[because]}${measured}${failed === undefined ? '' : ` (${failed})`}`;
}
