/**
 * The entry of a process in Node that holds one interpreter. The interpreter has a thread of its own, because
 * only a thread can be given a stack as long as Python's calls need. What stays outside of it is this: the
 * process ends with its thread, and with the process that started it.
 */
import { writeSync } from 'node:fs';
import { isMainThread, Worker } from 'node:worker_threads';
import { serveInterpreter } from './worker-node.ts';

if (isMainThread) watch();
else await serveInterpreter();

function watch(): void {
  // The host keeps the other end of standard input and never writes there: its end is the host's end. The
  // thread may be where nothing but the end of the whole process ends it.
  const end = () => process.kill(process.pid, 'SIGKILL');
  process.stdin.on('end', end).on('error', end).resume();
  // Ctrl-C reaches every process of a terminal. What it ends is for the host to say.
  process.on('SIGINT', () => undefined);
  const thread = new Worker(process.argv[1]!, {
    argv: process.argv.slice(2),
    env: {},
    stdin: false,
    stdout: true,
    stderr: true,
    // Python guards its own stack of 10 MiB; JavaScript's, on which the same calls lie, must not end first.
    resourceLimits: { stackSizeMb: 128, maxOldGenerationSizeMb: 384 },
  });
  thread.on('error', (error) => {
    writeSync(2, `${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
  thread.on('exit', () => process.exit());
}
