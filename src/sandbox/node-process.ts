/**
 * Starts a process of Node for one interpreter, and is the host's hold of it: the pipe, its end, and what is
 * known of why it ended. The process can be ended whatever goes on in it, and takes nothing along.
 */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Duplex } from 'node:stream';
import { HostPipe } from './pipe.ts';
import type { WorkerHandle } from './interpreter-worker.ts';

export interface PythonProcess {
  /** Path of process-node.ts as JavaScript (process-script.ts). */
  readonly script: string;
  /** Folder of Pyodide's files. */
  readonly folder: string;
  /** More that the process may read: absolute paths. Its script gets them as further arguments. */
  readonly more?: readonly string[];
}

/** Characters of what a process says on standard error: V8 tells there why it gave up. */
const LAST_WORDS = 2000;

/** The interpreter's process, which ends with this one. */
export function spawnPython({ script, folder, more = [] }: PythonProcess): WorkerHandle {
  const child = spawn(process.execPath, [...bars([script, folder, ...more]), script, folder, ...more], {
    cwd: dirname(script),
    env: environment(),
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const [stdin, , stderr, line] = child.stdio as unknown as [Duplex, null, Duplex, Duplex];
  let report: ((reason: string) => void) | undefined;
  let lastWords = '';
  stdin.on('error', () => undefined);
  stderr.on('data', (bytes: Buffer) => {
    lastWords = (lastWords + bytes.toString()).slice(-LAST_WORDS);
  });
  const end = (reason: string) => {
    child.kill('SIGKILL');
    report?.(reason);
  };
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      end(error.message);
      resolve();
    });
    child.once('close', (code, signal) => {
      report?.(reasonOf(code, signal, lastWords));
      resolve();
    });
  });
  giveUpFirst(child.pid);
  const pipe = new HostPipe(line, end);
  return {
    endpoint: pipe,
    answer: (text) => pipe.answer(text),
    onEnd: (listener) => (report = listener),
    keepAlive(busy) {
      for (const part of [child, stdin, stderr, line] as unknown as { ref(): void; unref(): void }[])
        if (busy) part.ref();
        else part.unref();
    },
    async terminate() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/**
 * What Node itself bars a process from: it reads its own files, and writes none and starts nothing. A program
 * that came out of WebAssembly would meet this. It is no word about the network.
 */
function bars(paths: readonly string[]): string[] {
  const flag = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  // Node 20 takes a comma for the end of a path and a star for any name.
  const isPlain = paths.every((path) => !/[,*]/.test(path));
  return [
    flag,
    '--allow-worker',
    ...(isPlain ? paths.map((path) => `--allow-fs-read=${path}`) : ['--allow-fs-read=*']),
  ];
}

/** What some systems need to start Node at all, and nothing else of the user's. */
function environment(): NodeJS.ProcessEnv {
  const names = ['SystemRoot', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

/** Where memory runs out, Linux ends the process that is marked, and not the one that holds the run. */
function giveUpFirst(pid: number | undefined): void {
  if (process.platform !== 'linux' || pid === undefined) return;
  void writeFile(`/proc/${pid}/oom_score_adj`, '1000').catch(() => undefined);
}

/** In words that the sandbox tells the end of memory by (results.ts). */
function reasonOf(code: number | null, signal: string | null, lastWords: string): string {
  const how = signal === null ? `code ${code}` : signal;
  // V8 aborts where it finds no memory; the system kills.
  if (/memory/i.test(lastWords) || signal === 'SIGKILL' || signal === 'SIGABRT')
    return `the interpreter’s process ran out of memory (${how})`;
  return `the interpreter’s process ended with ${how}: ${lastWords.trim().split('\n').at(-1) ?? ''}`;
}
