/**
 * The border between Python and JavaScript inside a worker. A WebAssembly module reaches nothing but its
 * memory and the functions that it imports. Those functions are all of Python's ways out, whatever a program
 * does to the objects and bytes inside. This file lists the few that stay open once Python has started; all
 * others end the program. It runs in the worker. The browser's policy is another boundary and holds too.
 */

/** As Emscripten hands them over: with a signature where the function may stand in the table of functions. */
type Import = ((...args: (number | bigint)[]) => unknown) & { sig?: string };
export type Imports = Record<string, Record<string, Import>>;

/** A harness of the sandbox's own may ask the worker something, synchronously, through this descriptor. */
export const CHANNEL = 1000;
export interface Channel {
  write(bytes: Uint8Array): void;
  read(most: number): Uint8Array;
}

/** A program called what is closed. It cannot be caught in Python, and the interpreter is not used again. */
export class Breach extends Error {
  override readonly name = 'Breach';
}

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Imports left open: they read, or touch Python's own memory alone, or end everything. */
const open = words(`
  _PyEM_TrampolineCall_JS JsvArray_Get js2python_js JsvError_Check JsvNoValue_Check new_error JsvUTF8ToString Jsv_GetError_import
  emscripten_resize_heap emscripten_get_heap_max emscripten_date_now emscripten_get_now clock_res_get clock_time_get random_get
  _tzset_js _timegm_js _mktime_js _localtime_js _gmtime_js environ_sizes_get environ_get _emscripten_get_progname
  __syscall_getcwd __syscall_stat64 __syscall_lstat64 __syscall_fstat64 __syscall_newfstatat __syscall_getdents64 __syscall_faccessat
  __syscall_readlinkat __syscall_statfs64 __syscall_fstatfs64 __syscall_fadvise64 __syscall_fdatasync __syscall_getuid32_js __syscall_ioctl
  fd_seek fd_pread fd_fdstat_get fd_sync _mmap_js exit proc_exit _abort_js __assert_fail throw_no_gil`);

/**
 * They change files and open descriptors, which live outside of Python's memory and are put back beside it.
 */
const filing = words(`
  __syscall_fcntl64 __syscall_chdir __syscall_fchdir __syscall_chmod __syscall_fchmod __syscall_fchmodat2 __syscall_fchown32
  __syscall_fchownat __syscall_dup __syscall_dup3 __syscall_umask_js __syscall_mkdirat __syscall_mknodat
  __syscall_unlinkat __syscall_rmdir __syscall_renameat __syscall_symlinkat __syscall_truncate64 __syscall_ftruncate64
  __syscall_fallocate __syscall_utimensat _munmap_js _msync_js`);

/** What they change is not put back: harmless, but such an interpreter is not used again. */
const spending = words(`__syscall_poll __call_sighandler __hiwire_deduplicate_delete`);

const NOT_SUPPORTED = -138;
/**
 * Answered without being called: with an error number, or with what the function says where there is nothing.
 */
const answered: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    `accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmsg sendmsg sendto socket`
      .split(' ')
      .map((name) => [`__syscall_${name}`, NOT_SUPPORTED]),
  ),
  _emscripten_system: -1,
  _setitimer_js: -1,
  // A pipe holds in JavaScript's memory what was written to it.
  __syscall_pipe: NOT_SUPPORTED,
  getaddrinfo: -4,
  getnameinfo: -4,
  getprotobyname: 0,
  _emscripten_lookup_name: 0,
  _try_fcntl64: 0,
  _try_shutdown: 0,
  can_run_sync_js: 0,
  emscripten_runtime_keepalive_push: 0,
  emscripten_runtime_keepalive_pop: 0,
};

/** Which arguments of an import are addresses of paths. A symbolic link's text becomes part of a path. */
const paths: Readonly<Record<string, readonly number[]>> = {
  __syscall_stat64: [0],
  __syscall_lstat64: [0],
  __syscall_statfs64: [0],
  __syscall_chdir: [0],
  __syscall_chmod: [0],
  __syscall_rmdir: [0],
  __syscall_truncate64: [0],
  __syscall_newfstatat: [1],
  __syscall_faccessat: [1],
  __syscall_readlinkat: [1],
  __syscall_fchmodat2: [1],
  __syscall_fchownat: [1],
  __syscall_mkdirat: [1],
  __syscall_mknodat: [1],
  __syscall_unlinkat: [1],
  __syscall_utimensat: [1],
  __syscall_openat: [1],
  __syscall_renameat: [1, 3],
  __syscall_symlinkat: [0, 2],
};
/**
 * Bytes of a path with its end, and the error number of a longer one: both as on
 * Linux (37 is ENAMETOOLONG here).
 */
