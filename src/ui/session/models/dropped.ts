/**
 * Whether something dropped is a model: a GGUF file, told by its first bytes, or a folder. A folder or GGUF
 * file may be an adapter as well. What else there is (run logs, tasks, single files) brought.ts tells.
 */
import { blobSource } from '../../../policy/files/range-source.ts';
import { partNames } from '../../../policy/gguf/parts.ts';
import { adapterAmong, type AdapterFiles } from '../adapter-among.ts';

export type Dropped =
  | { readonly kind: 'model'; readonly files: readonly File[] }
  | { readonly kind: 'adapter'; readonly adapter: AdapterFiles };

/**
 * A dropped model or adapter; null when it is neither.
 * @param entries asked for while the event was handled: later they are gone
 */
export async function droppedOf(
  entries: readonly FileSystemEntry[],
  all: readonly File[],
): Promise<Dropped | null> {
  const folder = entries.find((entry) => entry.isDirectory);
  const files = folder ? await filesOf(folder as FileSystemDirectoryEntry) : all;
  // A model's folder may hold an adapter beside it; it is the model that was dropped.
  const adapter = files.some(({ name }) => name === 'config.json') ? null : adapterAmong(files, folder?.name);
  if (adapter) return { kind: 'adapter', adapter };
  if (folder) return { kind: 'model', files };
  const [file] = files;
  if (!file || !(await isGguf(file))) return null;
  return (await isGgufAdapter(file))
    ? { kind: 'adapter', adapter: { file, name: file.name } }
    : { kind: 'model', files: files.filter(({ name }) => partNames(file.name).includes(name)) };
}

/** A damaged one counts as a model: what is wrong with it is said there. */
async function isGgufAdapter(file: File): Promise<boolean> {
  const { readGgufHeader } = await import('../../../policy/gguf/header.ts');
  const header = await readGgufHeader(blobSource(file, file.name)).catch(() => null);
  return header?.metadata['general.type'] === 'adapter';
}

/** By its name as well: a damaged one is to be told as what it was meant to be. */
async function isGguf(file: File): Promise<boolean> {
  return file.name.endsWith('.gguf') || (await file.slice(0, 4).text()) === 'GGUF';
}

/** Those that lie in the folder itself. */
async function filesOf(folder: FileSystemDirectoryEntry): Promise<readonly File[]> {
  const reader = folder.createReader();
  const files: File[] = [];
  for (;;) {
    // A hundred at a time, until none come.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return files;
    for (const entry of some.filter((one) => one.isFile))
      files.push(
        await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
      );
  }
}
