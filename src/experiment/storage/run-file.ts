/** A whole run as one file to download and to load back: the state it goes on from and its journal. */
import type { TrainerState } from '../../learning/state.ts';
import { readSections, writeSections } from './sections.ts';
import { RunFileError } from './errors.ts';
import { decodeState, encodeState } from './snapshot.ts';

const JOURNAL = 'journal.jsonl';

export interface RunFile {
  readonly state: TrainerState;
  /** Events and times up to the state, one a line. */
  readonly journal: string;
}

export function writeRunFile({ state, journal }: RunFile): Uint8Array {
  return writeSections(new Map([...encodeState(state), [JOURNAL, new TextEncoder().encode(journal)]]));
}

/** @throws RunFileError, TornSnapshotError, CheckpointError, TrainerStateError, ConfigError */
export function readRunFile(bytes: Uint8Array, what = 'The file'): RunFile {
  const sections = readSections(bytes, what);
  const journal = sections.get(JOURNAL);
  if (journal === undefined) throw new RunFileError(what, `it has no ${JOURNAL}`);
  const state = decodeState(sections, what);
  try {
    return { state, journal: new TextDecoder('utf-8', { fatal: true }).decode(journal) };
  } catch {
    throw new RunFileError(what, `its ${JOURNAL} is not text`);
  }
}
