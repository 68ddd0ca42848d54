/**
 * Opens the cache of downloaded models in the browser's private file system. src/policy/sources/model-cache.ts knows what lies in
 * it and how.
 */
import { ModelCache } from '../policy/sources/model-cache.ts';
import { opfsFolder } from '../policy/sources/opfs-folder.ts';
import { ModelStorageError } from '../policy/sources/source-errors.ts';

const FOLDER = 'tracewise-models';

/** @throws StorageError where the browser keeps no files for this page */
export async function openModelCache(): Promise<ModelCache> {
  try {
    const root = await navigator.storage.getDirectory();
    return new ModelCache(opfsFolder(await root.getDirectoryHandle(FOLDER, { create: true })));
  } catch (cause) {
    throw new ModelStorageError(
      `the browser's file system cannot be opened (${(cause as Error).message})`,
      'Leave the private window, or allow this page to store data; a model from a file needs no storage.',
      { cause },
    );
  }
}
