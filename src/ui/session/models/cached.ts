/**
 * The downloaded models of this browser as a list to show: one line a model, whatever number of files it has.
 */
import type { ModelCache } from '../../../policy/sources/model-cache.ts';

export interface CachedModel {
  /** `owner/name`, with the file where a repository holds GGUF files. */
  readonly id: string;
  /** Origin of the server that it came from; null: the Hub. */
  readonly server: string | null;
  readonly revision: string;
  /** Bytes that it takes here. */
  readonly bytes: number;
  /** False while a download is not done. */
  readonly isWhole: boolean;
  /** SHA-256 of its largest file; null while it is not whole. */
  readonly sha256: string | null;
  readonly keys: readonly string[];
}

export async function cachedModels(cache: ModelCache): Promise<readonly CachedModel[]> {
  const groups = new Map<string, Awaited<ReturnType<ModelCache['list']>>[number][]>();
  for (const file of await cache.list()) {
    const [, repository, revision, path] = /^(.*)@([^/]*)\/(.*)$/.exec(file.key) ?? [];
    if (repository === undefined) continue;
    const id = path!.endsWith('.gguf') ? `${repository}/${path}` : repository;
    const name = `${id}@${revision}`;
    groups.set(name, [...(groups.get(name) ?? []), file]);
  }
  return [...groups].map(([named, files]) => {
    const [server = null] = /^https?:\/\/[^/]+(?=\/)/.exec(named) ?? [];
    const name = server === null ? named : named.slice(server.length + 1);
    const at = name.lastIndexOf('@');
    const largest = files.reduce((a, b) => (b.size > a.size ? b : a));
    const isWhole = files.every((file) => file.isWhole);
    return {
      id: name.slice(0, at),
      server,
      revision: name.slice(at + 1),
      bytes: files.reduce((sum, { there }) => sum + there, 0),
      isWhole,
      sha256: isWhole ? largest.sha256 : null,
      keys: files.map(({ key }) => key),
    };
  });
}

export async function deleteCached(cache: ModelCache, { keys }: CachedModel): Promise<void> {
  for (const key of keys) await cache.delete(key);
}
