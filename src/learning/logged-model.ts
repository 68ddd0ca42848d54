/**
 * What a log says of the model. A log does not depend on the machine, so the device is not in it, and of the
 * precision only what was asked for or found out. The seconds of a trial are no part of what is reproducible:
 * the first step's `timing` event has them.
 */
import type { PolicyInfo, PrecisionChoice } from '../policy/types.ts';

export interface LoggedModel extends Omit<PolicyInfo, 'device' | 'precision'> {
  readonly precision?: Pick<PrecisionChoice, 'chosen' | 'because' | 'failed'> & {
    /** Nats, in fp16. */
    readonly gap?: number;
  };
}

export function loggedModel({ device: _, precision, ...model }: PolicyInfo): LoggedModel {
  if (precision === undefined) return model;
  const { chosen, because, trial, failed } = precision;
  const isUsual = chosen === 'fp32' && trial === undefined && failed === undefined;
  if (isUsual) return model;
  return {
    ...model,
    precision: { chosen, because, ...(trial && { gap: trial.gap }), ...(failed !== undefined && { failed }) },
  };
}

/** Seconds of the trial by precision, for the first step alone. */
export function trialSeconds({ precision }: PolicyInfo, step: number): Record<string, number> {
  const seconds = step === 1 ? precision?.trial?.seconds : undefined;
  return seconds ? { 'precision/fp32': seconds.fp32, 'precision/fp16': seconds.fp16 } : {};
}
