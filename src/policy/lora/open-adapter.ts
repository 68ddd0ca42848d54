/** Opens an adapter of any kind that is read, told by its first bytes. */
import { CheckpointError } from '../errors.ts';
import { openPeft, type AdapterFile, type OpenedAdapter } from './read-adapter.ts';

const startsWith = (bytes: Uint8Array, text: string): boolean =>
  [...text].every((c, i) => bytes[i] === c.charCodeAt(0));

export const isGguf = (bytes: Uint8Array): boolean => startsWith(bytes, 'GGUF');

/** @throws PolicyError naming what is not understood */
export async function openAdapter(file: AdapterFile): Promise<OpenedAdapter> {
  const { bytes, name } = file;
  if (isGguf(bytes)) {
    // Its parser is loaded when there is such a file.
    const { openGgufAdapter } = await import('./read-gguf-adapter.ts');
    return openGgufAdapter(bytes, name);
  }
  if (bytes[8] !== 0x7b && (startsWith(bytes, 'PK') || bytes[0] === 0x80))
    throw new CheckpointError(
      name,
      'it is a pickle of PyTorch’s, which may run anything when it is read',
      'Save the adapter with safetensors (save_pretrained does).',
    );
  return openPeft(file);
}
