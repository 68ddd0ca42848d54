/**
 * The pipe between the host and the process of one interpreter in Node: both of its ends, and how a message
 * lies in it. What comes from the process may be a program's doing: it is read as JSON and never as objects
 * of the engine's own, and one that is too long ends the pipe.
 */
import type { Endpoint } from 'comlink';
import { Buffer } from 'node:buffer';
import { readSync, writeSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { deserialize, serialize } from 'node:v8';

/** A frame: bytes that follow (4 bytes, the lowest first), what they are (1 byte), then they themselves. */
const head = 5;
const MESSAGE = 0;
/** UTF-8: an answer that a program waits for in the middle of a call. */
const ANSWER = 1;
/** The bytes of a snapshot: of the message that comes next. */
const SNAPSHOT = 2;
/** Bytes of a frame from the process: above every limit of what programs may say. */
const MOST_BYTES = 2 ** 28;

type Listener = Parameters<Endpoint['addEventListener']>[1];

/** The host's end, in the shape that comlink talks through. */
export class HostPipe implements Endpoint {
  private readonly listeners = new Set<Listener>();
  private parts: Buffer[] = [];
  private held = 0;
  private snapshot: Uint8Array | undefined;

  /** @param broken called when what comes is no message */
  constructor(
    private readonly stream: Duplex,
    private readonly broken: (reason: string) => void,
  ) {
    stream.on('data', (bytes: Buffer) => this.take(bytes));
    // That the process has ended is told by the process.
    stream.on('error', () => undefined);
  }

  postMessage(message: unknown): void {
    this.send(MESSAGE, serialize(message));
  }

  answer(text: string): void {
    this.send(ANSWER, Buffer.from(text));
  }

  addEventListener(_type: string, listener: Listener): void {
    this.listeners.add(listener);
  }

  removeEventListener(_type: string, listener: Listener): void {
    this.listeners.delete(listener);
  }

  private send(kind: number, payload: Uint8Array): void {
    if (this.stream.destroyed) return;
    // In one piece: an interpreter that woke for the head would sleep again until the rest is there.
    this.stream.cork();
    this.stream.write(headOf(kind, payload.length));
    this.stream.write(payload);
    this.stream.uncork();
  }

  private take(bytes: Buffer): void {
    this.parts.push(bytes);
    this.held += bytes.length;
    for (;;) {
      if (this.held < head) return;
      if (this.parts[0]!.length < head) this.parts = [Buffer.concat(this.parts)];
      const [first] = this.parts as [Buffer];
      const length = first.readUInt32LE(0);
      if (length > MOST_BYTES) return this.end('a message of the interpreter is too long');
      if (this.held < head + length) return;
      const all = this.parts.length === 1 ? first : Buffer.concat(this.parts);
      const rest = all.subarray(head + length);
      this.parts = rest.length > 0 ? [rest] : [];
      this.held = rest.length;
      this.hear(all[4]!, all.subarray(head, head + length));
    }
  }

  private hear(kind: number, payload: Buffer): void {
    if (kind === SNAPSHOT) {
      this.snapshot = payload;
      return;
    }
    const { snapshot } = this;
    this.snapshot = undefined;
    let data: unknown;
    try {
      const text = payload.toString();
      data = snapshot
        ? JSON.parse(text, (key, value: unknown) => (key === 'snapshot' ? snapshot : value))
        : JSON.parse(text);
    } catch {
      return this.end('a message of the interpreter is not readable');
    }
    const event = { data } as MessageEvent;
    for (const listener of [...this.listeners])
      if (typeof listener === 'function') listener(event);
      else listener.handleEvent(event);
  }

  private end(reason: string): void {
    this.parts = [];
    this.held = 0;
    this.stream.destroy();
    this.broken(reason);
  }
}

/**
 * The interpreter's end, which sleeps while nothing comes: its thread has nothing else to do, and in the
 * middle of a program's call it must not go on before the answer is there.
 */
export class WorkerPipe {
  constructor(private readonly descriptor: number) {}

  /** Sends a message; bytes in it may stand under the name `snapshot` alone. */
  send(message: unknown): void {
    const text = JSON.stringify(message, (key, value: unknown) => {
      if (key !== 'snapshot' || !(value instanceof Uint8Array)) return value;
      this.write(SNAPSHOT, value);
      return true;
    });
    this.write(MESSAGE, Buffer.from(text));
  }

  /** The next message; undefined when the host has gone. */
  next(): unknown {
    const payload = this.read(MESSAGE);
    return payload && deserialize(payload);
  }

  /** The bytes of the answer that is waited for. @throws when the host has gone */
  answer(): Uint8Array {
    const payload = this.read(ANSWER);
    if (!payload) throw new Error('the host has gone');
    return payload;
  }

  private write(kind: number, payload: Uint8Array): void {
    const frame = Buffer.concat([headOf(kind, payload.length), payload]);
    for (let at = 0; at < frame.length;) at += writeSync(this.descriptor, frame, at);
  }

  private read(kind: number): Buffer | undefined {
    const start = this.bytes(head);
    if (!start) return undefined;
    if (start[4] !== kind) throw new Error('the host spoke out of turn');
    return this.bytes(start.readUInt32LE(0));
  }

  private bytes(count: number): Buffer | undefined {
    const whole = Buffer.allocUnsafe(count);
    for (let at = 0; at < count;) {
      const read = readSync(this.descriptor, whole, at, count - at, null);
      if (read === 0) return undefined;
      at += read;
    }
    return whole;
  }
}

function headOf(kind: number, length: number): Buffer {
  const bytes = Buffer.alloc(head);
  bytes.writeUInt32LE(length, 0);
  bytes[4] = kind;
  return bytes;
}
