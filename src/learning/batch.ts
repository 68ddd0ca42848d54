/**
 * From judged and graded groups to what the log shows (groups with advantages) and to
 * what the loss needs (rollouts with advantages per token). Kinds never share a group.
 */
import type { Tokenizer } from '../policy/types.ts';
import type { AlignmentFormat } from '../tasks/alignment/types.ts';
import { advantages, bound, type RewardGroup } from './advantages.ts';
import { ALIGNMENT_REWARD, type GradedGroup, type GradedRollout } from './alignment-rollouts.ts';
import { CODE_REWARD, type JudgedGroup } from './code-rollouts.ts';
import { hasCreditWithin, type Config } from './config.ts';
import { lineAdvantages, rightShare, type LinePrediction } from './credit.ts';
import type { AlignmentGroup, CodeGroup, Divergence, Group } from './events.ts';
import { predictLines, predictTokens } from './grade.ts';
import { average } from './intervals.ts';
import { runningMeans } from './more-estimators.ts';
import { OVERLONG_REWARD } from './overlong.ts';
import { klReward } from './kl-reward.ts';
import { alignmentReward, codeReward } from './rewards.ts';
import type { LossRollout } from './normalise.ts';
import { advantageSettings, creditSettings, type AnswerPart } from './settings.ts';

/** What credit within an answer needs to know of its tokens. */
export type AnswerTokenizer = Pick<Tokenizer, 'encode' | 'decode' | 'eosId'>;

export interface Batch {
  readonly groups: readonly Group[];
  /** All rollouts in the order of the groups. */
  readonly rollouts: readonly LossRollout[];
  /** The sampler's log-probabilities, same order. */
  readonly sampled: readonly (readonly number[])[];
  /** Running mean rewards by kind, this batch included. */
  readonly means: Readonly<Record<string, number>>;
}

/** Where the failing programs of each code group leave a right one (diverging-state.ts). */
export type Divergences = readonly (readonly (Divergence | null)[])[];

/** What a baseline from outside the batch is made of. */
export interface Baselines {
  /** Mean rewards of the steps before, by kind. */
  readonly running?: Readonly<Record<string, number>>;
  /** Rewards of greedy rollouts, one per group, code before alignment. */
  readonly greedy?: readonly (number | null)[];
  /** Advantages per token that a critic gave, per group and rollout, code before alignment. */
  readonly perToken?: readonly (readonly (Float32Array | null)[])[];
}

export function makeBatch(
  code: readonly JudgedGroup[],
  alignment: readonly GradedGroup[],
  config: Config,
  format: AlignmentFormat,
  tokenizer: AnswerTokenizer,
  baselines: Baselines = {},
  divergences: Divergences = [],
): Batch {
  const plain = (kind: string, rollouts: readonly (JudgedGroup['rollouts'][number] | GradedRollout)[]) => ({
    kind,
    rewards: rollouts.map(({ reward }) => reward),
    lengths: rollouts.map(({ tokens }) => tokens.length),
  });
  const rewarded: readonly RewardGroup[] = [
    ...code.map(({ rollouts }) => ({ ...plain('code', rollouts), ...codeComponents(rollouts) })),
    ...alignment.map(({ rollouts }) => ({
      ...plain('alignment', rollouts),
      components: components(rollouts),
    })),
  ].map((group, g) => ({
    ...group,
    greedy: baselines.greedy?.[g] ?? null,
    ...(baselines.perToken?.[g] && { perToken: baselines.perToken[g] }),
  }));
  const { clip } = advantageSettings(config);
  /** Token by token where a critic says so, else one for all. */
  const advantageOf = (group: number, rollout: number, one: number | undefined): number | Float32Array =>
    baselines.perToken?.[group]?.[rollout]?.map((a) => bound(a, clip)) ?? one ?? 0;
  const running = baselines.running ?? {};
  const byGroup = advantages(rewarded, { ...advantageSettings(config), running });
  const codeAdvantages = byGroup.slice(0, code.length);
  const alignmentAdvantages = byGroup.slice(code.length);
  const byToken = hasCreditWithin(config['alignment.reward'])
    ? creditWithin(alignment, config, format, tokenizer)
    : null;

  const codeGroups = code.map((group, g) => codeGroup(group, codeAdvantages[g] ?? [], divergences[g] ?? []));
  const alignmentGroups = alignment.map((group, g) =>
    alignmentGroup(
      group,
      byToken?.[g]?.map((tokens) => average([...tokens])) ?? alignmentAdvantages[g] ?? [],
      config,
    ),
  );
  const lossOf = (
    kind: LossRollout['kind'],
    group: number,
    r: JudgedGroup['rollouts'][number] | GradedRollout,
    advantage: number | Float32Array,
  ): LossRollout => ({
    kind,
    group,
    prompt: r.promptTokens,
    tokens: r.tokens,
    advantage,
    finish: r.finish,
    rewarded: r.reward !== null,
  });
  const rollouts = [
    ...code.flatMap((group, g) =>
      group.rollouts.map((r, i) =>
        lossOf(
          'code',
          g,
          r,
          onTokens(advantageOf(g, i, codeAdvantages[g]?.[i]), r.tokens.length, divergences[g]?.[i]),
        ),
      ),
    ),
    ...alignment.flatMap((group, g) =>
      group.rollouts.map((r, i) =>
        lossOf(
          'alignment',
          code.length + g,
          r,
          byToken?.[g]?.[i] ?? advantageOf(code.length + g, i, alignmentAdvantages[g]?.[i]),
        ),
      ),
    ),
  ];
  const sampled = [...code, ...alignment].flatMap((group): readonly (readonly number[])[] =>
    group.rollouts.map(({ logProbs }) => logProbs),
  );
  const means = runningMeans(rewarded, running, config['advantage.momentum']);
  return { groups: [...codeGroups, ...alignmentGroups], rollouts, sampled, means };
}

