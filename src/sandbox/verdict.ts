/**
 * Reads what the test's interpreter says of how a test ended (python/checker.py) into a form of the host's.
 * That interpreter runs no code of a program. Texts in its answer may still be a program's and are cut to a
 * length.
 */
import { HarnessError } from './errors.ts';
import type { Outcome, PythonError } from './types.ts';

interface Last {
  /** Calls of the program that the test made. */
  readonly calls: number;
  /** Of the last call: its arguments as literals, or null, and what came of it. */
  readonly args: string | null;
  readonly got: string;
}

/**
 * How a test ended. `need`: it lacks the answer to `text`. `limit`: the test itself
 * went beyond what a test may take.
 */
export type Ending = Last &
  (
    | { readonly kind: 'pass' }
    | { readonly kind: 'wrong'; readonly assertion: string; readonly why: string }
    | { readonly kind: 'raised'; readonly error: PythonError }
    | {
        readonly kind: 'ended';
        readonly outcome: Outcome;
        readonly error?: PythonError;
        readonly handedOut: number;
      }
    | { readonly kind: 'limit'; readonly outcome: Outcome }
    | { readonly kind: 'need'; readonly text: string }
    | { readonly kind: 'broken' | 'refused' | 'tamper'; readonly why: string }
  );

const ends: readonly Outcome[] = ['step-limit', 'output-limit', 'memory', 'exit', 'harness-error', 'tamper'];

/** @throws HarnessError when the text is none of the above */
export function readVerdict(text: string): Ending {
  const [ending, calls, [args, got]] = JSON.parse(text) as [
    [string, ...unknown[]],
    number,
    [string | null, string],
  ];
  const last: Last = { calls, args, got: cut(got) };
  const [kind, first, second, third] = ending;
  switch (kind) {
    case 'pass':
      return { kind, ...last };
    case 'wrong':
      return { kind, assertion: cut(second), why: cut(third), ...last };
    case 'raised':
      return { kind, error: errorOf(first) ?? { type: 'Exception', message: '' }, ...last };
    case 'ended': {
      const { outcome, error } = first as { outcome?: unknown; error?: unknown };
      const known = ends.find((name) => name === outcome) ?? 'tamper';
      const read = errorOf(error);
      return { kind, outcome: known, ...(read ? { error: read } : {}), handedOut: Number(second), ...last };
    }
    case 'limit':
      return { kind, outcome: ends.find((name) => name === first) ?? 'memory', ...last };
    case 'need':
      return { kind, text: String(first), ...last };
    case 'broken':
      return { kind, why: `${cut(first)}: ${cut(second)}`, ...last };
    case 'refused':
    case 'tamper':
      return { kind, why: cut(first), ...last };
    default:
      throw new HarnessError('the test’s interpreter gave no verdict');
  }
}

function errorOf(raw: unknown): PythonError | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { type, message, line } = raw as Record<string, unknown>;
  if (typeof type !== 'string') return undefined;
  return {
    type: cut(type, 200),
    message: cut(message, 2000),
    ...(typeof line === 'number' && Number.isSafeInteger(line) && line > 0 ? { line } : {}),
  };
}

function cut(text: unknown, most = 4000): string {
  return typeof text === 'string' ? text.slice(0, most) : '';
}
