/** The script of each room, fetched when it is first asked for. */
import type { Component } from 'svelte';
import type { Room } from '../session/rooms.svelte.ts';

const LOADERS: Readonly<Record<Room, () => Promise<{ default: Component }>>> = {
  learn: () => import('../learn/Learn.svelte'),
  play: () => import('../play/Play.svelte'),
  lab: () => import('../lab/Lab.svelte'),
};

/** Asked again for a room that is there, it answers at once; one that did not come is asked for anew. */
export const loadRoom = (room: Room): Promise<Component> => LOADERS[room]().then((module) => module.default);
