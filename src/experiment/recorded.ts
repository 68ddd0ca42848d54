/**
 * Recorded runs: a run log with a header that describes it, gzipped, fit to ship with
 * the site and to be replayed without a model. A plain run log is read as well and
 * has no header. It plays nothing and fetches nothing.
 */
import { isRecord } from '../base/is-record.ts';
import { BytesError, textOfBytes } from '../base/bytes.ts';
import { readTask } from '../tasks/schema.ts';
import type { Task } from '../tasks/types.ts';
import type { ConfigOverrides } from '../learning/config.ts';
import type { Metrics, TrainerEvent } from '../learning/events.ts';
import type { MomentsFile, StoryPlace } from './moments.ts';
import { RecordingError } from './recording-error.ts';
import { eventLine, readRunLogInTurns } from './run-log.ts';

export { RecordingError };

/**
 * A change of meaning of the header bumps it. 2 may name a file of moments and an
 * example that is carried through Learn.
 */
export const RECORDING_VERSION = 2;
/** Read too: a recording of version 1 has neither. */
const OLDEST_VERSION = 1;

/** What was left out of the log to keep the file small; numbers that are kept are the run's own. */
export interface Compaction {
  /** Decimals of log-probabilities. */
  readonly logProbDecimals: number;
  /**
   * Steps whose rollouts hold tokens and log-probabilities; others hold text,
   * verdicts, rewards and advantages. Null: all steps.
   */
  readonly tokenSteps: readonly number[] | null;
  /** At most this many groups of each kind in a step without tokens; null: every group. */
  readonly groupsPerKind: number | null;
}

/** What a recording says of itself. */
export interface RecordingManifest {
  readonly version: number;
  /** Its file's name without endings. */
  readonly id: string;
  /** By language; `en` is always there. */
  readonly title: Readonly<Record<string, string>>;
  /** The machine and runtime that made it. */
  readonly device: string;
  /** When it was made, ISO 8601. */
  readonly date: string;
  /** The command that makes it again. */
  readonly command: string;
  /** What its configuration changes of the defaults. */
  readonly config: ConfigOverrides;
  readonly model: string;
  readonly steps: number;
  /** The first and the last evaluation. */
  readonly before: Metrics | null;
  readonly after: Metrics | null;
  /** Seconds of training and measuring in all; null when no times were kept. */
  readonly seconds: number | null;
  readonly thinned: Compaction;
  /** What can be asked without a model; absent: nothing. */
  readonly moments?: MomentsFile;
  /** The example that is carried through Learn; absent: each chapter finds its own. */
  readonly story?: StoryPlace;
}

export interface Recording {
  /** Null for a plain run log. */
  readonly manifest: RecordingManifest | null;
  readonly events: readonly TrainerEvent[];
  /** The tasks of its rollouts, for the reader. */
  readonly tasks: readonly Task[];
  /** Text of each token that occurs, by id: cuts a completion into its tokens. */
  readonly pieces: Readonly<Record<number, string>>;
  /** The log was cut off in its last line, which was left out. */
  readonly torn: boolean;
}

/** A recording in the list that ships with the site. */
export interface ListedRecording extends RecordingManifest {
  /** Beside the list. */
  readonly file: string;
  /** Size of the file. */
  readonly bytes: number;
}

const HEADER = 'recording';

/** The text of a recording, to be gzipped: the header's line, then the events'. */
export function recordingText({ manifest, tasks, pieces, events }: Omit<Recording, 'torn'>): string {
  const header = manifest === null ? [] : [JSON.stringify({ type: HEADER, ...manifest, tasks, pieces })];
  return [...header, ...events.map(eventLine), ''].join('\n');
}

/**
 * Reads a recording or a run log, gzipped or plain; `file` is its name for messages. @throws RecordingError
 */
export async function readRecording(content: string | Uint8Array, file: string): Promise<Recording> {
  try {
    const text = await textOfBytes(content);
    const end = text.indexOf('\n');
    const header = readHeader(end < 0 ? text : text.slice(0, end), file);
    const { events, torn } = await readRunLogInTurns(header === null ? text : text.slice(end + 1));
    if (events[0]?.type !== 'run-started') throw new RecordingError(file, 'it does not begin with a run.');
    return { ...(header ?? { manifest: null, tasks: [], pieces: {} }), events, torn };
  } catch (error) {
    if (error instanceof RecordingError) throw error;
    const cause = error as Error;
    if (error instanceof BytesError) throw new RecordingError(file, error.message, error.advice, { cause });
    throw new RecordingError(file, cause.message ?? 'cannot be read.', undefined, { cause });
  }
}

