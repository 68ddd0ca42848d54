/**
 * The page on which the attack programs run in a browser: a sandbox of the site's own
 * kind, and nothing else. It is built like the site.
 */
import { PoolArena, type Arena } from '../../../scripts/attack/arena.ts';
import pythonWorker from '../../../workers/python.ts?worker&url';
import { createSandbox } from '../../../src/sandbox/browser.ts';
import type { Pool } from '../../../src/sandbox/pool.ts';
import type { Boundary } from '../../../src/sandbox/types.ts';
import type { Attack } from '../attack.ts';
import { Heartbeat } from '../heartbeat.ts';
import { tryOut, type Trial } from '../trial.ts';

let pools: { readonly sandbox: Pool; readonly trusted: Pool } | undefined;
let arena: Arena | undefined;
const heart = new Heartbeat();

function opened(): Arena {
  if (!arena) throw new Error('arena.open() first');
  return arena;
}

const attacks = {
  /** For composed attacks (scripts/attack): its pools are its own. */
  arena: {
    /** Says which boundary is in force. */
    async open(): Promise<Boundary> {
      let boundary: Boundary | undefined;
      arena = await PoolArena.open(async () => {
        const sandbox = await createSandbox({ worker: pythonWorker, workers: 1 });
        boundary = sandbox.boundary;
        return sandbox;
      });
      return boundary!;
    },
    judge: (...args: Parameters<Arena['judge']>) => opened().judge(...args),
    trace: (...args: Parameters<Arena['trace']>) => opened().trace(...args),
    longestPause: () => opened().longestPause(),
    fresh: () => opened().fresh(),
  },
  async open(): Promise<string> {
    const sandbox = await createSandbox({ worker: pythonWorker, workers: 1 });
    pools = { sandbox, trusted: await sandbox.sibling(1) };
    return sandbox.boundary;
  },
  run(attack: Attack): Promise<Trial> {
    if (!pools) throw new Error('open() first');
    return tryOut(attack, pools);
  },
  longestPause: () => heart.longestPause,
};
export type AttackPage = typeof attacks;

Object.assign(globalThis, { attacks });
