/**
 * The variables after a line as an answer has them, beside what they really were.
 * Read from the answer's text: nothing is run. Data in, data out.
 */
import type { AlignmentRecord } from '../../learning/events.ts';
import { argumentsOf, traceSteps, type ShownDefinition } from './trace-steps.ts';

export interface HeldAgainst {
  readonly name: string;
  /** Python literals; null where there is no such variable yet. */
  readonly truth: string | null;
  readonly said: string | null;
  /** The line just run gave it this value, in truth or in the answer. */
  readonly isDefined: boolean;
}

type AskedTruth = Pick<AlignmentRecord, 'program' | 'entryPoint' | 'args' | 'answer'>;

/**
 * After each executed line: the variables of both, by name, in the order of the truth. Arguments come first.
 * As many entries as the longer of the two has lines; after its end one keeps its last values. Empty for
 * answers without a trajectory.
 */
export function valuesAfterLines(
  record: AskedTruth,
  completion: string,
): readonly (readonly HeldAgainst[])[] {
  const given = argumentsOf(record);
  const [truth, said] = [traceSteps(record), traceSteps({ ...record, answer: completion })];
  return Array.from({ length: Math.max(truth.length, said.length) }, (_, i) => {
    const [own, other] = [truth[Math.min(i, truth.length - 1)], said[Math.min(i, said.length - 1)]];
    const real = new Map((own?.variables ?? given).map(pair));
    const claimed = new Map((other?.variables ?? given).map(pair));
    const defined = new Set([
      ...(i < truth.length ? (own?.changed ?? []) : []).map(({ name }) => name),
      ...(i < said.length ? (other?.changed ?? []) : []).map(({ name }) => name),
    ]);
    return [...new Set([...real.keys(), ...claimed.keys()])].map((name): HeldAgainst => ({
      name,
      truth: real.get(name) ?? null,
      said: claimed.get(name) ?? null,
      isDefined: defined.has(name),
    }));
  });
}

const pair = ({ name, value }: ShownDefinition): readonly [string, string] => [name, value];
