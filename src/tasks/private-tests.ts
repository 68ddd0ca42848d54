/**
 * LiveCodeBench's private tests: JSON text, or such text pickled, deflated and written in base64. Of a pickle
 * only a single text is read, and nothing else in it is obeyed. No more than `MAX_TEXT_BYTES` is unpacked.
 */
import { inflate, MAX_TEXT_BYTES } from '../base/bytes.ts';
import { fieldError, type Row } from './form.ts';
import type { TaskFilePlace } from './errors.ts';

/** The tests as parsed JSON. @throws TaskFileError */
export async function privateTests(raw: Row, place: TaskFilePlace): Promise<unknown> {
  const field = 'private_test_cases';
  const value = raw[field];
  if (typeof value !== 'string') return value;
  const parsed = (source: string): unknown => {
    try {
      return JSON.parse(source);
    } catch {
      return undefined;
    }
  };
  const plain = parsed(value);
  if (plain !== undefined) return plain;
  let unpacked: Uint8Array | null;
  try {
    unpacked = await inflate(fromBase64(value), 'deflate');
  } catch {
    return fieldError(place, field, 'is neither JSON nor base64 of deflated tests.');
  }
  if (unpacked === null)
    return fieldError(
      place,
      field,
      `is larger than ${MAX_TEXT_BYTES / 2 ** 20} MiB unpacked.`,
      'Leave the problem out.',
    );
  const source = pickledText(unpacked);
  const tests = source === null ? undefined : parsed(source);
  return tests === undefined ? fieldError(place, field, 'is packed, but holds no JSON text.') : tests;
}

function fromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** The text in a pickle that holds one text and nothing else (protocols 2 to 5), or null. */
export function pickledText(bytes: Uint8Array): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text: string | null = null;
  let at = 0;
  try {
    while (at < bytes.length) {
      const code = String.fromCharCode(view.getUint8(at++));
      switch (code) {
        case '\x80': // PROTO
        case 'q': // BINPUT
          at += 1;
          break;
        case '\x95': // FRAME
          at += 8;
          break;
        case 'r': // LONG_BINPUT
          at += 4;
          break;
        case '\x94': // MEMOIZE
          break;
        case 'X': // BINUNICODE
        case '\x8c': // SHORT_BINUNICODE
        case '\x8d': {
          // BINUNICODE8
          if (text !== null) return null;
          const size =
            code === 'X'
              ? view.getUint32(at, true)
              : code === '\x8c'
                ? view.getUint8(at)
                : Number(view.getBigUint64(at, true));
          at += code === 'X' ? 4 : code === '\x8c' ? 1 : 8;
          if (size > bytes.length - at) return null;
          text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(at, at + size));
          at += size;
          break;
        }
        case '.': // STOP
          return at === bytes.length ? text : null;
        default:
          return null;
      }
    }
  } catch {
    // The bytes end within a value, or the text is not UTF-8.
  }
  return null;
}
