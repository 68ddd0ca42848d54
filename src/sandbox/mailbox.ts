/**
 * How a worker that is in the middle of Python waits for a text from outside: it sleeps on a piece of shared
 * memory. Both ends are here. It works only where memory can be shared with the worker. Ordinary messages go
 * the other way.
 */

/** Layout: state (0 empty, 1 filled), bytes, whether more follows; then the bytes. */
const head = 4;
const capacity = 256 * 1024;

/** Undefined where this platform shares no memory, such as a page that is not cross-origin isolated. */
export function newMailbox(): SharedArrayBuffer | undefined {
  if (typeof SharedArrayBuffer === 'undefined') return undefined;
  return new SharedArrayBuffer(head * 4 + capacity);
}

/** What gives a sleeping worker the text that it waits for. */
export interface Answering {
  send(text: string): void;
  /** The worker has taken what was sent of a longer text. */
  more(): void;
}

/** The outer end: puts texts in, piece by piece. */
export class Sender implements Answering {
  private readonly state: Int32Array;
  private readonly bytes: Uint8Array;
  private rest: Uint8Array = new Uint8Array();

  constructor(buffer: SharedArrayBuffer) {
    this.state = new Int32Array(buffer, 0, head);
    this.bytes = new Uint8Array(buffer, head * 4);
  }

  send(text: string): void {
    this.rest = new TextEncoder().encode(text);
    this.more();
  }

  /** The worker has taken the last piece and waits for the next. */
  more(): void {
    const piece = this.rest.subarray(0, capacity);
    this.rest = this.rest.subarray(piece.length);
    this.bytes.set(piece);
    this.state[1] = piece.length;
    this.state[2] = this.rest.length > 0 ? 1 : 0;
    Atomics.store(this.state, 0, 1);
    Atomics.notify(this.state, 0);
  }
}

/**
 * The worker's end: sleeps until a whole text is there. `wantMore` tells the outer
 * end to put in the next piece.
 */
export function receive(buffer: SharedArrayBuffer, wantMore: () => void): Uint8Array {
  const state = new Int32Array(buffer, 0, head);
  const bytes = new Uint8Array(buffer, head * 4);
  const pieces: Uint8Array[] = [];
  for (let follows = true; follows;) {
    // A notification of the piece before may come late and wake it for nothing.
    while (Atomics.load(state, 0) === 0) Atomics.wait(state, 0, 0);
    pieces.push(bytes.slice(0, state[1]));
    follows = state[2] === 1;
    Atomics.store(state, 0, 0);
    if (follows) wantMore();
  }
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