const PATH_MAX = 4096;
const TOO_LONG = -37;

/** Every import that does something once the border is closed. */
export const listed: readonly string[] = [
  ...open,
  ...filing,
  ...spending,
  ...Object.keys(answered),
  '__syscall_openat',
  'fd_close',
  'fd_write',
  'fd_read',
  'fd_pwrite',
  '_python2js_ascii',
  '_Py_CheckEmscriptenSignals_Helper',
  'capture_stderr',
];

/** WASI: size of what `fd_fdstat_get` writes, and the kind of a plain file in its first byte. */
const STATUS_BYTES = 24;
const PLAIN_FILE = 4;
const BAD_DESCRIPTOR = 8;
const READ_ONLY = 0o3 | 0o100 | 0o1000 | 0o2000; // O_ACCMODE, O_CREAT, O_TRUNC, O_APPEND

export class Border {
  /** The first closed import that was called, once the border is closed. */
  breach: string | undefined;
  /** Files or what is known of them may not be as they were. */
  hasTouchedFiles = false;
  /** Something else outside of Python's memory may not be as it was. */
  isSpent = false;
  channel: Channel | undefined;
  /** Whether a descriptor leads to something that is no file in memory. */
  isDevice: (descriptor: number) => boolean = () => false;
  /** Says whether a program has gone far enough for a signal (turns.ts); gives its number or 0. */
  signal: () => number = () => 0;
  /** Characters that one answer of the harness may have. */
  mostCharacters = 2 ** 26;
  private isClosed = false;
  private memory: WebAssembly.Memory | undefined;
  private status: Import | undefined;
  /** Bytes that the job may still write to standard output as to a file: 0 but for whole programs. */
  outputLeft = 0;

  /** Puts the border's functions in the place of the imports, before the module is instantiated with them. */
  guard(module: WebAssembly.Module, imports: Imports): void {
    for (const { module: space, name, kind } of WebAssembly.Module.imports(module)) {
      // What stands in the table of functions is named by an address, and taken from the same collection.
      const isFunction = kind === 'function' || space === 'GOT.func';
      const from = imports[space === 'GOT.func' ? 'env' : space];
      if (!isFunction || from === undefined || !(name in from)) continue;
      const guarded = this.guarded(name, from[name]);
      if (guarded !== from[name]) from[name] = guarded;
    }
  }

  attach(instance: WebAssembly.Instance): void {
    this.memory = instance.exports['memory'] as WebAssembly.Memory;
  }

  /** From here on only what is listed is reached. */
  close(): void {
    this.isClosed = true;
    this.hasTouchedFiles = false;
    this.isSpent = false;
  }

  /** Python's whole memory as it is now; a new view each time, as growing detaches the old one. */
  bytes(): Uint8Array {
    if (!this.memory) throw new Error('Python has no memory yet');
    return new Uint8Array(this.memory.buffer);
  }

  private guarded(name: string, original: Import | undefined): Import {
    if (name === 'fd_fdstat_get' && typeof original === 'function') this.status = original;
    const special = this.special(name, original);
    const isOpen = special === undefined && open.has(name) && typeof original === 'function';
    const takesPaths = paths[name];
    if (isOpen && takesPaths === undefined) return original;
    const unbounded = special ?? (isOpen ? original : () => this.refuse(name));
    const inside = takesPaths === undefined ? unbounded : this.bounded(takesPaths, unbounded);
    const guarded: Import = (...args) => (this.isClosed ? inside : (original ?? inside))(...args);
    // Some engines know imports that are no functions (stack switching): those are closed from the start.
    const result = typeof original === 'function' ? guarded : (inside as Import);
    if (typeof original === 'function' && original.sig !== undefined) result.sig = original.sig;
    return result;
  }

