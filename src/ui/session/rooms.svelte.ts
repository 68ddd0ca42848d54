/**
 * Which room is open, kept in the address as `?room=`, so that links, back and forward work on any static
 * host. It changes only that one word of the address and loads no room itself.
 */
import { getContext, setContext } from 'svelte';
import { withWord, withWords, wordOf } from './address.ts';
import { recall, remember } from '../browser/remember.ts';

export const ROOMS = ['learn', 'play', 'lab'] as const;
export type Room = (typeof ROOMS)[number];

/** What a room adds to its own address, and no other room's has. */
export interface RoomWords {
  readonly isOwn: (name: string) => boolean;
  readonly words: () => readonly (readonly [name: string, value: string])[];
}

const KEY = 'tracewise.room';
const isRoom = (text: string | null): text is Room => (ROOMS as readonly (string | null)[]).includes(text);

export class Rooms {
  #current: Room = $state('learn');
  readonly #words: Partial<Record<Room, RoomWords>> = {};

  constructor() {
    this.#current = this.#fromAddress();
  }

  get current(): Room {
    return this.#current;
  }

  /** Listens to back and forward; the answer stops it. */
  follow(): () => void {
    const back = (): void => {
      this.#current = this.#fromAddress();
    };
    addEventListener('popstate', back);
    return () => removeEventListener('popstate', back);
  }

  /** A room says what its own links hold, from when it is first opened. */
  hold(room: Room, words: RoomWords): void {
    this.#words[room] = words;
  }

  /** The address of a room: its own words as they are now, no other room's, and all else as it is. */
  href(room: Room): string {
    const isOwn = (name: string) => Object.values(this.#words).some((words) => words.isOwn(name));
    return withWords(withWord(location.href, 'room', room), isOwn, this.#words[room]?.words() ?? []);
  }

  go(room: Room): void {
    remember(KEY, room);
    if (room === this.#current) return;
    history.pushState(null, '', this.href(room));
    this.#current = room;
  }

  /** Without a word in the address: where the visitor was last; on the first visit, Learn. */
  #fromAddress(): Room {
    // A lecture, and what teachers need, is in Learn, whatever was last open.
    if (['lecture', 'teach'].some((word) => wordOf(location.search, word) !== null)) return 'learn';
    const asked = wordOf(location.search, 'room');
    if (isRoom(asked)) return asked;
    const last = recall(KEY);
    return isRoom(last) ? last : 'learn';
  }
}

const CONTEXT = Symbol('rooms');
export const provideRooms = (rooms: Rooms): Rooms => setContext(CONTEXT, rooms);
export const getRooms = (): Rooms => getContext<Rooms>(CONTEXT);
