/**
 * The memory of everything that a process has started, and whether a series of samples grows. Only Linux
 * tells the memory; elsewhere it is null.
 */
import { readdir, readFile } from 'node:fs/promises';

export interface Sample {
  /** Work done so far: programs or steps. */
  readonly at: number;
  /** Proportional set size of all processes of the browser, bytes. */
  readonly bytes: number;
}

/**
 * Bytes of all descendants of this process whose name holds `name`, and `argument`
 * their command line; shared pages count once. Null where the system does not tell.
 */
export async function descendantsMemory(name: string, argument = ''): Promise<number | null> {
  const parents = new Map<number, number>();
  const names = new Map<number, string>();
  const entries = await readdir('/proc').catch(() => null);
  if (entries === null) return null;
  for (const entry of entries.filter((candidate) => /^\d+$/.test(candidate))) {
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    const end = stat.lastIndexOf(')');
    if (end < 0) continue;
    names.set(Number(entry), stat.slice(stat.indexOf('(') + 1, end));
    parents.set(Number(entry), Number(stat.slice(end + 2).split(' ')[1]));
  }
  const isOurs = (id: number | undefined): boolean =>
    id !== undefined && id > 1 && (id === process.pid || isOurs(parents.get(id)));
  let total = 0;
  for (const [id, own] of names) {
    if (id === process.pid || !own.includes(name) || !isOurs(id)) continue;
    const command = argument && (await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => ''));
    if (!command.includes(argument)) continue;
    const rollup = await readFile(`/proc/${id}/smaps_rollup`, 'utf8').catch(() => '');
    total += 1024 * Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0);
  }
  return total;
}

export interface Trend {
  /** Median of the second quarter of the samples: after warm-up. */
  readonly early: number;
  /** Median of the last quarter. */
  readonly late: number;
  readonly peak: number;
  /** late / early - 1 */
  readonly growth: number;
}

export function trend(samples: readonly Sample[]): Trend {
  const bytes = samples.map((sample) => sample.bytes);
  if (bytes.length === 0) return { early: 0, late: 0, peak: 0, growth: 0 };
  const quarter = Math.max(1, Math.floor(bytes.length / 4));
  const early = median(
    bytes.slice(quarter, 2 * quarter).length > 0 ? bytes.slice(quarter, 2 * quarter) : bytes,
  );
  const late = median(bytes.slice(-quarter));
  return { early, late, peak: Math.max(...bytes), growth: early === 0 ? 0 : late / early - 1 };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
