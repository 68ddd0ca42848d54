/**
 * The beats of a lecture and the way through them: one key leads through all of it. Data in, data out; what a
 * beat shows is Lecture.svelte's.
 */

export const BEATS = ['policy', 'failure', 'trace', 'prediction', 'difference'] as const;
export type Beat = (typeof BEATS)[number];

export interface LecturePlace {
  readonly beat: Beat;
  /** What has been shown of the beat, from 0. */
  readonly at: number;
}

/** How many things each beat shows one after the other; at least one. */
export type BeatLengths = Readonly<Record<Beat, number>>;

const isBeat = (text: string | null): text is Beat => (BEATS as readonly (string | null)[]).includes(text);

/** From the words of an address, `lecture=trace&at=3`; anything else is the beginning. */
export function lecturePlace(search: string): LecturePlace {
  const words = new URLSearchParams(search);
  const beat = words.get('lecture');
  const at = Number(words.get('at') ?? 0);
  return {
    beat: isBeat(beat) ? beat : BEATS[0],
    at: isBeat(beat) && Number.isInteger(at) && at > 0 ? at : 0,
  };
}

/** The place within what there is. */
export const withinBeat = ({ beat, at }: LecturePlace, lengths: BeatLengths): LecturePlace => ({
  beat,
  at: Math.max(0, Math.min(at, lengths[beat] - 1)),
});

/**
 * One thing on, or back: at the end of a beat the next one begins, before its beginning the last one ends.
 */
export function goOn(place: LecturePlace, by: 1 | -1, lengths: BeatLengths): LecturePlace {
  const { beat, at } = withinBeat(place, lengths);
  const to = at + by;
  if (to >= 0 && to < lengths[beat]) return { beat, at: to };
  const next = BEATS[BEATS.indexOf(beat) + by];
  if (next === undefined) return { beat, at };
  return { beat: next, at: by > 0 ? 0 : lengths[next] - 1 };
}
