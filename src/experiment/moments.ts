/**
 * What a recording holds beside its log so that it can be questioned without a model: for a few tasks that
 * were not trained on, rollouts of the policy as it was at a few steps; for a few failed programs, what it
 * then said that they compute. All with equal uniforms. A file of its own, fetched when somebody asks.
 */
import { isRecord } from '../base/is-record.ts';
import type { AskedCall, Prediction, Sampled } from '../learning/asked.ts';
import { readText } from '../tasks/text-file.ts';
import { readTask } from '../tasks/schema.ts';
import type { Task } from '../tasks/types.ts';
import { RecordingError } from './recording-error.ts';
import type { StoryPlace } from './story.ts';

/** A change of meaning bumps it. */
export const MOMENTS_VERSION = 1;

/** A rollout without its tokens, which nobody is shown here. */
export type MomentSample = Pick<Sampled, 'completion' | 'finish' | 'verdict' | 'failed'>;

/** A task and what the policy wrote for it, one list per step. */
export interface MomentTask {
  readonly task: Task;
  readonly samples: readonly (readonly MomentSample[])[];
}

/** A failed program as a question, and the answers, one list per step. */
export interface MomentProgram extends AskedCall {
  readonly taskId: string;
  /** As the format writes the question. */
  readonly prompt: string;
  /** The true answer. */
  readonly answer: string;
  readonly answers: readonly (readonly Prediction[])[];
}

export interface Moments {
  readonly version: typeof MOMENTS_VERSION;
  /** Finished updates at each moment, rising; 0 is the base model. */
  readonly steps: readonly number[];
  readonly seed: number;
  readonly temperature: number;
  readonly tasks: readonly MomentTask[];
  readonly programs: readonly MomentProgram[];
}

/** What a recording's header says of its file of moments. */
export interface MomentsFile {
  /** Beside the recording. */
  readonly file: string;
  readonly bytes: number;
  readonly steps: readonly number[];
}

/** What the recording's example is, when it holds one: see story.ts. */
export type { StoryPlace };

const isList = (data: unknown, length?: number): data is readonly unknown[] =>
  Array.isArray(data) && (length === undefined || data.length === length);

const isSample = (data: unknown): boolean =>
  isRecord(data) && typeof data['completion'] === 'string' && typeof data['verdict'] === 'string';
const isPrediction = (data: unknown): boolean =>
  isRecord(data) && typeof data['completion'] === 'string' && isList(data['variables']);

/** Reads a file of moments, gzipped or plain; `file` is its name for messages. @throws RecordingError */
export async function readMoments(content: string | Uint8Array, file: string): Promise<Moments> {
  let data: unknown;
  try {
    data = JSON.parse(await readText(content, file));
  } catch (cause) {
    throw new RecordingError(file, 'cannot be read.', undefined, { cause });
  }
  const fails = (what: string) => new RecordingError(file, what);
  if (!isRecord(data) || data['version'] !== MOMENTS_VERSION)
    throw fails(`it is not a file of moments of version ${MOMENTS_VERSION}.`);
  const { steps, seed, temperature, tasks, programs } = data;
  if (!isList(steps) || !steps.every((step, i) => Number.isSafeInteger(step) && (i > 0 || step === 0)))
    throw fails('its steps are not whole numbers from 0 on.');
  if (typeof seed !== 'number' || typeof temperature !== 'number') throw fails('its seed is missing.');
  const perStep = (lists: unknown, is: (one: unknown) => boolean): boolean =>
    isList(lists, steps.length) && lists.every((list) => isList(list) && list.length > 0 && list.every(is));
  if (!isList(tasks) || !isList(programs)) throw fails('it holds no tasks or no programs.');
  return {
    version: MOMENTS_VERSION,
    steps: steps as readonly number[],
    seed,
    temperature,
    tasks: tasks.map((one: unknown, i): MomentTask => {
      if (!isRecord(one) || !perStep(one['samples'], isSample))
        throw fails(`its task ${i + 1} is not whole.`);
      return { task: readTask(one['task'], { file }), samples: one['samples'] as MomentTask['samples'] };
    }),
    programs: programs.map((one: unknown, i): MomentProgram => {
      const texts = ['taskId', 'program', 'entryPoint', 'args', 'prompt', 'answer'];
      if (!isRecord(one) || !texts.every((key) => typeof one[key] === 'string'))
        throw fails(`its program ${i + 1} is not whole.`);
      if (!perStep(one['answers'], isPrediction))
        throw fails(`answers about its program ${i + 1} are missing.`);
      return one as unknown as MomentProgram;
    }),
  };
}
