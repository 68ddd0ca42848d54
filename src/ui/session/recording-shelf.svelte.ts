/**
 * The recorded runs that ship with the site: their list and their files. One for the page: whoever shows
 * recordings shares the list, and it is fetched once.
 */
import { readRecordingList, type ListedRecording } from '../../experiment/recorded.ts';
import { s } from '../strings/index.ts';

/** A recording of the site that did not come, or is none of its list. */
export class MissingRecordingError extends Error {
  override readonly name = 'RecordingError';
  readonly kept = s.error.replayKept;
  constructor(
    file: string,
    problem: string,
    readonly advice: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${problem}`, options);
  }
}

export class RecordingShelf {
  /** What ships with the site; null until asked for. */
  listed: readonly ListedRecording[] | null = $state.raw(null);
  readonly #folder: string;
  #list: Promise<readonly ListedRecording[]> | null = null;

  /** `base`: absolute address of the site's folder, ending in a slash. */
  constructor(base: string) {
    this.#folder = `${base}runs/`;
  }

  /** The list of shipped recordings, fetched once. @throws RecordingError */
  list(): Promise<readonly ListedRecording[]> {
    this.#list ??= this.fetch('index.json').then((bytes) => {
      this.listed = readRecordingList(new TextDecoder().decode(bytes), 'index.json');
      return this.listed;
    });
    this.#list.catch(() => (this.#list = null)); // asked for again next time
    return this.#list;
  }

  /** The entry of a recording, or the first one. @throws RecordingError */
  async find(id?: string): Promise<ListedRecording> {
    const listed = await this.list();
    const found = id === undefined ? listed[0] : listed.find((one) => one.id === id);
    if (!found)
      throw new MissingRecordingError(id ?? 'index.json', s.error.noRecording, s.error.recordingListed);
    return found;
  }

  /** A file of the recordings' folder. @throws RecordingError */
  async fetch(file: string): Promise<Uint8Array> {
    const { recordingAdvice, recordingNoAnswer, recordingStatus } = s.error;
    let response: Response;
    try {
      response = await fetch(`${this.#folder}${file}`);
    } catch (cause) {
      throw new MissingRecordingError(file, recordingNoAnswer, recordingAdvice, { cause });
    }
    if (!response.ok)
      throw new MissingRecordingError(file, recordingStatus(response.status), recordingAdvice);
    return new Uint8Array(await response.arrayBuffer());
  }
}
