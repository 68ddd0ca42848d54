/**
 * Reads the sizes of a model from the first bytes of its GGUF file, so that its
 * memory need is known before the file is fetched. It reads plain metadata until the
 * bytes run out and no tensors. header.ts reads a file that is going to be used.
 */
import type { Architecture } from '../model/architecture.ts';
import { parseArchitecture } from '../model/architecture.ts';
import { CheckpointError } from '../errors.ts';
import { checkedFamily, configOf } from './config.ts';

/** Enough for all sizes: converters write them before the vocabulary. */
export const PEEK_BYTES = 64 * 1024;

/** Sizes of the plain types by GGUF's number for them; 8 is a string, 9 an array. */
const BYTES: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};
const STRING = 8;
const ARRAY = 9;

/**
 * Null where the sizes are not within these bytes.
 * @throws CheckpointError when they do not begin a GGUF file, PolicyError for an
 * architecture that is not supported
 */
export function peekArchitecture(bytes: Uint8Array, name: string): Architecture | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 24 || view.getUint32(0, true) !== 0x46554747)
    throw new CheckpointError(name, 'it does not begin as a GGUF file does');
  const metadata = readPairs(view, Number(view.getBigUint64(16, true)));
  const architecture = metadata.get('general.architecture');
  if (architecture === undefined) return null;
  const family = checkedFamily(architecture, name);
  const of = (key: string): unknown => metadata.get(`${family.gguf.architecture}.${key}`);
  const vocabulary = of('vocab_size') ?? metadata.get('tokenizer.ggml.tokens');
  if (vocabulary === undefined || of('feed_forward_length') === undefined) return null;
  // Whether there is a head of its own is said by the tensors, which come later.
  return parseArchitecture(configOf(family, of, vocabulary, true), name);
}

/** Values by key until the bytes end; of an array its length alone. */
function readPairs(view: DataView, count: number): Map<string, unknown> {
  const found = new Map<string, unknown>();
  let at = 24;
  const text = (): string => {
    const length = Number(view.getBigUint64(at, true));
    const bytes = new Uint8Array(view.buffer, view.byteOffset + at + 8, length);
    at += 8 + length;
    return new TextDecoder().decode(bytes);
  };
  try {
    for (let i = 0; i < count; i++) {
      const key = text();
      const type = view.getUint32(at, true);
      at += 4;
      if (type === STRING) found.set(key, text());
      else if (type === ARRAY) {
        const [of, length] = [view.getUint32(at, true), Number(view.getBigUint64(at + 4, true))];
        at += 12;
        found.set(key, length);
        if (of === STRING) for (let item = 0; item < length; item++) text();
        else at += length * (BYTES[of] ?? Infinity);
      } else {
        found.set(key, plain(view, at, type));
        at += BYTES[type] ?? Infinity;
      }
    }
  } catch (error) {
    // The bytes end within a value.
    if (!(error instanceof RangeError)) throw error;
  }
  return found;
}

function plain(view: DataView, at: number, type: number): unknown {
  switch (type) {
    case 4:
      return view.getUint32(at, true);
    case 5:
      return view.getInt32(at, true);
    case 6:
      return view.getFloat32(at, true);
    case 7:
      return view.getUint8(at) !== 0;
    case 10:
      return Number(view.getBigUint64(at, true));
    case 11:
      return Number(view.getBigInt64(at, true));
    case 12:
      return view.getFloat64(at, true);
    default:
      return undefined;
  }
}