/**
 * The parts of the alignment reward, for GDPO: variables, return value, trajectory;
 * those that apply to the record.
 */
function components(rollouts: readonly GradedRollout[]): Record<string, (number | null)[]> {
  const parts: Record<AnswerPart, (number | null)[]> = {
    variables: rollouts.map(({ graded }) =>
      graded.variables.length === 0 ? null : average(graded.variables.map(({ right }) => (right ? 1 : 0))),
    ),
    returned: rollouts.map(({ graded }) => (graded.returned === null ? null : graded.returned.right ? 1 : 0)),
    trajectory: rollouts.map(({ graded }) =>
      graded.lines === null ? null : graded.lines.right / graded.lines.total,
    ),
  };
  return Object.fromEntries(
    Object.entries(parts).filter(([, values]) => values.some((value) => value !== null)),
  );
}

/** The rewards of a program, for GDPO, where there are several. */
function codeComponents(rollouts: JudgedGroup['rollouts']): Pick<RewardGroup, 'components'> {
  const names = Object.keys(rollouts[0]?.parts ?? {});
  if (names.length < 2) return {};
  const of = (name: string) => rollouts.map(({ parts }) => parts?.[name] ?? null);
  return { components: Object.fromEntries(names.map((name) => [name, of(name)])) };
}

/** Advantages per token within the answers of each group. */
function creditWithin(
  groups: readonly GradedGroup[],
  config: Config,
  format: AlignmentFormat,
  tokenizer: AnswerTokenizer,
): Float32Array[][] {
  const predicted = groups.map((group) => predictions(group, config, format, tokenizer));
  const mean = rightShare(
    predicted.map(({ list }) => list),
    predicted.map(({ total }) => total),
  );
  const settings = creditSettings(config, mean);
  return predicted.map(({ list, total }, g) => {
    const credit = lineAdvantages(list, total, settings);
    return (groups[g]?.rollouts ?? []).map((r, i) => credit[i] ?? new Float32Array(r.tokens.length));
  });
}

/** How far each answer of a group is right, in lines or in tokens, and how many the true answer has. */
function predictions(
  { record, rollouts }: GradedGroup,
  config: Config,
  format: AlignmentFormat,
  tokenizer: AnswerTokenizer,
): { readonly list: readonly (LinePrediction | null)[]; readonly total: number } {
  const byLine = config['alignment.reward'] === 'line';
  const truth = byLine ? [] : [...tokenizer.encode(record.answer), tokenizer.eosId];
  const decode = (ids: readonly number[]) => tokenizer.decode(ids);
  const list = rollouts.map((r) => {
    if (r.reward === null) return null;
    return byLine ? predictLines(r.graded, r, format, decode) : predictTokens(r, truth);
  });
  const lines = rollouts.find(({ graded }) => graded.lines !== null)?.graded.lines?.total ?? 0;
  return { list, total: byLine ? lines : truth.length };
}

/** An advantage on the tokens where a program diverges, or one for all where it does not. */
function onTokens(
  advantage: number | Float32Array,
  length: number,
  divergence: Divergence | null | undefined,
): number | Float32Array {
  if (!divergence) return advantage;
  const values = new Float32Array(length);
  for (const token of divergence.tokens)
    values[token] = typeof advantage === 'number' ? advantage : advantage[token]!;
  return values;
}

function codeGroup(
  { task, rollouts }: JudgedGroup,
  values: readonly number[],
  divergences: readonly (Divergence | null)[],
): CodeGroup {
  return {
    kind: 'code',
    taskId: task.id,
    prompt: task.prompt,
    rollouts: rollouts.map((r, i) => ({
      completion: r.text,
      tokens: r.tokens,
      logProbs: r.logProbs,
      finish: r.finish,
      verdict: r.verdict,
      ...(r.failed === undefined ? {} : { failed: r.failed }),
      reward: r.reward,
      rewards: {
        ...(r.parts ?? { [CODE_REWARD]: codeReward(r.verdict) }),
        ...(r.punishment !== undefined && { [OVERLONG_REWARD]: r.punishment }),
        ...klReward(r),
      },
      advantage: values[i] ?? 0,
      ...(divergences[i] && { divergence: divergences[i] }),
    })),
  };
}

function alignmentGroup(
  { record, rollouts }: GradedGroup,
  values: readonly number[],
  config: Config,
): AlignmentGroup {
  return {
    kind: 'alignment',
    record,
    rollouts: rollouts.map(({ text, tokens, logProbs, finish, graded, reward, klPenalties }, i) => ({
      completion: text,
      tokens,
      logProbs,
      finish,
      malformed: graded.malformed,
      variables: graded.returned === null ? graded.variables : [...graded.variables, graded.returned],
      reward,
      rewards:
        klPenalties === undefined
          ? { [ALIGNMENT_REWARD]: reward }
          : {
              [ALIGNMENT_REWARD]: alignmentReward(config['alignment.reward'], graded),
              ...klReward({ reward, klPenalties }),
            },
      advantage: values[i] ?? 0,
    })),
  };
}
