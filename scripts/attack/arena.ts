/**
 * Runs composed attacks: it judges and traces them as rollouts are, in interpreters that attacks and honest
 * programs share. It counts nothing.
 */
import { judge } from '../../src/learning/judge.ts';
import type { Verdict } from '../../src/learning/events.ts';
import type { Pool } from '../../src/sandbox/pool.ts';
import type { Task } from '../../src/tasks/types.ts';
import { Heartbeat } from '../../test/attacks/heartbeat.ts';

export interface Arena {
  judge(task: Task, program: string, kind: 'attack' | 'honest'): Promise<Verdict>;
  /** What a program computed, as one text: definitions, steps and the operation-level trajectory. */
  trace(program: string, args: string): Promise<string>;
  /** Milliseconds that the host's thread was held since this was last asked. */
  longestPause(): Promise<number>;
  /** New interpreters for all that follows. */
  fresh(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Short for attacks, which may use all of it; generous for honest programs, since the machine may be busy.
 */
export const limits = {
  attack: { steps: 200_000, callMs: 3_000, jobMs: 9_000 },
  honest: { steps: 200_000, callMs: 30_000, jobMs: 60_000 },
} as const;

/**
 * @param open makes a pool of one interpreter at a time, so that what one program
 * leaves behind meets the next
 */
export class PoolArena implements Arena {
  private pools: { readonly sandbox: Pool; readonly trusted: Pool } | undefined;
  private heart = new Heartbeat();

  private constructor(private readonly open: () => Promise<Pool>) {}

  static async open(open: () => Promise<Pool>): Promise<PoolArena> {
    const arena = new PoolArena(open);
    await arena.fresh();
    return arena;
  }

  async judge(task: Task, program: string, kind: 'attack' | 'honest'): Promise<Verdict> {
    const options = { ...this.opened(), extraction: 'continuation', limits: limits[kind] } as const;
    return (await judge(task, program, options)).verdict;
  }

  async trace(program: string, args: string): Promise<string> {
    const { sandbox } = this.opened();
    const job = { code: program, call: { entryPoint: 'f', args }, limits: limits.honest };
    const steps = await sandbox.trace({ ...job, mode: 'steps' });
    const final = await sandbox.trace({ ...job, mode: 'final' });
    const operations = await sandbox.operations(job);
    return JSON.stringify({ steps, final, operations });
  }

  longestPause(): Promise<number> {
    const pause = this.heart.longestPause;
    this.heart.stop();
    this.heart = new Heartbeat();
    return Promise.resolve(pause);
  }

  async fresh(): Promise<void> {
    await this.leave();
    const sandbox = await this.open();
    this.pools = { sandbox, trusted: await sandbox.sibling(1) };
  }

  async close(): Promise<void> {
    this.heart.stop();
    await this.leave();
  }

  private opened(): { readonly sandbox: Pool; readonly trusted: Pool } {
    if (!this.pools) throw new Error('the arena is closed');
    return this.pools;
  }

  private async leave(): Promise<void> {
    const pools = this.pools;
    this.pools = undefined;
    // A pool that stalls must not hold up its successor.
    const ended = Promise.all([pools?.sandbox.dispose(), pools?.trusted.dispose()]);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 10_000))]);
  }
}
