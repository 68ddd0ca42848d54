/**
 * The process in which a campaign runs. It is a process of its own because an attack may end it. Messages
 * tell it what to do.
 */
import { createSandbox } from '../../src/sandbox/node.ts';
import { PoolArena, type Arena } from './arena.ts';
import { Campaign } from './campaign.ts';
import type { Message, Order } from './messages.ts';

const say = (message: Message): void => void process.send!(message);

process.once('message', (order: Order) => {
  run(order).then(
    () => process.disconnect?.(),
    (error: unknown) => {
      console.error(error);
      process.exit(2);
    },
  );
});

async function run({ seed, first, count, minutes, browser, frame }: Order): Promise<void> {
  // JSON has no infinity: null stands for no limit.
  const ends = Date.now() + (minutes ?? Infinity) * 60_000;
  const last = first + (count ?? Infinity);
  const arenas: Arena[] = [];
  const open = browser ? await browserArenas(frame ? 'frame' : 'headers') : openNodeArena;
  try {
    for (let i = 0; i < 2; i++) arenas.push(await open());
    const campaign = new Campaign(arenas[0]!, arenas[1]!, (finding) => say({ kind: 'finding', finding }));
    for (let number = first; number < last && Date.now() < ends; number++) {
      say({ kind: 'round', number, counts: campaign.counts });
      await campaign.round(seed, number);
    }
    say({ kind: 'done', counts: campaign.counts });
  } finally {
    await Promise.all(arenas.map((arena) => arena.close()));
  }
}

async function browserArenas(boundary: 'headers' | 'frame'): Promise<() => Promise<Arena>> {
  const { openBrowserArena } = await import('./browser.ts');
  return () => openBrowserArena(boundary);
}

function openNodeArena(): Promise<Arena> {
  return PoolArena.open(() => createSandbox({ workers: 1 }));
}
