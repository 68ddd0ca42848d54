/**
 * What `run` writes beside its words: the run's events with their seconds (--out), the adapter it ends with
 * (--save-adapter) and the adapters on the way (--adapters-at). Files are written whole or not at all
 * (files.ts). The saved run of --save is save-folder.ts's.
 */
import { splitJournal, type JournalLine } from '../experiment/journal.ts';
import { wholeNumber } from './command.ts';
import { UsageError } from './errors.ts';
import { withOutput } from './files.ts';

/** `run.jsonl` -> `run.timing.jsonl`. */
function timingPath(path: string): string {
  return `${path.replace(/\.jsonl$/, '')}.timing.jsonl`;
}

/** Where events go, as lines. */
export interface Log {
  /** What a resumed run had written before. */
  journal(text: string): Promise<void>;
  lines(lines: readonly JournalLine[]): Promise<void>;
}

/**
 * Runs `work` with the log of a run in the file at `path` and its seconds beside it,
 * or with a log that keeps nothing.
 */
export async function withLogs<T>(path: string | undefined, work: (log: Log) => Promise<T>): Promise<T> {
  if (path === undefined) return work({ journal: async () => undefined, lines: async () => undefined });
  return withOutput(path, (log) =>
    withOutput(timingPath(path), (timing) =>
      work({
        async journal(text) {
          const split = splitJournal(text);
          await log.write(split.log);
          await timing.write(split.timing);
        },
        async lines(lines) {
          for (const { text, isTiming } of lines) await (isTiming ? timing : log).write(`${text}\n`);
        },
      }),
    ),
  );
}

/** Keeps the adapter that a run ends with. */
export type SaveAdapter = (adapter: Uint8Array) => Promise<void>;

/** Where the adapter goes as it was after a step, by step. */
export type AdapterFilesByStep = ReadonlyMap<number, string>;

/** Reads --adapters-at. @throws UsageError */
export function adaptersAt(steps: string | undefined, file: string | undefined): AdapterFilesByStep {
  if (steps === undefined) return new Map();
  if (file === undefined)
    throw new UsageError('--adapters-at needs --save-adapter FILE, whose name the files have');
  const stem = file.replace(/\.safetensors$/, '');
  return new Map(
    steps.split(',').map((text) => {
      const step = wholeNumber(text, 'adapters-at', 1, 1, 100_000);
      return [step, `${stem}.step-${step}.safetensors`];
    }),
  );
}

/** Runs `work` with a file for the adapter, where there is a path. */
export async function withAdapter<T>(
  path: string | undefined,
  work: (saveAdapter: SaveAdapter | undefined) => Promise<T>,
): Promise<T> {
  if (path === undefined) return work(undefined);
  return withOutput(path, (file) => work((adapter) => file.write(adapter)));
}
