/**
 * What a recording's moments ask, and the asking. Tasks are chosen by the base model
 * alone: unseen ones that it sometimes solves, so that there is something to gain and
 * to lose, whatever training then did. Of each, one of the base's own wrong programs
 * is kept as a question; so are the examples that a recording offers Learn.
 */
import { byReading, storyCandidates } from '../../src/experiment/story.ts';
import type { MomentSample } from '../../src/experiment/moments.ts';
import {
  askAbout,
  judgeSamples,
  questionAbout,
  sampleTask,
  type Prediction,
  type ProgramQuestion,
} from '../../src/learning/asked.ts';
import type { Config } from '../../src/learning/config.ts';
import { evaluationTasks } from '../../src/learning/evaluation-set.ts';
import type { TrainerEvent } from '../../src/learning/events.ts';
import type { Policy } from '../../src/policy/types.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';
import type { Task } from '../../src/tasks/types.ts';

export interface AskedProgram {
  readonly taskId: string;
  readonly question: ProgramQuestion;
}

/** The same for every run. */
export interface Asked {
  readonly seed: number;
  readonly temperature: number;
  readonly tasks: readonly Task[];
  readonly programs: readonly AskedProgram[];
}

/** One moment's answers, in the order of what is asked. */
export interface AtStep {
  readonly samples: readonly (readonly MomentSample[])[];
  readonly answers: readonly (readonly Prediction[])[];
}

interface Deps {
  readonly policy: Policy;
  readonly sandbox: Sandbox;
  readonly trusted: Sandbox;
  readonly config: Config;
}

/** As the page asks when nothing is changed there. */
const SEED = 1;
const TEMPERATURE = 1;
const SAMPLES = 16;
const ANSWERS = 8;
const TASKS = 16;
/** Looked at for the tasks that are kept, in the order in which evaluations take them. */
const LOOKED_AT = 48;
const STORIES = 16;

export async function chooseAsked(
  all: readonly Task[],
  events: readonly TrainerEvent[],
  deps: Deps,
): Promise<Asked> {
  const tasks: Task[] = [];
  const programs: AskedProgram[] = [];
  for (const task of evaluationTasks(all, LOOKED_AT)) {
    if (tasks.length >= TASKS) break;
    const samples = await sample(task, 'base', deps);
    const passed = samples.filter(({ verdict }) => verdict === 'pass').length;
    if (passed < 2 || passed > 12) continue;
    const question = await firstQuestion(task, samples, deps);
    if (question === null) continue;
    tasks.push(withoutSolution(task));
    programs.push({ taskId: task.id, question });
  }
  for (const { taskId, alignment } of byReading(storyCandidates(events)).slice(0, STORIES)) {
    const question = await questionAbout(alignment.record, deps);
    if (question !== null) programs.push({ taskId, question });
  }
  return { seed: SEED, temperature: TEMPERATURE, tasks, programs };
}

/** The first wrong program that can be asked about on the input that it failed. */
async function firstQuestion(
  task: Task,
  samples: readonly MomentSample[],
  deps: Deps,
): Promise<ProgramQuestion | null> {
  const tried = new Set<string>();
  for (const { completion, verdict, failed } of samples) {
    if (verdict !== 'wrong' || failed === undefined || tried.has(completion)) continue;
    tried.add(completion);
    // As a record holds it: the prompt and what was written after it.
    const program = `${task.prompt.trimEnd()}${completion}`;
    const question = await questionAbout({ program, entryPoint: task.entryPoint, args: failed.args }, deps);
    if (question !== null) return question;
  }
  return null;
}

export async function askAtStep(asked: Asked, adapter: 'base' | 'current', deps: Deps): Promise<AtStep> {
  const samples: (readonly MomentSample[])[] = [];
  for (const task of asked.tasks) samples.push(await sample(task, adapter, deps));
  const answers: (readonly Prediction[])[] = [];
  const { seed, temperature } = asked;
  for (const { question } of asked.programs)
    answers.push(await askAbout(question, { samples: ANSWERS, seed, temperature, adapter }, deps));
  return { samples, answers };
}

async function sample(task: Task, adapter: 'base' | 'current', deps: Deps): Promise<readonly MomentSample[]> {
  const ask = { task, samples: SAMPLES, seed: SEED, temperature: TEMPERATURE, adapter };
  const [judged = []] = await judgeSamples(task, [await sampleTask(ask, deps)], deps);
  return judged.map(({ completion, finish, verdict, failed }): MomentSample => ({
    completion,
    finish,
    verdict,
    ...(failed && { failed }),
  }));
}

/** Nobody is shown the solution. */
function withoutSolution({ solution: _, ...task }: Task): Task {
  return task;
}
