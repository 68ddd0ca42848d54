/**
 * The program behind `npm run -s tracewise -- COMMAND`: streams, Ctrl-C and the exit
 * code of this process. Commands are in dispatch.ts.
 */
import { setMaxListeners } from 'node:events';
import { whenNpmEnds } from './npm-parent.ts';
import { dispatch } from './dispatch.ts';
import { EXIT } from './errors.ts';

// Every job under way listens to it, and to signals that are made from it; Node's warning is meant for leaks.
setMaxListeners(0);
const controller = new AbortController();
process.on('SIGINT', () => {
  // The second Ctrl-C does not wait for a safe place.
  if (controller.signal.aborted) process.exit(EXIT.interrupted);
  console.error('stopping (Ctrl-C again ends at once)');
  controller.abort();
});
process.on('SIGTERM', () => controller.abort());
whenNpmEnds(() => controller.abort());
// A reader that closes the pipe (`| head`) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});

const code = await dispatch(process.argv.slice(2), {
  out: (line) => void process.stdout.write(`${line}\n`),
  progress: (line) => void process.stderr.write(`${line}\n`),
  signal: controller.signal,
});
// Idle wasm threads would keep the process alive; output still in the pipe goes out first.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
