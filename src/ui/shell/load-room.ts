/**
 * The script and the words of each room, fetched when it is first asked for. A lecture and the page for
 * teachers stand in Learn's place.
 */
import type { Component } from 'svelte';
import { wordOf } from '../session/address.ts';
import { wantWords, type Part } from '../strings/index.ts';
import type { Room } from '../session/rooms.svelte.ts';

/** Both at once. */
const withWords = async <T>(script: Promise<T>, ...parts: readonly Part[]): Promise<T> =>
  (await Promise.all([script, wantWords(...parts)]))[0];

const LOADERS: Readonly<Record<Room, () => Promise<{ default: Component }>>> = {
  learn: () =>
    wordOf(location.search, 'lecture') !== null
      ? withWords(import('../learn/lecture/Lecture.svelte'), 'learn', 'lecture', 'glossary')
      : wordOf(location.search, 'teach') !== null
        ? withWords(import('../teach/Teach.svelte'), 'teach')
        : withWords(import('../learn/Learn.svelte'), 'learn'),
  play: () => withWords(import('../play/Play.svelte'), 'settings', 'tasks'),
  lab: () => withWords(import('../lab/Lab.svelte'), 'lab', 'settings'),
};

/** Asked again for a room that is there, it answers at once; one that did not come is asked for anew. */
export const loadRoom = (room: Room): Promise<Component> => LOADERS[room]().then((module) => module.default);

/** What a server says of a file that could not be imported. */
export interface FailedImport {
  readonly path: string;
  readonly status: number;
  readonly type: string;
}

/**
 * Browsers name the file that an import failed at and not why: the server is asked
 * for its status and type. Null where the error names no file, or nobody answers.
 */
export async function failedImport(cause: unknown): Promise<FailedImport | null> {
  const message = cause instanceof Error ? cause.message : '';
  const [url] = /https?:\/\/\S+/.exec(message) ?? [];
  if (url === undefined) return null;
  try {
    const { status, headers } = await fetch(url, { method: 'HEAD', cache: 'no-store' });
    return { path: new URL(url).pathname, status, type: headers.get('content-type') ?? '' };
  } catch {
    return null;
  }
}
