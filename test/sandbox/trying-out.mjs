// A script in the place of a Python process that tries what Node should bar it from, in a thread as Python
// has, and says on standard error what came of it. Its last argument is a path to write to.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { isMainThread, Worker } from 'node:worker_threads';

const outcome = (work) => {
  try {
    work();
    return 'done';
  } catch (error) {
    return error.code;
  }
};
if (isMainThread) {
  new Worker(process.argv[1], { argv: process.argv.slice(2), env: {} });
} else {
  const read = outcome(() => readFileSync('/etc/hosts'));
  const wrote = outcome(() => writeFileSync(process.argv.at(-1), 'x'));
  const started = outcome(() => spawnSync(process.execPath, ['-e', '0']));
  writeSync(2, `read ${read}, wrote ${wrote}, started ${started}\n`);
}
