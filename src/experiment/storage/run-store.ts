/**
 * One saved run in a store of bytes. The newest two states are each in a slot of their own, so that
 * the older survives a write that is cut off. Events are stored in pieces that are written once and
 * never again. What a state means is known in snapshot.ts; the caller decides when to save.
 */
import type { TrainerState } from '../../learning/state.ts';
import { crc32 } from './checksum.ts';
import { RunFileError, TornSnapshotError } from './errors.ts';
import { readSections, writeSections, type Sections } from './sections.ts';
import { decodeState, encodeState } from './snapshot.ts';
import type { ByteStore } from './store.ts';

/** What is known of a saved run without loading it. */
export interface SavedRun {
  /** Finished steps, and how many there are to be. */
  readonly step: number;
  readonly steps: number;
  readonly seed: number;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
}

/** A piece of the journal: whole lines, each with its newline. */
interface JournalPiece {
  readonly key: string;
  readonly size: number;
  readonly crc: number;
}

interface Manifest {
  readonly generation: number;
  readonly info: SavedRun;
  readonly pieces: readonly JournalPiece[];
}

export interface LoadedRun {
  readonly info: SavedRun;
  readonly state: TrainerState;
  /** The journal up to the state: events and times, one a line. */
  readonly journal: string;
}

/** A run that was looked at, and may be gone on with. */
export interface FoundRun {
  readonly run: LoadedRun;
  /** From now on this run is the one that is saved. */
  readonly goOn: () => void;
}

const MANIFEST = 'manifest.json';

export class RunStore {
  /** Newest first: what the slots hold that is whole. */
  #saved: readonly Manifest[];
  /** The journal of the run that is being saved. */
  #pieces: readonly JournalPiece[];

  private constructor(
    readonly store: ByteStore,
    private readonly name: string,
    saved: readonly Manifest[],
    /** A slot held bytes that were not a whole snapshot: the last write was cut off. */
    readonly torn: boolean,
  ) {
    this.#saved = saved;
    this.#pieces = [];
  }

  /** @throws StorageError when the place cannot be read */
  static async open(store: ByteStore, name = 'run'): Promise<RunStore> {
    const found: Manifest[] = [];
    let torn = false;
    for (const slot of [0, 1]) {
      const bytes = await store.read(slotKey(name, slot));
      if (bytes === null) continue;
      try {
        found.push(readManifest(readSections(bytes, slotKey(name, slot)), slotKey(name, slot)));
      } catch (error) {
        if (!(error instanceof TornSnapshotError || error instanceof RunFileError)) throw error;
        torn = true;
      }
    }
    found.sort((a, b) => b.generation - a.generation);
    return new RunStore(store, name, found, torn);
  }

  /** The newest saved run, null when there is none. */
  get saved(): SavedRun | null {
    return this.#saved[0]?.info ?? null;
  }

  /** The newest run that is whole, and goes on saving that one. @throws what `find` throws */
  async load(): Promise<LoadedRun> {
    const { run, goOn } = await this.find();
    goOn();
    return run;
  }

  /**
   * The newest run that is whole; a damaged newest is passed over for the one before
   * it. What is being saved stays the same until `goOn`.
   * @throws TornSnapshotError when neither is whole, and what `decodeState` throws
   */
  async find(): Promise<FoundRun> {
    let problem: unknown = new TornSnapshotError('The saved run', 'there is none that is whole');
    for (const manifest of this.#saved) {
      try {
        return { run: await this.#read(manifest), goOn: () => this.#goOn(manifest) };
      } catch (error) {
        if (!(error instanceof TornSnapshotError)) throw error;
        problem = error;
      }
    }
    throw problem;
  }

  #goOn({ generation, pieces }: Manifest): void {
    // A damaged newer one is written over next.
    this.#saved = this.#saved.filter((saved) => saved.generation <= generation);
    this.#pieces = pieces;
  }

