/**
 * A run's rollouts as parquet, one file a step, in the columns of two trainers: TRL's table of
 * completions (`log_completions`: completions/completions_00001.parquet) and verl's dump of generations
 * (`rollout_data_dir`, which verl writes as JSON Lines). hyparquet-writer lays the files out.
 */
import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer';
import type { AlignmentRollout, CodeRollout, Group } from '../../learning/events.ts';
import type { RunData } from './run-data.ts';

/** Contents by path. */
export function parquetFiles({ events }: RunData): ReadonlyMap<string, Uint8Array> {
  const all = events.flatMap((event) => (event.type === 'rollouts' ? event.groups : []));
  // Of the whole run: files that differ in their columns are not read as one table.
  const kinds = [
    ...new Set(all.flatMap((group) => rolloutsOf(group).flatMap(({ rewards }) => Object.keys(rewards)))),
  ];
  return new Map(
    events.flatMap((event) => {
      if (event.type !== 'rollouts') return [];
      const { step, groups } = event;
      const padded = String(step).padStart(5, '0');
      return [
        [`completions/completions_${padded}.parquet`, table(completionRows(step, groups, kinds))] as const,
        [`rollouts/${step}.parquet`, table(groups.flatMap((group) => generationRows(group, step)))] as const,
      ];
    }),
  );
}

type TableRow = Readonly<Record<string, string | number | null>>;

/** What was asked: the task's prompt, or the record's question. */
const inputOf = (group: Group): string => (group.kind === 'code' ? group.prompt : group.record.prompt);

const rolloutsOf = ({ rollouts }: Group): readonly (CodeRollout | AlignmentRollout)[] => rollouts;

/** As TRL's: a column for each kind of reward, empty where it does not apply to a row. */
function completionRows(
  step: number,
  groups: readonly Group[],
  kinds: readonly string[],
): readonly TableRow[] {
  return groups.flatMap((group) =>
    rolloutsOf(group).map((rollout) => ({
      step,
      prompt: inputOf(group),
      completion: rollout.completion,
      ...Object.fromEntries(kinds.map((kind) => [kind, rollout.rewards[kind] ?? null])),
      advantage: rollout.advantage,
    })),
  );
}

/** As verl's: input, output, gts, score, step, and what the reward manager adds. */
export function generationRows(group: Group, step: number): readonly TableRow[] {
  return rolloutsOf(group).map((rollout) => ({
    input: inputOf(group),
    output: rollout.completion,
    gts: group.kind === 'code' ? group.taskId : group.record.answer,
    score: rollout.reward,
    step,
    verdict: 'verdict' in rollout ? rollout.verdict : (rollout.malformed ?? 'answered'),
    advantage: rollout.advantage,
  }));
}

/** Whole numbers as such, so that a reader joins by them; everything else that is a number is a double. */
const WHOLE: readonly string[] = ['step'];
const TEXTS: readonly string[] = ['prompt', 'completion', 'input', 'output', 'gts', 'verdict'];

/** Rows have the same columns. */
function table(rows: readonly TableRow[]): Uint8Array {
  const names = Object.keys(rows[0] ?? {});
  const columnData = names.map((name): ColumnSource => {
    const data = rows.map((row) => row[name] ?? null);
    if (WHOLE.includes(name)) return { name, data: data.map((value) => BigInt(value ?? 0)), type: 'INT64' };
    return { name, data, type: TEXTS.includes(name) ? 'STRING' : 'DOUBLE' };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData, createdBy: 'tracewise' }));
}
