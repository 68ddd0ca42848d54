/** The two ways in which a command fails, and their exit codes. */

/** The caller's mistake: a wrong option, a missing file, a malformed line. One clear line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command understood its input and could not do it. One clear line, exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;
