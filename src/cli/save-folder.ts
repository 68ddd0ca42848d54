/** The folder in which `run --save` keeps a run, and what `--resume` finds there. */
import { RunAutosave, type RunAutosaveOptions } from '../experiment/autosave.ts';
import { FileStore } from '../experiment/storage/file-store.ts';
import { RunStore, type LoadedRun } from '../experiment/storage/run-store.ts';
import {
  changeWhileRunning,
  diff,
  SCHEMA,
  type Config,
  type ConfigKey,
  type ConfigValue,
} from '../learning/config.ts';
import { UsageError } from './errors.ts';
import { fromWhereTheUserIs } from './files.ts';

export interface SaveFolder {
  /** Null without `--save`: the newest state is then kept in memory alone. */
  readonly store: RunStore | null;
  /** The run to go on with. */
  readonly loaded: LoadedRun | null;
}

/** @throws UsageError, StorageError */
export async function openSaveFolder(path: string | undefined, resume: boolean): Promise<SaveFolder> {
  if (path === undefined) {
    if (resume) throw new UsageError('--resume needs --save DIR, the folder to resume from');
    return { store: null, loaded: null };
  }
  const store = await RunStore.open(await FileStore.open(fromWhereTheUserIs(path)));
  if (store.saved !== null && !resume) {
    throw new UsageError(
      `${path} holds a run saved after step ${store.saved.step}: add --resume to go on with it, or choose another folder`,
    );
  }
  // Nothing whole there: a run that was killed before its first save starts anew.
  return { store, loaded: store.saved === null ? null : await store.load() };
}

export function autosaveFor(
  { store, loaded }: SaveFolder,
  options: Omit<RunAutosaveOptions, 'store'>,
): RunAutosave {
  return loaded === null
    ? RunAutosave.begin({ ...options, store })
    : RunAutosave.resume({ ...options, store }, loaded.state);
}

export interface Change {
  readonly key: ConfigKey;
  readonly value: ConfigValue;
}

/**
 * What a command line asks of a saved run: settings that may change during a run are
 * changed from the next step on.
 * @throws UsageError when it asks for another run
 */
export function changesTo(saved: Config, asked: Config): readonly Change[] {
  const changed = diff(asked, saved);
  const fixed = changed.filter(({ key }) => !SCHEMA[key].runtime).map(({ key }) => key);
  if (fixed.length > 0) {
    throw new UsageError(
      `the saved run has another ${fixed.join(', ')}: resume it with the options it was started with, or choose another folder`,
    );
  }
  return changed.map(({ key, to }) => ({ key, value: to }));
}

/** A saved run's settings from its next step on. @throws ConfigError */
export const withChanges = (saved: Config, changes: readonly Change[]): Config =>
  changes.reduce((config, { key, value }) => changeWhileRunning(config, key, value), saved);
