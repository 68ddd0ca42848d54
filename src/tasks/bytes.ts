/** Text of a file that may be gzipped, in browsers and Node alike. */
import { TaskFileError } from './errors.ts';

/**
 * Largest text that is read, unpacked: three hundred times HumanEval. A gzip file of
 * a few megabytes can hold gigabytes.
 */
export const MAX_TEXT_BYTES = 64 * 2 ** 20;

/**
 * Decodes UTF-8; bytes that begin with the gzip magic are unpacked first, up to
 * `MAX_TEXT_BYTES`. @throws TaskFileError
 */
export async function readText(content: string | Uint8Array, file: string): Promise<string> {
  // A decoder takes a byte order mark away; text that was decoded elsewhere may still have it.
  if (typeof content === 'string') return content.startsWith('\uFEFF') ? content.slice(1) : content;
  const zipped = content[0] === 0x1f && content[1] === 0x8b;
  const refuse = (problem: string, advice: string): never => {
    throw new TaskFileError({ file }, problem, advice);
  };
  let bytes: Uint8Array | null = null;
  try {
    bytes = zipped ? await inflate(content, 'gzip') : content.length > MAX_TEXT_BYTES ? null : content;
  } catch {
    refuse('is gzipped but cannot be unpacked.', 'Check that the file is complete.');
  }
  if (bytes === null)
    return refuse(`is larger than ${MAX_TEXT_BYTES / 2 ** 20} MiB of text.`, 'Split it into smaller files.');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse('is not UTF-8 text.', 'Check that the file is of the kind its name says.');
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
