/**
 * A port of the machine that must hear nothing, and a folder that must stay empty:
 * what programs under attack are told to reach. Node only.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Attack } from './attack.ts';

export interface Lure {
  /** The attack with its placeholders filled in. */
  aimed(attack: Attack): Attack;
  /** Connections so far. */
  heard(): number;
  /** Files in the folder. */
  written(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function openLure(): Promise<Lure> {
  const folder = await mkdtemp(join(tmpdir(), 'tracewise-lure-'));
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  const fill = (code: string) =>
    code.replaceAll('HOST', '127.0.0.1').replaceAll('PORT', String(port)).replaceAll('FOLDER', folder);
  return {
    aimed: (attack) => ({ ...attack, code: fill(attack.code) }),
    heard: () => connections,
    written: () => readdir(folder),
    async close() {
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
