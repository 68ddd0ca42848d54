/** The page on which the attack programs run in a browser: a sandbox of the site's own kind, and nothing else. It is built like the site. */
import pythonWorker from '../../../workers/python.ts?worker&url';
import { createSandbox } from '../../../src/sandbox/browser.ts';
import type { Pool } from '../../../src/sandbox/pool.ts';
import type { Attack } from '../attack.ts';
import { Heartbeat } from '../heartbeat.ts';
import { tryOut, type Trial } from '../trial.ts';

let pools: { readonly sandbox: Pool; readonly trusted: Pool } | undefined;
const heart = new Heartbeat();

const attacks = {
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
