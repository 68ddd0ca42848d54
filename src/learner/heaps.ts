/**
 * Tells how large the WebAssembly heaps of this worker are. The libraries that make them do not show them, so
 * their making is watched.
 */

const heaps: WebAssembly.Memory[] = [];

/** From now on; to be called before a library makes its memory. */
export function watchHeaps(): void {
  WebAssembly.Memory = class extends WebAssembly.Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor);
      heaps.push(this);
    }
  };
}

/** Bytes of all heaps made since. */
export const heapBytes = (): number => heaps.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
