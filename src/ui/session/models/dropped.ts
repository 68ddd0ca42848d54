/**
 * Whether something dropped is a model: a GGUF file, told by its first bytes, or a folder. Run logs, adapters
 * and tasks are brought.ts.
 */

/**
 * The files of a dropped model; null when it is none.
 * @param entries asked for while the event was handled: later they are gone
 */
export async function droppedModel(
  entries: readonly FileSystemEntry[],
  file: File | undefined,
): Promise<readonly File[] | null> {
  const folder = entries.find((entry) => entry.isDirectory);
  if (folder) return filesOf(folder as FileSystemDirectoryEntry);
  return file && (await isGguf(file)) ? [file] : null;
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
