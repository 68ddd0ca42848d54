/** Text of a file that may be gzipped, in browsers and Node alike. */
import { TaskFileError } from './errors.ts';

/** Decodes UTF-8; bytes that begin with the gzip magic are unpacked first. @throws TaskFileError */
export async function readText(content: string | Uint8Array, file: string): Promise<string> {
  if (typeof content === 'string') return content;
  const zipped = content[0] === 0x1f && content[1] === 0x8b;
  try {
    const bytes = zipped ? await gunzip(content) : content;
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new TaskFileError(
      { file },
      zipped ? 'is gzipped but cannot be unpacked.' : 'is not UTF-8 text.',
      'Check that the file is complete and of the kind its name says.',
    );
  }
}

async function gunzip(bytes: Uint8Array): Promise<Uint8Array> {
  const source = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const plain = source.pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}