  async #read({ generation, info, pieces }: Manifest): Promise<LoadedRun> {
    const key = slotKey(this.name, generation % 2);
    const bytes = await this.store.read(key);
    if (bytes === null) throw new TornSnapshotError(key, 'it is gone');
    const sections = readSections(bytes, key);
    const journal = await this.#join(pieces);
    return { info, state: decodeState(sections, key), journal };
  }

  /**
   * The journal of the run that is being saved, up to its last save. @throws TornSnapshotError, StorageError
   */
  journal(): Promise<string> {
    return this.#join(this.#pieces);
  }

  async #join(pieces: readonly JournalPiece[]): Promise<string> {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const texts: string[] = [];
    for (const piece of pieces) {
      const stored = await this.store.read(piece.key);
      if (stored?.byteLength !== piece.size || crc32(stored) !== piece.crc) {
        throw new TornSnapshotError(piece.key, 'it is not what was written');
      }
      texts.push(decoder.decode(stored));
    }
    return texts.join('');
  }

  /**
   * From now on another run is saved; the one there is stays until its second save,
   * so that there is always a whole one.
   */
  startNew(): void {
    this.#pieces = [];
  }

  /**
   * Saves a state with the journal lines since the last save that succeeded (text of whole lines).
   * When it throws, nothing has changed, and these lines are to be given again with the next save.
   * @throws StorageError
   */
  async save(state: TrainerState, lines: string, savedAt: number): Promise<SavedRun> {
    const generation = (this.#saved[0]?.generation ?? 0) + 1;
    const pieces = [...this.#pieces];
    if (lines !== '') {
      const bytes = new TextEncoder().encode(lines);
      const key = `${this.name}.log-${generation}`;
      await this.store.write(key, bytes);
      pieces.push({ key, size: bytes.byteLength, crc: crc32(bytes) });
    }
    const info = {
      step: state.step,
      steps: state.config.steps,
      seed: state.config.seed,
      savedAt,
    };
    const manifest: Manifest = { generation, info, pieces };
    const json = new TextEncoder().encode(JSON.stringify(manifest));
    const slot = slotKey(this.name, generation % 2);
    await this.store.write(slot, writeSections(new Map([[MANIFEST, json], ...encodeState(state)])));
    this.#saved = [manifest, ...this.#saved.slice(0, 1)];
    this.#pieces = pieces;
    await this.#removeUnused();
    return info;
  }

  /** Removes the run and everything that belongs to it. @throws StorageError */
  async clear(): Promise<void> {
    // Slots first: pieces without a slot are rubbish, a slot without its pieces is a damaged run.
    for (const slot of [0, 1]) await this.store.remove(slotKey(this.name, slot));
    this.#saved = [];
    this.#pieces = [];
    await this.#removeUnused();
  }

  /**
   * Pieces that no state refers to: of a run that was replaced, or written and never
   * referred to. Not finding out costs only space.
   */
  async #removeUnused(): Promise<void> {
    const used = new Set(this.#saved.flatMap(({ pieces }) => pieces.map(({ key }) => key)));
    const keys = await this.store.keys(`${this.name}.log-`).catch(() => []);
    for (const key of keys) if (!used.has(key)) await this.store.remove(key).catch(() => undefined);
  }
}

const slotKey = (name: string, slot: number): string => `${name}.state-${slot}`;

/** @throws RunFileError */
function readManifest(sections: Sections, what: string): Manifest {
  let data: unknown;
  try {
    data = JSON.parse(new TextDecoder().decode(sections.get(MANIFEST)));
  } catch {
    throw new RunFileError(what, 'it has no manifest');
  }
  const { generation, info, pieces } = (data ?? {}) as Partial<Manifest>;
  const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
  const isPiece = (piece: Partial<JournalPiece> | null): boolean =>
    typeof piece?.key === 'string' && isCount(piece.size) && isCount(piece.crc);
  if (
    !isCount(generation) ||
    ![info?.step, info?.steps, info?.seed, info?.savedAt].every(isCount) ||
    !Array.isArray(pieces) ||
    !pieces.every(isPiece)
  ) {
    throw new RunFileError(what, 'its manifest is not one');
  }
  return data as Manifest;
}
