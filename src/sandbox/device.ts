/**
 * The one way from inside a running Python program to the host: a device file. What is written to it is sent out, and reading it waits for
 * the answer. A file, because a function of JavaScript handed to Python would be a way to all of JavaScript.
 */

/** Where it lies; python/exchange.py opens it. */
export const devicePath = '/dev/conversation';

/** The parts of Emscripten's file system that are used. */
interface FileSystem {
  makedev(major: number, minor: number): number;
  registerDevice(device: number, operations: object): void;
  mkdev(path: string, device: number): void;
}

/** @param exchange sends a text and returns the answer's bytes once it is there */
export function addDevice(files: FileSystem, exchange: (text: string) => Uint8Array): void {
  let answer = new Uint8Array();
  const device = files.makedev(70, 0);
  files.registerDevice(device, {
    open: (stream: { seekable: boolean }) => {
      stream.seekable = false;
    },
    close: () => {},
    write(_stream: unknown, memory: Int8Array, offset: number, length: number): number {
      const bytes = new Uint8Array(memory.buffer, memory.byteOffset + offset, length).slice();
      const reply = exchange(new TextDecoder().decode(bytes));
      const size = new TextEncoder().encode(reply.length.toString(16).padStart(8, '0'));
      answer = new Uint8Array(size.length + reply.length);
      answer.set(size);
      answer.set(reply, size.length);
      return length;
    },
    read(_stream: unknown, memory: Int8Array, offset: number, length: number): number {
      const piece = answer.subarray(0, length);
      new Uint8Array(memory.buffer, memory.byteOffset + offset, piece.length).set(piece);
      answer = answer.subarray(piece.length);
      return piece.length;
    },
  });
  files.mkdev(devicePath, device);
}
