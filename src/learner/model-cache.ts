/**
 * Opens the cache of downloaded models in the browser's private file system.
 * src/policy/sources/model-cache.ts knows what lies in it and how.
 */
import { ModelCache } from '../policy/sources/model-cache.ts';
import { opfsFolder } from '../policy/sources/opfs-folder.ts';
import { ProblemError } from './errors.ts';

const FOLDER = 'tracewise-models';

/** @throws ProblemError where the browser keeps no files for this page */
export async function openModelCache(): Promise<ModelCache> {
  try {
    const root = await navigator.storage.getDirectory();
    return new ModelCache(opfsFolder(await root.getDirectoryHandle(FOLDER, { create: true })));
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new ProblemError('ModelStorageError', { code: 'no-model-cache', reason }, { cause });
  }
}
