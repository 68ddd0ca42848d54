/** The script of each room, fetched when it is first asked for. A lecture stands in Learn's place. */
import type { Component } from 'svelte';
import { wordOf } from '../session/address.ts';
import type { Room } from '../session/rooms.svelte.ts';

const LOADERS: Readonly<Record<Room, () => Promise<{ default: Component }>>> = {
  learn: () =>
    wordOf(location.search, 'lecture') === null
      ? import('../learn/Learn.svelte')
      : import('../learn/lecture/Lecture.svelte'),
  play: () => import('../play/Play.svelte'),
  lab: () => import('../lab/Lab.svelte'),
};

/** Asked again for a room that is there, it answers at once; one that did not come is asked for anew. */
export const loadRoom = (room: Room): Promise<Component> => LOADERS[room]().then((module) => module.default);
