/**
 * Lists the files of a repository on the Hub, of models and datasets alike, and says what was wrong with
 * the request. It fetches no file. The protocol is @huggingface/hub's; any server that speaks it will do.
 */
import { HubApiError, listFiles, type ListFileEntry } from '@huggingface/hub';
import { PolicyError } from '../errors.ts';
import type { RemoteFile } from './download.ts';
import { HUB, tokenFor } from './hub-origin.ts';
import { ModelDownloadError, GatedError, ModelAccessError } from './source-errors.ts';

/** How the Hub is asked. */
export interface HubAccess {
  readonly revision?: string;
  /** Sent to the Hub, and to no other server than `tokenOrigin`. */
  readonly accessToken?: string;
  /** Default: the Hub. */
  readonly hubUrl?: string;
  /** The origin beside the Hub's that its owner named as one that may get the token. */
  readonly tokenOrigin?: string;
  readonly fetch?: typeof fetch;
}

export interface HubFile {
  readonly path: string;
  readonly size: number;
  readonly sha256?: string;
  readonly oid: string;
}

/**
 * A model's lie in its first folder, a dataset's in any. @throws ModelAccessError, GatedError, DownloadError
 */
export async function hubFiles(
  kind: 'model' | 'dataset',
  repository: string,
  access: HubAccess,
): Promise<readonly HubFile[]> {
  const { revision, hubUrl, fetch: get } = access;
  const accessToken = tokenFor(access);
  const all: ListFileEntry[] = [];
  try {
    for await (const entry of listFiles({
      repo: { type: kind, name: repository },
      ...(kind === 'dataset' && { recursive: true }),
      ...(revision !== undefined && { revision }),
      ...(hubUrl !== undefined && { hubUrl }),
      ...(get && { fetch: get }),
      ...(accessToken !== undefined && { accessToken }),
    }))
      if (entry.type === 'file') all.push(entry);
  } catch (error) {
    throw asAccessError(error, kind, repository);
  }
  return all.map(({ path, size, lfs, oid }) => ({
    path,
    size: lfs?.size ?? size,
    oid: lfs?.oid ?? oid ?? '',
    ...(lfs && { sha256: lfs.oid }),
  }));
}

function asAccessError(error: unknown, kind: 'model' | 'dataset', repository: string): PolicyError {
  if (error instanceof HubApiError) {
    const cause = { cause: error };
    if (error.statusCode === 401 || error.statusCode === 403) return new GatedError(repository, cause);
    if (error.statusCode === 404)
      return new ModelAccessError(
        `there is no ${kind} ${repository}`,
        'Check the spelling and the revision.',
        cause,
      );
    return new ModelDownloadError(`the Hub answered ${error.statusCode}`, 'Try again in a while.', cause);
  }
  if (error instanceof PolicyError) return error;
  return new ModelDownloadError(
    `the Hub cannot be reached (${(error as Error).message})`,
    `Without a connection use a ${kind} from the cache or from a file.`,
    { cause: error },
  );
}

/** Address of a file. */
export const hubFileUrl = (
  kind: 'model' | 'dataset',
  repository: string,
  path: string,
  { revision = 'main', hubUrl = HUB }: HubAccess,
): string =>
  `${hubUrl}/${kind === 'dataset' ? 'datasets/' : ''}${repository}/resolve/${encodeURIComponent(revision)}/${path}`;

/** A listed file as it is fetched. @param key its name in the cache */
export const remoteFile = (
  kind: 'model' | 'dataset',
  repository: string,
  { path, size, oid, sha256 }: HubFile,
  key: string,
  access: HubAccess,
): RemoteFile => ({
  key,
  url: hubFileUrl(kind, repository, path, access),
  size,
  etag: oid,
  ...(sha256 !== undefined && { sha256 }),
});

/** `fetch` that says who asks, to a server that may know. */
export function authorised(access: HubAccess): typeof fetch {
  const { fetch: get = fetch } = access;
  const accessToken = tokenFor(access);
  if (accessToken === undefined) return get;
  return (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${accessToken}`);
    return get(input, { ...init, headers });
  };
}
