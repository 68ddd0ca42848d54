/**
 * The Hub on the command line. HF_ENDPOINT names another server and HF_TOKEN the token, as in the Hub's own
 * tools. The token goes to another server than the Hub only where HF_TOKEN_ENDPOINT names that server too.
 * Sizes are said before anything is fetched.
 */
import { cachedHubTasks, describeHubTasks, fetchHubTasks } from '../experiment/hub-tasks.ts';
import type { HubAccess } from '../policy/sources/hub-listing.ts';
import { originOf, tokenFor } from '../policy/sources/hub-origin.ts';
import { megabytes, ModelCache } from '../policy/sources/model-cache.ts';
import type { Task } from '../tasks/types.ts';
import { diskFolder, modelFolder } from './model-folder.ts';

export const openCache = (): ModelCache => new ModelCache(diskFolder(modelFolder()));

/** @throws ModelAccessError for an endpoint that is no address */
export function hubAccess(progress: (line: string) => void): HubAccess {
  const { HF_TOKEN: accessToken, HF_ENDPOINT: endpoint, HF_TOKEN_ENDPOINT: trusted } = process.env;
  const hubUrl = endpoint?.replace(/\/+$/, '');
  const access: HubAccess = {
    ...(accessToken && { accessToken }),
    ...(hubUrl && { hubUrl }),
    ...(trusted && { tokenOrigin: originOf({ hubUrl: trusted }) }),
  };
  if (accessToken && tokenFor(access) === undefined)
    progress(
      `HF_TOKEN is not sent to ${originOf(access)}, which is not the Hub; to send it there set HF_TOKEN_ENDPOINT to the same address`,
    );
  return access;
}

/** `N files, M MB, into FOLDER` */
export const sizeLine = (id: string, files: number, bytes: number): string =>
  `${id}: ${files === 1 ? 'one file' : `${files} files`}, ${megabytes(bytes)}, into ${modelFolder()}`;

/** The tasks of a dataset, from the cache or fetched into it. @throws PolicyError, TaskFileError */
export async function hubTasks(
  id: string,
  progress: (line: string) => void,
  signal?: AbortSignal,
): Promise<readonly Task[]> {
  const [cache, access] = [openCache(), hubAccess(progress)];
  const cached = await cachedHubTasks(id, access, cache);
  if (cached !== null) return cached;
  const found = await describeHubTasks(id, access);
  progress(sizeLine(id, found.files.length, found.bytes));
  return fetchHubTasks(found, access, cache, signal);
}
