/**
 * How a program in the middle of a call asks the host and waits: whole texts through the
 * border's channel, each after its length in eight hexadecimal digits (python/exchange.py).
 * What is written otherwise is the program's own doing and is never sent.
 */
import type { Channel } from './border.ts';

const head = 8;
const none = new Uint8Array();

export class Exchange implements Channel {
  private written: Uint8Array = none;
  private answer: Uint8Array = none;

  /** @param ask sends a text of at most `most` bytes and returns the answer's bytes once it is there */
  constructor(
    private readonly ask: (text: string) => Uint8Array,
    private readonly most = 2 ** 27,
  ) {}

  write(bytes: Uint8Array): void {
    if (this.written.length + bytes.length > this.most) this.written = none;
    this.written = joined(this.written, bytes);
    if (this.written.length < head) return;
    const size = parseInt(text(this.written.subarray(0, head)), 16);
    if (!(size >= 0)) this.written = none;
    if (!(this.written.length >= head + size)) return;
    const said = text(this.written.subarray(head, head + size));
    this.written = none;
    const reply = this.ask(said);
    this.answer = joined(new TextEncoder().encode(reply.length.toString(16).padStart(head, '0')), reply);
  }

  read(most: number): Uint8Array {
    const piece = this.answer.subarray(0, most);
    this.answer = this.answer.subarray(piece.length);
    return piece;
  }
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
