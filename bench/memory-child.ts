/**
 * One run of the command line for memory.ts. Its last line says what was predicted and the most that this
 * process ever held, in MiB.
 */
import { readFileSync } from 'node:fs';
import { dispatch } from '../src/cli/dispatch.ts';

/** MiB. What getrusage says of a process begins, on Linux, with what its parent held when it was made. */
function mostHeld(): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}

let predicted = NaN;
/** A step without a mixed group updates nothing, and shows nothing. */
let updated = false;
const code = await dispatch(process.argv.slice(2), {
  out: (line) => {
    updated ||= /grad norm (?!0\.0000)/.test(line);
    console.error(line);
  },
  progress: (line) => {
    const about = /, about (\d+) MiB/.exec(line);
    if (about) predicted = Number(about[1]);
    console.error(line);
  },
  signal: new AbortController().signal,
});
console.log(JSON.stringify({ predicted, peak: Math.round(mostHeld()) }));
if (code === 0 && !updated) console.error('no step updated anything: take another seed');
process.exit(code === 0 && !updated ? 1 : code);
