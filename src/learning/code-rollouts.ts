/**
 * The code half of a step: samples groups of completions for code prompts and judges
 * them, each as soon as it is written. It computes no advantages and no loss.
 */
import type { Policy } from '../policy/types.ts';
import type { Sandbox } from '../sandbox/types.ts';
import type { Random } from '../base/random.ts';
import type { Task } from '../tasks/types.ts';
import type { Config } from './config.ts';
import { judge, type JudgeOptions, type Judgement } from './judge.ts';
import { codePrompt, type PromptStyle } from './prompts.ts';
import { codeReward } from './rewards.ts';
import { sampleParts, type Rollout, type SampleSettings } from './sample.ts';

export interface JudgedRollout extends Rollout, Judgement {
  readonly reward: number | null;
  /** What its length took off the reward (overlong.ts); absent: lengths are free. */
  readonly punishment?: number;
  /** The rewards that were weighed and added (custom-rewards.ts); absent: that of the tests is all. */
  readonly parts?: Readonly<Record<string, number | null>>;
  /** What KL to the base took off the reward, per token (kl-reward.ts); absent: nothing. */
  readonly klPenalties?: Float32Array;
}

export interface JudgedGroup {
  readonly task: Task;
  readonly rollouts: readonly JudgedRollout[];
}

/** The name under which the code reward is logged and exported. */
export const CODE_REWARD = 'tests_reward';

/** A program that has been judged, before its group is whole. */
export interface JudgedProgram extends Judgement {
  readonly task: Task;
  readonly reward: number | null;
}

/**
 * Judges programs as they come, equal ones of one task once. A failure waits for whoever asks for the groups.
 */
export class Judging {
  readonly #options: JudgeOptions;
  readonly #onJudged: ((program: JudgedProgram) => void) | undefined;
  readonly #running = new Map<Task, Map<string, Promise<JudgedProgram>>>();

  /** @param onJudged told of each different program once */
  constructor(options: JudgeOptions, onJudged?: (program: JudgedProgram) => void) {
    this.#options = options;
    this.#onJudged = onJudged;
  }

  begin(task: Task, { text }: Rollout): void {
    void this.#of(task, text);
  }

  /** The groups of the tasks, every rollout of them judged. */
  async groups(tasks: readonly Task[], groups: readonly (readonly Rollout[])[]): Promise<JudgedGroup[]> {
    return Promise.all(
      tasks.map(async (task, g) => {
        const rollouts = (groups[g] ?? []).map(async (rollout) => {
          const { task: _, ...judged } = await this.#of(task, rollout.text);
          return { ...rollout, ...judged };
        });
        return { task, rollouts: await Promise.all(rollouts) };
      }),
    );
  }

  #of(task: Task, text: string): Promise<JudgedProgram> {
    const known = this.#running.get(task) ?? new Map<string, Promise<JudgedProgram>>();
    this.#running.set(task, known);
    const running = known.get(text) ?? this.#judge(task, text);
    known.set(text, running);
    return running;
  }

  #judge(task: Task, text: string): Promise<JudgedProgram> {
    const judged = judge(task, text, this.#options).then((judgement) => {
      const program = { ...judgement, task, reward: codeReward(judgement.verdict) };
      this.#onJudged?.(program);
      return program;
    });
    // It is awaited with its group; until then a failure must not count as unhandled.
    judged.catch(() => undefined);
    return judged;
  }
}

/** Judges every rollout of sampled groups; equal programs of one task are run once. */
export const judgeGroups = (
  tasks: readonly Task[],
  groups: readonly (readonly Rollout[])[],
  options: JudgeOptions,
): Promise<JudgedGroup[]> => new Judging(options).groups(tasks, groups);

/** Samples one group per task and judges it. */
export async function sampleCode(
  policy: Policy,
  tasks: readonly Task[],
  {
    groupSize,
    maxNewTokens,
    style,
    ...settings
  }: SampleSettings & JudgeOptions & { readonly style: PromptStyle },
  random: Random,
): Promise<JudgedGroup[]> {
  const judging = new Judging(settings);
  const prompts = tasks.map((task) => codePrompt(task, policy.tokenizer, style));
  const onRollout = (prompt: number, rollout: Rollout) => judging.begin(tasks[prompt]!, rollout);
  const [groups] = await sampleParts(
    policy,
    [{ prompts, groupSize, maxNewTokens, random, onRollout }],
    settings,
  );
  return judging.groups(tasks, groups!);
}

/** What measures a policy by programs that it writes: who writes them, under which settings, judged where. */
export interface CodeSampler {
  readonly policy: Policy;
  readonly sandbox: Sandbox;
  /** For tasks with a test program (judge.ts). */
  readonly trusted?: Sandbox | undefined;
  readonly config: Config;
  /** `base` leaves the adapter out. Default `current`. */
  readonly adapter?: 'current' | 'base';
  /** Samples are drawn from its fork of that name. */
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Programs written to measure a policy, judged: a run's settings, but for size and temperature of a group.
 */
export const sampleCodeAt = (
  tasks: readonly Task[],
  { policy, config, random, adapter = 'current', sandbox, trusted, signal }: CodeSampler,
  group: Pick<SampleSettings, 'groupSize' | 'temperature'>,
): Promise<JudgedGroup[]> =>
  sampleCode(
    policy,
    tasks,
    {
      ...group,
      adapter,
      maxNewTokens: config['code.maxNewTokens'],
      extraction: config['code.extraction'],
      style: config['prompt.style'],
      sandbox,
      trusted,
      signal,
    },
    random.fork('samples'),
  );
