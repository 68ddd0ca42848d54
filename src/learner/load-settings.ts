/**
 * The settings that are built into what is loaded (policy, interpreters, memory plan). Another value of one
 * needs another load.
 */
import type { Config, ConfigKey } from '../learning/config.ts';

const LOAD_SETTINGS = [
  'adapter.rank',
  'adapter.alpha',
  'sandbox.heapMegabytes',
  'memory.capMiB',
] as const satisfies readonly ConfigKey[];

/** Whether what was loaded for one configuration serves the other. */
export const loadsAlike = (loaded: Config, config: Config): boolean =>
  LOAD_SETTINGS.every((key) => loaded[key] === config[key]);
