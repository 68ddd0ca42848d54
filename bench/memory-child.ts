/**
 * One run of the command line for memory.ts. Its last line says what was predicted and the most that this
 * process ever held, in MiB, with what the processes of its interpreters held at the most, all together.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dispatch } from '../src/cli/dispatch.ts';

/** MiB. What getrusage says of a process begins, on Linux, with what its parent held when it was made. */
function mostHeld(): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}

/** Milliseconds between two looks at the interpreters, whose memory stays what it is once they are up. */
const BETWEEN_LOOKS = 100;
let interpreters = 0;
const looking = setInterval(() => (interpreters = Math.max(interpreters, heldByChildren())), BETWEEN_LOOKS);

/**
 * MiB of their own: what they share with this process (Node itself) counts there. 0 where it cannot be told.
 */
function heldByChildren(): number {
  try {
    const threads = readdirSync('/proc/self/task');
    const pids = threads.flatMap((thread) =>
      readFileSync(`/proc/self/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
    );
    return pids.reduce((sum, pid) => sum + anonymous(pid), 0);
  } catch {
    // One has ended between the list and the look: the next look sees those that are left.
    return 0;
  }
}

const anonymous = (pid: string): number =>
  Number(/^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

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
clearInterval(looking);
console.log(JSON.stringify({ predicted, peak: Math.round(mostHeld() + interpreters) }));
if (code === 0 && !updated) console.error('no step updated anything: take another seed');
process.exit(code === 0 && !updated ? 1 : code);
