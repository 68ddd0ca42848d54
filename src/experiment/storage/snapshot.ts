/**
 * A trainer's state as sections of a file, and back: the plain data as JSON, the adapter
 * and optimizer moments as safetensors. Where the file is stored is not known here.
 */
import { parseSafetensors, floatBytes, toFloat32, writeSafetensors } from '../../policy/files/safetensors.ts';
import { checkState, type TrainerState } from '../../learning/state.ts';
import { RunFileError } from './errors.ts';
import type { Sections } from './sections.ts';

const STATE = 'state.json';
const TENSORS = 'adapter.safetensors';

export function encodeState(state: TrainerState): Map<string, Uint8Array> {
  const { policy, ...plain } = state;
  const { tensors: named, ...steps } = policy;
  const json = JSON.stringify({ ...plain, policy: steps });
  const tensors = Object.entries(named).map(([name, { dims, data }]) => ({
    name,
    dtype: 'F32' as const,
    dims,
    bytes: floatBytes(data),
  }));
  return new Map([
    [STATE, new TextEncoder().encode(json)],
    [TENSORS, writeSafetensors(tensors, { format: 'tracewise-run' })],
  ]);
}

/** @throws RunFileError, CheckpointError, TrainerStateError, ConfigError */
export function decodeState(sections: Sections, what: string): TrainerState {
  const json = sections.get(STATE);
  const tensors = sections.get(TENSORS);
  if (json === undefined || tensors === undefined) {
    throw new RunFileError(what, `it has no ${json === undefined ? STATE : TENSORS}`);
  }
  let data: unknown;
  try {
    data = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    throw new RunFileError(what, `its ${STATE} is not JSON`);
  }
  if (typeof data !== 'object' || data === null)
    throw new RunFileError(what, `its ${STATE} is not an object`);
  const plain = data as Omit<TrainerState, 'policy'> & { readonly policy?: { readonly step?: unknown } };
  const step = plain.policy?.step;
  if (!Number.isSafeInteger(step) || (step as number) < 0) {
    throw new RunFileError(what, "the optimizer's step is missing");
  }
  const stored = Object.fromEntries(
    [...parseSafetensors(tensors, `${what}, ${TENSORS}`).tensors].map(([name, tensor]) => [
      name,
      { dims: tensor.dims, data: toFloat32(tensor, `${what}, ${name}`) },
    ]),
  );
  return checkState({ ...plain, policy: { ...plain.policy, tensors: stored } });
}