type Header = Pick<Recording, 'manifest' | 'tasks' | 'pieces'>;

function readHeader(line: string, file: string): Header | null {
  if (!line.startsWith(`{"type":"${HEADER}"`)) return null;
  const { type: _, tasks, pieces, ...manifest } = JSON.parse(line) as Record<string, unknown>;
  return {
    manifest: readManifest(manifest, file),
    tasks: (Array.isArray(tasks) ? tasks : []).map((task: unknown) => readTask(task, { file })),
    pieces: (isRecord(pieces) ? pieces : {}) as Readonly<Record<number, string>>,
  };
}

const TEXTS = ['id', 'device', 'date', 'command', 'model'] as const;

/** Checks what readers rely on. @throws RecordingError */
export function readManifest(data: unknown, file: string): RecordingManifest {
  const fails = (what: string) => new RecordingError(file, `its header ${what}.`);
  if (!isRecord(data)) throw fails('is not an object');
  const { version } = data;
  if (
    !Number.isSafeInteger(version) ||
    (version as number) < OLDEST_VERSION ||
    (version as number) > RECORDING_VERSION
  )
    throw fails(
      `has version ${JSON.stringify(version)}, this page reads ${OLDEST_VERSION} to ${RECORDING_VERSION}`,
    );
  for (const key of TEXTS) if (typeof data[key] !== 'string') throw fails(`has no "${key}"`);
  if (!isRecord(data['title']) || typeof data['title']['en'] !== 'string') throw fails('has no title');
  if (!Number.isSafeInteger(data['steps'])) throw fails('has no number of steps');
  if (!isRecord(data['config']) || !isRecord(data['thinned'])) throw fails('is incomplete');
  if (data['moments'] !== undefined && !isMomentsFile(data['moments']))
    throw fails('names no file of moments');
  if (data['story'] !== undefined && !isStory(data['story'])) throw fails('has an example that is not whole');
  return data as unknown as RecordingManifest;
}

const isMomentsFile = (data: unknown): boolean =>
  isRecord(data) &&
  typeof data['file'] === 'string' &&
  Number.isSafeInteger(data['bytes']) &&
  Array.isArray(data['steps']) &&
  data['steps'].every((step) => Number.isSafeInteger(step));

function isStory(data: unknown): boolean {
  if (!isRecord(data) || typeof data['taskId'] !== 'string') return false;
  const { written, asked } = data;
  return (
    isRecord(written) &&
    Number.isSafeInteger(written['step']) &&
    Number.isSafeInteger(written['rollout']) &&
    isRecord(asked) &&
    Number.isSafeInteger(asked['step']) &&
    typeof asked['record'] === 'string'
  );
}

/** Reads the list of shipped recordings. @throws RecordingError */
export function readRecordingList(json: string, file: string): readonly ListedRecording[] {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (cause) {
    throw new RecordingError(file, 'is not JSON.', 'The site is incomplete: build and upload it whole.', {
      cause,
    });
  }
  const runs = isRecord(data) ? data['runs'] : undefined;
  if (!Array.isArray(runs)) throw new RecordingError(file, 'holds no list of runs.');
  return runs.map((run: unknown) => {
    const manifest = readManifest(run, file) as ListedRecording;
    if (typeof manifest.file !== 'string' || !Number.isSafeInteger(manifest.bytes))
      throw new RecordingError(file, `"${manifest.id}" has no file.`);
    return manifest;
  });
}

/** The title in a language, English where there is none. */
export const titleIn = (manifest: RecordingManifest, language: string): string =>
  manifest.title[language] ?? manifest.title['en'] ?? manifest.id;

/** Steps of a list of events: the last one that was finished. */
export const stepsOf = (events: readonly TrainerEvent[]): number =>
  events.findLast((event) => event.type === 'step-finished')?.step ?? 0;
