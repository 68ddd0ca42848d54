/**
 * Splits a batch into mini-batches, each of which makes an update of its own.
 * Rollouts of one prompt stay together. It decides which rollouts an update holds and
 * how they weigh in it; what the update is held to is update.ts'.
 */
import { updateRows, type LossRollout, type NormaliseSettings, type WeightedRow } from './normalise.ts';

/**
 * Deals groups out in turns, kind by kind, those that teach before the others, so that
 * every mini-batch has about equally many of each. One that gets no group is left out.
 * @returns indices of rollouts, ascending
 */
export function deal(
  rollouts: readonly LossRollout[],
  count: number,
  taught: ReadonlySet<number>,
): number[][] {
  const groups = [...new Map(rollouts.map(({ group, kind }) => [group, kind])).entries()];
  const place = new Map<number, number>();
  for (const kind of ['code', 'alignment'] as const) {
    const own = groups.filter(([, of]) => of === kind).map(([group]) => group);
    const order = [...own.filter((group) => taught.has(group)), ...own.filter((group) => !taught.has(group))];
    order.forEach((group, i) => place.set(group, i % count));
  }
  const dealt = Array.from({ length: count }, (): number[] => []);
  rollouts.forEach(({ group }, index) => dealt[place.get(group)!]!.push(index));
  return dealt.filter((indices) => indices.length > 0);
}

/**
 * The rows of each mini-batch that has any. The loss is normalised over the mini-batch,
 * as verl does with `ppo_mini_batch_size` and TRL with `steps_per_generation` above
 * `gradient_accumulation_steps`; advantages were estimated over the whole batch before.
 * @param count 1 is the whole batch in one update
 */
export function miniBatchRows(
  rollouts: readonly LossRollout[],
  settings: NormaliseSettings,
  count: number,
): readonly (readonly WeightedRow[])[] {
  const whole = updateRows(rollouts, settings);
  if (count === 1) return whole.length === 0 ? [] : [whole];
  const taught = new Set(whole.map(({ index }) => rollouts[index]!.group));
  return deal(rollouts, count, taught)
    .map((indices) =>
      updateRows(
        indices.map((index) => rollouts[index]!),
        settings,
      ).map(({ index, row }) => ({ index: indices[index]!, row })),
    )
    .filter((rows) => rows.length > 0);
}
