/**
 * Tasks from a dataset of the Hugging Face Hub. It finds out which files make the
 * dataset and how large they are before anything is fetched, and then fetches them
 * through the models' cache. src/tasks reads what a file holds.
 */
import { PolicyError } from '../policy/errors.ts';
import { downloadSet } from '../policy/sources/download.ts';
import {
  authorised,
  hubFiles,
  remoteFile,
  type HubAccess,
  type HubFile,
} from '../policy/sources/hub-listing.ts';
import { cachePrefix } from '../policy/sources/hub-origin.ts';
import type { ModelCache } from '../policy/sources/model-cache.ts';
import type { RangeSource } from '../policy/files/range-source.ts';
import { TaskFileError } from '../tasks/errors.ts';
import { readTaskFile } from '../tasks/task-file.ts';
import type { Task } from '../tasks/types.ts';

/** The dataset is not there, or not of a kind that is read. */
export class TasksAccessError extends PolicyError {
  override readonly name = 'TasksAccessError';
}

export interface HubTasks {
  /** `owner/name`, or `owner/name/PATH` for a folder or a file of it. */
  readonly id: string;
  readonly files: readonly HubFile[];
  /** Of all files that would be fetched, bytes. */
  readonly bytes: number;
}

const ID = /^([\w.-]+\/[\w.-]+)(?:\/([\w./-]+?))?\/?$/;
const READABLE = /\.(jsonl|jsonl\.gz|parquet)$|(^|\/)(?!dataset_infos?\.json$)[^/]+\.json$/;
/** Problems are text; what is larger is no benchmark. */
const MOST_BYTES = 64 * 2 ** 20;

function partsOf(id: string): { readonly repository: string; readonly path: string | undefined } {
  const [, repository, path] = ID.exec(id) ?? [];
  if (repository === undefined)
    throw new TasksAccessError(
      `"${id}" is no dataset id`,
      'An id is owner/name, as in the address of its page; a folder or a file of it may follow: owner/name/PATH.',
    );
  return { repository, path };
}

/** What would be fetched. Nothing is. @throws TasksAccessError, ModelAccessError, DownloadError */
export async function describeHubTasks(id: string, access: HubAccess): Promise<HubTasks> {
  const { repository, path } = partsOf(id);
  const all = (await hubFiles('dataset', repository, access)).filter((file) => READABLE.test(file.path));
  const files =
    path === undefined ? all : all.filter((file) => file.path === path || file.path.startsWith(`${path}/`));
  if (files.length === 0)
    throw new TasksAccessError(
      `${id} holds no file of tasks`,
      'Read are .jsonl, .jsonl.gz, .json and .parquet; check its list of files.',
    );
  const folders = [...new Set(files.map((file) => file.path.replace(/[^/]*$/, '')))];
  if (folders.length > 1) {
    const names = folders.flatMap((folder) =>
      folder === ''
        ? files.map((file) => file.path).filter((name) => !name.includes('/'))
        : folder.slice(0, -1),
    );
    throw new TasksAccessError(
      `${id} has several parts`,
      `Name one of them: ${repository}/PATH with ${names.join(', ')}.`,
    );
  }
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (bytes > MOST_BYTES)
    throw new TasksAccessError(
      `${id} has ${Math.ceil(bytes / 2 ** 20)} MiB, more than the ${MOST_BYTES / 2 ** 20} that are read`,
      'Name one file of it.',
    );
  return { id, files, bytes };
}

/** What belongs to one request lies together, whatever else was fetched of the dataset. */
const folderOf = (id: string, access: HubAccess): string =>
  `${cachePrefix(access)}datasets/${id}@${access.revision ?? 'main'}/`;

/**
 * Fetches what is not in the cache and reads it.
 * @throws DownloadError, StorageError, CheckpointError, TaskFileError
 */
export async function fetchHubTasks(
  { id, files }: HubTasks,
  access: HubAccess,
  cache: ModelCache,
  signal?: AbortSignal,
): Promise<Task[]> {
  const { repository } = partsOf(id);
  const folder = folderOf(id, access);
  const remotes = files.map((file) => remoteFile('dataset', repository, file, folder + file.path, access));
  // A file that was renamed would be read twice.
  const isOfSet = (key: string): boolean => key.startsWith(folder);
  const sources = await downloadSet(id, remotes, cache, isOfSet, () => ({
    fetch: authorised(access),
    ...(signal && { signal }),
  }));
  return readAll(id, sources);
}

/**
 * Those that are wholly in the cache, without a connection; null where they are not. @throws TaskFileError
 */
export async function cachedHubTasks(
  id: string,
  access: HubAccess,
  cache: ModelCache,
): Promise<Task[] | null> {
  const prefix = folderOf(id, access);
  const sources = await cache.openAll((await cache.list()).filter(({ key }) => key.startsWith(prefix)));
  return sources && readAll(id, [...sources.values()]);
}

async function readAll(id: string, sources: readonly RangeSource[]): Promise<Task[]> {
  const tasks: Task[] = [];
  const seen = new Set<string>();
  // In one order, however the cache lists them.
  for (const source of [...sources].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = `${id}, ${source.name}`;
    for (const task of await readTaskFile(await source.read(0, source.size), file)) {
      if (seen.has(task.id))
        throw new TaskFileError(
          { file },
          `the task "${task.id}" is in the dataset twice.`,
          'Name one file of it.',
        );
      seen.add(task.id);
      tasks.push(task);
    }
  }
  return tasks;
}
