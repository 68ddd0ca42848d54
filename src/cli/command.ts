/** What a command gets and what it returns: its options, its streams, and the signal that Ctrl-C raises. */
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { UsageError } from './errors.ts';

export interface Context {
  /** Results: one line on standard output. */
  readonly out: (line: string) => void;
  /** Progress: one line on standard error. */
  readonly progress: (line: string) => void;
  /** Raised by Ctrl-C; commands stop at the next safe place and leave nothing half-written. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly usage: string;
  /** @throws UsageError, CommandError */
  run(argv: readonly string[], context: Context): Promise<void>;
}

type Parsed<T extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: T; strict: true; allowPositionals: false }>
>['values'];

/** Options of a command, none repeated by accident, nothing unknown. @throws UsageError */
export function parseOptions<const T extends ParseArgsOptionsConfig>(
  argv: readonly string[],
  options: T,
): Parsed<T> {
  let parsed;
  try {
    parsed = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false, tokens: true });
  } catch (error) {
    // Node's sentence for an unknown option goes on about positionals; its first
    // sentence is the one that helps.
    throw new UsageError((error as Error).message.split(/\. (?=[A-Z])/)[0]!.replace(/\.$/, ''));
  }
  const seen = new Set<string>();
  for (const token of parsed.tokens) {
    if (token.kind !== 'option') continue;
    if (seen.has(token.name) && options[token.name]?.multiple !== true) {
      throw new UsageError(`--${token.name} is given twice`);
    }
    seen.add(token.name);
  }
  return parsed.values as Parsed<T>;
}

/** A required option. @throws UsageError */
export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new UsageError(`--${name} is missing`);
  return value;
}

/** A whole number option. @throws UsageError */
export function wholeNumber(
  text: string | undefined,
  name: string,
  fallback: number,
  min: number,
  max: number,
): number {
  if (text === undefined) return fallback;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw new UsageError(`--${name} is a whole number from ${min} to ${max}, got ${JSON.stringify(text)}`);
  }
  return value;
}
