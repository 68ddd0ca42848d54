/**
 * Estimates the bytes that weights take as they are held, from the size of a model's
 * files, before the files are read. The exact figure is known only after reading.
 */
import type { Architecture } from '../model/architecture.ts';
import { parameterCount } from '../model/architecture.ts';
import { DENSE_TABLE_VALUES, type LinearFormat } from '../model/weights.ts';

/** Bytes a value: 4 for floats; for blocks the code with its share of a scale and an offset. */
export interface BytesPerWeight {
  /** Of the layers' matrices. */
  readonly linear: number;
  /** Of the embedding and the head. */
  readonly table: number;
}

const INT8 = 1.125;

/** Whether files of this size hold plain floats, not blocks. */
export const holdsFloats = (a: Architecture, fileBytes: number): boolean =>
  fileBytes / parameterCount(a) >= 1.5;

/** @param fileBytes of the model's files */
export function bytesPerWeight(a: Architecture, format: LinearFormat, fileBytes: number): BytesPerWeight {
  const vocabulary = a.vocabSize * a.hiddenSize * (a.tiedHead ? 1 : 2);
  const dense = a.vocabSize * a.hiddenSize <= DENSE_TABLE_VALUES;
  if (format === 'fp32') return { linear: 4, table: 4 };
  if (format === 'int8') return { linear: INT8, table: dense ? 4 : INT8 };
  if (format === 'int4') return { linear: 0.625, table: dense ? 4 : INT8 };
  const parameters = parameterCount(a);
  // Floats of two bytes are held as four.
  if (holdsFloats(a, fileBytes)) return { linear: 4, table: 4 };
  // Files in blocks have their tables in blocks of eight bits, scales of two bytes.
  const linear = Math.max(0.5, (fileBytes - 1.0625 * vocabulary) / (parameters - vocabulary));
  // Scales and offsets are held in four bytes.
  return { linear: 1.2 * linear, table: dense ? 4 : INT8 };
}
