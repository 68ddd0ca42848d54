/**
 * How large an answer of the harness can be under a job's limits: characters of JSON, and what stands in it.
 * It is known before a job runs, and a larger answer was not written by the harness. It reads no answer
 * (reply.ts).
 */
import type { Bounds } from './protocol.ts';
import type { Limits } from './types.ts';

/** Bytes of values that a trace for the viewer may carry in all. */
export const VIEW_BYTES = 2 * 1024 * 1024;

/** Values of a trace's definitions together, in sizes of one value. */
const definitionsInAll = 8;
/** A character beyond the basic plane counts as one and takes two escapes. */
const perByte = 12;
const AROUND = 64 * 1024;
/** Of all parts of a job: some seconds of reading for the host, in small pieces. */
const IN_ALL = 2 ** 25;
/** What the encoder charges for each value, besides its characters (python/encoder.py). */
const nodeBytes = 24;
/** Brackets and commas that one value may bring with it. */
const perNode = 8;

export type JobKind = 'run' | 'trace';

export function boundsOf(limits: Limits, kind: JobKind): Bounds {
  const part = Math.ceil(AROUND + 6 * limits.outputBytes + perByte * valueBytes(limits, kind));
  return { part, all: Math.max(IN_ALL, part) };
}

/** A test of HumanEval+ (130) looks at lists of a million floats: 16 million characters. */
const LARGEST_VALUES = 2 ** 25;

/**
 * Of one message of a conversation, either way (conversation.ts). The host hands it
 * on as text and looks at nothing in it.
 */
export const longestMessage = (limits: Limits): number =>
  AROUND + Math.max(LARGEST_VALUES, 8 * limits.valueBytes);

/** Brackets and commas outside of strings that one part may have. */
export function mostStructure(limits: Limits, kind: JobKind): number {
  return 16_384 + (perNode * valueBytes(limits, kind)) / nodeBytes;
}

function valueBytes(limits: Limits, kind: JobKind): number {
  return kind === 'run' ? limits.valueBytes : (1 + definitionsInAll) * limits.valueBytes + VIEW_BYTES;
}

const [QUOTE, BACKSLASH, COMMA, BRACKET, BRACE] = [34, 92, 44, 91, 123];

/**
 * Whether JSON text has more brackets and commas outside of strings than `most`; reads no further than that.
 */
export function isBeyond(text: string, most: number): boolean {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      at++;
      while (at < text.length && text.charCodeAt(at) !== QUOTE)
        at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
    } else if ((unit === COMMA || unit === BRACKET || unit === BRACE) && ++count > most) return true;
  }
  return false;
}
