// A Python process for tests in which random bytes of two lengths end in JavaScript that no clock ends: with
// 201 a call that goes on and cannot be broken off, with 202 one that asks for more memory than the
// process may have, with 203 the end of the process. Its third argument is the script of a real process.
import { isMainThread } from 'node:worker_threads';
import { pathToFileURL } from 'node:url';

if (!isMainThread) {
  const { prototype } = crypto.constructor;
  const { getRandomValues } = prototype;
  const { kill, pid } = process;
  prototype.getRandomValues = function (bytes) {
    if (bytes.byteLength === 201) new Array(2 ** 32 - 1).lastIndexOf(1);
    if (bytes.byteLength === 202) '/'.repeat(10 ** 8).split('/');
    if (bytes.byteLength === 203) kill(pid, 'SIGTERM');
    return getRandomValues.call(this, bytes);
  };
}
await import(pathToFileURL(process.argv[3]).href);
