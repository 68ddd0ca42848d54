/**
 * An interpreter as it was right after its start, and how it becomes that again: every byte of
 * Python's memory is copied back, and so are the files and open descriptors that JavaScript keeps for
 * it. What a program did inside is gone with them. What else it may have changed outside the border
 * notes, and then there is no way back. This runs in the worker, and no Python takes part in it.
 */
import type { Border } from './border.ts';
import { FileImage, type FileTree } from './file-image.ts';

/** The parts of Emscripten's module that hold state outside of the memory. */
export interface WebAssemblyState {
  readonly FS: FileTree;
  readonly wasmTable: WebAssembly.Table;
  stackSave(): number;
}

export class Pristine {
  private readonly image: Uint8Array;
  private readonly files: FileImage;
  private readonly outside: string;

  /** Of an interpreter that has run nothing of anybody's, between two calls. */
  constructor(
    private readonly border: Border,
    private readonly machine: WebAssemblyState,
  ) {
    this.image = border.bytes().slice();
    this.files = new FileImage(machine.FS);
    this.outside = this.state();
  }

  /** Bytes of memory at the start. */
  get size(): number {
    return this.image.length;
  }

  /** Whether the interpreter is again what it was; where it is not, it must be thrown away. */
  restore(): boolean {
    if (this.border.breach !== undefined || this.border.isSpent || this.state() !== this.outside)
      return false;
    this.files.restoreStreams();
    if (this.border.hasTouchedFiles) this.files.restoreNodes();
    this.border.hasTouchedFiles = false;
    const memory = this.border.bytes();
    memory.set(this.image);
    memory.fill(0, this.image.length);
    return true;
  }

  private state(): string {
    return [this.machine.wasmTable.length, this.machine.stackSave()].join();
  }
}
