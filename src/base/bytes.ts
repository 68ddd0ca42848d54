/**
 * Reads text from bytes that may be gzipped, in browsers and Node alike, up to a size that is given. It knows
 * no file and no format; the caller says what a `BytesError` means.
 */

/**
 * Largest text that is read, unpacked: three hundred times HumanEval. A gzip file of
 * a few megabytes can hold gigabytes.
 */
export const MAX_TEXT_BYTES = 64 * 2 ** 20;

/** Why bytes are no text: cut off or damaged as gzip, more than `MAX_TEXT_BYTES`, or not UTF-8. */
export type BytesProblem = 'not-gzip' | 'too-large' | 'not-utf8';

const SAID: Readonly<Record<BytesProblem, string>> = {
  'not-gzip': 'is gzipped but cannot be unpacked.',
  'too-large': `is larger than ${MAX_TEXT_BYTES / 2 ** 20} MiB of text.`,
  'not-utf8': 'is not UTF-8 text.',
};
const ADVICE: Readonly<Record<BytesProblem, string>> = {
  'not-gzip': 'Check that the file is complete.',
  'too-large': 'Split it into smaller files.',
  'not-utf8': 'Check that the file is of the kind its name says.',
};

/** Bytes that are no text. The message has no subject: the name of the file goes before it. */
export class BytesError extends Error {
  override readonly name = 'BytesError';
  readonly advice: string;
  constructor(readonly problem: BytesProblem) {
    super(SAID[problem]);
    this.advice = ADVICE[problem];
  }
}

/**
 * Decodes UTF-8; bytes that begin with the gzip magic are unpacked first. A byte order
 * mark is taken away, from text that was decoded elsewhere too. @throws BytesError
 */
export async function textOfBytes(content: string | Uint8Array): Promise<string> {
  if (typeof content === 'string') return content.startsWith('\uFEFF') ? content.slice(1) : content;
  const zipped = content[0] === 0x1f && content[1] === 0x8b;
  const bytes = zipped
    ? await inflate(content, 'gzip').catch(() => {
        throw new BytesError('not-gzip');
      })
    : content;
  if (bytes === null || bytes.length > MAX_TEXT_BYTES) throw new BytesError('too-large');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BytesError('not-utf8');
  }
}

/** Null when more than `MAX_TEXT_BYTES` come out; the rest is not unpacked. Throws what the stream throws. */
export async function inflate(bytes: Uint8Array, format: 'gzip' | 'deflate'): Promise<Uint8Array | null> {
  const source = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const reader = source.pipeThrough(new DecompressionStream(format)).getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MAX_TEXT_BYTES) {
      // Not awaited: whether the source notices does not matter any more.
      reader.cancel().catch(() => undefined);
      return null;
    }
    chunks.push(value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