  /** What an import does behind a closed border; undefined where it is open or refused. */
  private special(name: string, original: Import | undefined): Import | undefined {
    if (typeof original !== 'function') return undefined;
    const spend: Import = (...args) => {
      this.isSpent = true;
      return original(...args);
    };
    if (spending.has(name)) return spend;
    const touch: Import = (...args) => {
      this.hasTouchedFiles = true;
      return original(...args);
    };
    if (filing.has(name)) return touch;
    const answer = answered[name];
    if (answer !== undefined) return () => answer;
    switch (name) {
      case '__syscall_openat':
        return (...args) => (Number(args[2]) & READ_ONLY ? touch : original)(...args);
      case 'fd_close':
        return (...args) => (Number(args[0]) <= 2 ? touch : original)(...args);
      case 'fd_write':
        return (...args) => this.write(args as number[], touch);
      case 'fd_pwrite':
        return (...args) => (this.isDevice(Number(args[0])) ? BAD_DESCRIPTOR : touch(...args));
      case 'fd_read':
        return (...args) => this.read(args as number[], original);
      case '_python2js_ascii':
        return (pointer, length) =>
          Number(length) > this.mostCharacters ? this.refuse(name) : original(pointer!, length!);
      case '_Py_CheckEmscriptenSignals_Helper':
        return () => this.signal();
      case 'capture_stderr':
        // The first step of handing a Python exception to JavaScript. The harness
        // lets none through while it is whole and has memory.
        return () => {
          throw new Error('an exception left the harness');
        };
      default:
        return undefined;
    }
  }

  /**
   * JavaScript cuts a path into a list of its parts. One of 10^8 parts is more than a worker's heap holds in
   * one piece, which ends not the worker but the whole process of Node.
   */
  private bounded(takesPaths: readonly number[], inside: Import): Import {
    return (...args) =>
      takesPaths.some((at) => this.isTooLong(Number(args[at]) >>> 0)) ? TOO_LONG : inside(...args);
  }

  private isTooLong(address: number): boolean {
    const text = this.bytes().subarray(address, address + PATH_MAX);
    return text.length === PATH_MAX && !text.includes(0);
  }

  private refuse(name: string): never {
    this.breach ??= name;
    throw new Breach(`${name} is closed to programs`);
  }

  /**
   * Standard output and error lead nowhere: what a program prints is taken inside of
   * Python, and this would be held without a limit.
   */
  private write([descriptor, vectors, count, written]: number[], onward: Import): unknown {
    const { channel } = this;
    // What else leads to a terminal is treated like the two that always do.
    const isOutput = descriptor === 1 || descriptor === 2 || this.isDevice(descriptor!);
    // A whole program's output is a plain file (python/program.py). What is not tells itself as one as
    // well, and would be held in JavaScript, so no more is let through than any program's output may have.
    const isFile = descriptor === 1 && this.outputLeft > 0 && this.leadsToFile(descriptor, written! >>> 0);
    if (isFile) this.outputLeft -= this.vectors(vectors!, count!).reduce((sum, part) => sum + part.length, 0);
    if (isFile || (!isOutput && (descriptor !== CHANNEL || !channel)))
      return onward(descriptor!, vectors!, count!, written!);
    const parts = this.vectors(vectors!, count!);
    if (!isOutput) for (const part of parts) channel!.write(part.slice());
    this.view().setUint32(
      written! >>> 0,
      parts.reduce((sum, part) => sum + part.length, 0),
      true,
    );
    return 0;
  }

  private read([descriptor, vectors, count, read]: number[], onward: Import): unknown {
    const { channel } = this;
    if (descriptor !== CHANNEL) return onward(descriptor!, vectors!, count!, read!);
    if (!channel) return BAD_DESCRIPTOR;
    const into = this.vectors(vectors!, count!).find((part) => part.length > 0);
    const bytes = into ? channel.read(into.length).subarray(0, into.length) : new Uint8Array();
    // The channel may have taken time, and memory may not have grown meanwhile: Python waits for it.
    into?.set(bytes);
    this.view().setUint32(read! >>> 0, bytes.length, true);
    return 0;
  }

  /** @param at where in Python's memory there is room for the answer; what stands there stays */
  private leadsToFile(descriptor: number, at: number): boolean {
    const before = this.bytes().slice(at, at + STATUS_BYTES);
    if (before.length < STATUS_BYTES || this.status?.(descriptor, at) !== 0) return false;
    const kind = this.bytes()[at];
    this.bytes().set(before, at);
    return kind === PLAIN_FILE;
  }

  private vectors(at: number, count: number): Uint8Array[] {
    const view = this.view();
    const memory = this.bytes();
    return Array.from({ length: Math.min(count, 1024) }, (_, i) => {
      const start = view.getUint32((at >>> 0) + 8 * i, true);
      return memory.subarray(start, start + view.getUint32((at >>> 0) + 8 * i + 4, true));
    });
  }

  private view(): DataView {
    return new DataView(this.bytes().buffer);
  }
}
