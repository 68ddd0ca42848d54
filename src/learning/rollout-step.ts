/**
 * A step up to its rewards: which prompts it holds, and the rollouts that they get.
 * Advantages, records and the update come after it (trainer.ts).
 */
import type { Policy } from '../policy/types.ts';
import type { Sandbox } from '../sandbox/types.ts';
import type { AlignmentFormat } from '../tasks/alignment/types.ts';
import type { Random } from '../base/random.ts';
import type { Task } from '../tasks/types.ts';
import { gradeGroups, type GradedGroup } from './alignment-rollouts.ts';
import type { Clock } from './clock.ts';
import { chooseTasks, type PassRates } from './curriculum.ts';
import { Judging, type JudgedGroup, type JudgedProgram } from './code-rollouts.ts';
import type { Config } from './config.ts';
import type { AlignmentRecord } from './events.ts';
import { codePrompt, questionPrompt } from './prompts.ts';
import type { RecordBuffer } from './records.ts';
import { sampleParts, type SamplePart } from './sample.ts';
import { alignmentSampling, codeSampling, drawSettings, gradeSettings } from './settings.ts';
import { takeInOrder } from './task-order.ts';

/** Positions in the task orders. */
export interface TaskPositions {
  readonly code: number;
  readonly fill: number;
}

export interface Plan {
  readonly tasks: readonly Task[];
  /** Code prompts in alignment slots that the buffer could not fill. */
  readonly fill: readonly Task[];
  readonly records: readonly AlignmentRecord[];
  readonly takenAfter: TaskPositions;
}

export interface PlanContext {
  readonly config: Config;
  /** Training tasks. */
  readonly tasks: readonly Task[];
  /**
   * Tasks of the visitor's own. They are in every step, many of them in turns. They
   * come on top of the others and after them, so that they shift nobody's randomness.
   */
  readonly own: readonly Task[];
  readonly taken: TaskPositions;
  /** How the tasks of the steps before went, where the settings ask for it. */
  readonly rates?: PassRates;
  readonly buffer: RecordBuffer;
  readonly random: Random;
}

/** Own tasks in a step. More of them take turns: a file of hundreds would be hundreds of groups. */
export const OWN_IN_STEP = 8;

/**
 * What is put to the policy in a step. Slots filled up have an order of their own:
 * they do not shift the code prompts.
 */
export function planStep(
  step: number,
  { config, tasks, own, taken, rates = {}, buffer, random }: PlanContext,
): Plan {
  const wanted = config['alignment.prompts'];
  const records = buffer.draw(
    step,
    wanted,
    drawSettings(config),
    random.fork('records').fork(`step ${step}`),
  );
  const order = random.fork('tasks');
  const { chosen, taken: fresh } = chooseTasks(step, tasks, taken.code, config['code.prompts'], {
    config,
    rates,
    random: order.fork('code'),
  });
  const empty = config['alignment.fill'] === 'code' ? wanted - records.length : 0;
  const fill = takeInOrder(tasks, taken.fill, empty, order.fork('fill'));
  const takenAfter = { code: taken.code + fresh, fill: taken.fill + fill.length };
  const ownNow =
    own.length <= OWN_IN_STEP
      ? own
      : takeInOrder(own, (step - 1) * OWN_IN_STEP, OWN_IN_STEP, order.fork('own'));
  return { tasks: [...chosen, ...ownNow], fill, records, takenAfter };
}

export interface RolloutContext {
  readonly policy: Policy;
  readonly sandbox: Sandbox;
  readonly trusted: Sandbox | undefined;
  readonly format: AlignmentFormat;
  readonly config: Config;
  readonly random: Random;
  /** Told of each different program as soon as it is judged. */
  readonly onJudged?: (program: JudgedProgram) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Samples all rollouts of a step in one request: code prompts, those in empty alignment slots, and
 * questions about programs of earlier steps. Programs are judged while others are being written.
 */
export async function rollOut(
  step: number,
  { tasks, fill, records }: Plan,
  clock: Clock,
  { policy, sandbox, trusted, format, config, random, onJudged, signal }: RolloutContext,
): Promise<{ readonly code: readonly JudgedGroup[]; readonly alignment: readonly GradedGroup[] }> {
  const coding = codeSampling(config);
  const asking = alignmentSampling(config);
  const { style } = gradeSettings(config);
  const stream = (kind: string) => random.fork(`rollouts/${kind}`).fork(`step ${step}`);
  const judging = new Judging({ sandbox, trusted, extraction: config['code.extraction'], signal }, onJudged);
  const codePart = (list: readonly Task[], kind: string): SamplePart => ({
    ...coding,
    prompts: list.map((task) => codePrompt(task, policy.tokenizer, style)),
    random: stream(kind),
    onRollout: (prompt, rollout) => judging.begin(list[prompt]!, rollout),
  });
  const parts = [
    codePart(tasks, 'code'),
    codePart(fill, 'fill'),
    {
      ...asking,
      prompts: records.map(({ prompt }) => questionPrompt(prompt, policy.tokenizer, style)),
      random: stream('alignment'),
    },
  ];
  const [code, filled, answers] = await clock.time('time/generate', () =>
    sampleParts(policy, parts, { temperature: config['rollouts.temperature'], signal }),
  );
  const judged = await clock.time('time/execute', () =>
    judging.groups([...tasks, ...fill], [...code!, ...filled!]),
  );
  return { code: judged, alignment: gradeGroups(records, answers!, format, gradeSettings(config)) };
}
