/**
 * Where the tests keep SmolLM2's file once they have fetched it, and where the bench looks for it. It is a
 * cache outside the repository.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';

export const SMOLLM2_FILE = 'SmolLM2-135M-Instruct.Q4_1.gguf';

/** The folder, which may not be there. */
export const realModelCache = (): string =>
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tracewise');
