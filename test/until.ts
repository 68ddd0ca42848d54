/**
 * Waiting in tests: for a state, never for a time. The limit only ends a test that will
 * not end by itself, so it is far above what a machine needs that is busy with other work.
 */
import { vi } from 'vitest';

/** Milliseconds after which nothing more is to be expected. */
export const PATIENCE_MS = 600_000;

/** Tries until the check holds. @returns what it gives @throws what it threw last */
export const until = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: PATIENCE_MS, interval: 1 });
