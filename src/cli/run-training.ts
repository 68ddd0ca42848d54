/**
 * The training of `run`: opens its parts, trains, and says what happens event by event. Which run it is, the
 * command has decided (run.ts).
 */
import { TrainerControl } from '../learning/control.ts';
import { adapterSettings, heapLimit } from '../learning/settings.ts';
import type { Config } from '../learning/config.ts';
import type { LoraPolicy } from '../policy/lora/policy.ts';
import type { OpenedModel } from '../policy/sources/open-model.ts';
import type { MatrixReport } from '../policy/model/weights.ts';
import { contaminationWarning } from '../tasks/task-file.ts';
import type { Task } from '../tasks/types.ts';
import { readJournal } from '../experiment/journal.ts';
import { trainWithRecovery, type TrainingSession } from '../experiment/recovery.ts';
import type { Context } from './command.ts';
import { adapterBytes, adapterSnapshot } from './adapter-file.ts';
import type { RunStart } from './run-start.ts';
import {
  memoryPlan,
  openModelWithAdapter,
  openSandbox,
  openTestSandbox,
  roomyTasks,
  type ModelRequest,
} from './engine.ts';
import { heldLine, precisionLine } from './model-lines.ts';
import { reportLines } from './models.ts';
import { withOutput } from './files.ts';
import { autosaveFor, withChanges, type Change, type SaveFolder } from './save-folder.ts';
import type { ReportedEvaluation } from './report.ts';
import type { Log, AdapterFilesByStep, SaveAdapter } from './run-outputs.ts';
import { secondsLine, Story } from './story.ts';

/** How it went, for the summary at the end. */
interface TrainingSummary {
  readonly before: ReportedEvaluation | undefined;
  readonly after: ReportedEvaluation | undefined;
  readonly step: number;
  readonly stopped: boolean;
}

/** What is to be trained, and where it goes. */
interface TrainingWork {
  readonly config: Config;
  /** From the first step on, where a saved run is asked to go on differently. */
  readonly changes: readonly Change[];
  readonly folder: SaveFolder;
  readonly machine: Omit<ModelRequest, 'rank' | 'alpha' | 'seed' | 'model'> & { readonly model: OpenedModel };
  /** Whether the model is the user's and not nano. */
  readonly own: boolean;
  /** Whether model and tasks are those that come with the project. */
  readonly isBuiltIn: boolean;
  readonly tasks: readonly Task[];
  readonly log: Log;
  readonly saveAdapter: SaveAdapter | undefined;
  readonly moments: AdapterFilesByStep;
  readonly start: RunStart;
}

/** Trains and says what happens, event by event. */
export async function followTraining(
  {
    config,
    changes,
    folder,
    machine,
    own,
    isBuiltIn,
    tasks: all,
    log,
    saveAdapter,
    moments,
    start,
  }: TrainingWork,
  { out, progress, signal }: Context,
): Promise<TrainingSummary> {
  const warning = contaminationWarning(all);
  if (warning !== null) progress(warning);
  const tasks = roomyTasks(all, machine.model, config, progress);
  const request = { ...adapterSettings(config), seed: config.seed, ...machine };
  const next = withChanges(config, changes);
  const plan = memoryPlan(next, request, isBuiltIn ? undefined : tasks);
  const { sizes, prediction, linears } = plan;
  const onReport = (report: readonly MatrixReport[]): void => {
    if (!own) return;
    progress(heldLine(plan));
    for (const line of reportLines(report)) progress(line);
  };
  const story = new Story();
  if (folder.loaded !== null) {
    const { journal, info } = folder.loaded;
    for (const event of readJournal(journal)) story.take(event);
    await log.journal(journal);
    progress(`resumed after step ${info.step}`);
    for (const { key, value } of changes) progress(`${key}=${value} from the next step on, as asked`);
  }
  const autosave = autosaveFor(folder, {
    onSettled: (lines) => log.lines(lines),
    onSaved: ({ step }) => progress(`saved after step ${step}`),
    onProblem: ({ message, advice }) => progress(`not saved: ${message} ${advice}`),
  });
  const control = new TrainerControl();
  let latest: LoraPolicy | undefined;
  const open = async (): Promise<TrainingSession & { readonly policy: LoraPolicy }> => {
    const policy = await openModelWithAdapter({ ...request, sizes, linears, onReport });
    latest = policy;
    const { precision } = policy.info;
    if (precision !== undefined) progress(precisionLine(precision));
    const sandbox = await openSandbox({ heapLimit: heapLimit(config) });
    const trusted = openTestSandbox();
    progress(
      `${policy.info.name} on ${policy.info.device}, ${sandbox.workers} Python workers, about ${Math.ceil(prediction.total / 2 ** 20)} MiB`,
    );
    for (const { key, value } of changes) control.change(key, value);
    return {
      policy,
      sandbox,
      trusted,
      ...(start.adapter && { initial: adapterSnapshot(start.adapter, policy) }),
      dispose: async () => void (await Promise.all([sandbox.dispose(), trusted.dispose(), policy.dispose()])),
    };
  };
  const events = trainWithRecovery({
    open,
    autosave,
    tasks,
    config,
    control,
    signal,
    onFailure: (error, failures, step) =>
      progress(`${(error as Error).message}; goes on from step ${step} (failure ${failures} in a row)`),
    onEnd: async ({ policy }) => saveAdapter?.(await adapterBytes(policy)),
  });
  for await (const event of events) {
    const line = story.take(event);
    if (line !== null) out(line);
    // Until the next event is asked for nothing computes, and the policy is as this step left it.
    const moment = event.type === 'step-finished' ? moments.get(event.step) : undefined;
    if (moment !== undefined && latest !== undefined) {
      const bytes = await adapterBytes(latest);
      await withOutput(moment, (file) => file.write(bytes));
    }
    if (event.type === 'warning') progress(`step ${event.step}: ${event.message} ${event.advice}`);
    if (event.type === 'timing') progress(secondsLine(event.step, event.seconds));
  }
  // The end of a run that was stopped half-way through a step; a resume makes these lines again.
  await log.lines(autosave.open);
  const { before, after, step, stopped } = story;
  return { before, after: after ?? before, step, stopped };
}
