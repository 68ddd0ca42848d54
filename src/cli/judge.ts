/**
 * `judge`: runs completions against tests, in the file formats of HumanEval and other public sets.
 * src/learning/judge.ts makes the verdicts, here and in training.
 */
import { afterWholePrompt } from '../learning/extract.ts';
import { judge, type Extraction, type Judgement } from '../learning/judge.ts';
import { FORMS_READ } from '../tasks/forms.ts';
import { benchmarkLimits, withLimits } from '../sandbox/limits.ts';
import { readTaskFile } from '../tasks/task-file.ts';
import type { Task } from '../tasks/types.ts';
import { parseOptions, required, type Command, type Context } from './command.ts';
import { openSandbox } from './engine.ts';
import { CommandError, UsageError } from './errors.ts';
import { readFileBytes, readJsonl, textField, withOutput, type JsonRow } from './files.ts';
import { mapInOrder } from './in-order.ts';

interface Sample {
  readonly row: JsonRow['value'];
  readonly task: Task;
  /** As `extraction` takes it. */
  readonly completion: string;
  readonly extraction: Extraction;
}

export const judgeCommand: Command = {
  usage: `judge --tasks T.jsonl[.gz] --samples S.jsonl[.gz] [--json]

  --tasks T       problems (JSONL, a JSON list, parquet), in the form of
                  ${FORMS_READ.replace('LiveCodeBench', '\n                  LiveCodeBench')}
  --samples S     {"task_id", "completion"} per line, the completion going on where the prompt ends, or
                  {"task_id", "solution"} with the whole program; several per problem are allowed
  --json          the summary as one JSON object on standard output, before the last line

Writes each sample with its outcome to S_results.jsonl. The last line is
  pass@1: 0.xxxx (passed/total)
which is the mean over problems of the share of their samples that pass.`,

  async run(argv, context) {
    const options = parseOptions(argv, {
      tasks: { type: 'string' },
      samples: { type: 'string' },
      json: { type: 'boolean' },
    });
    const tasksPath = required(options.tasks, 'tasks');
    const samplesPath = required(options.samples, 'samples');
    const tasks = byId(await readTaskFile(await readFileBytes(tasksPath), tasksPath));
    const samples = (await readJsonl(samplesPath)).map((row): Sample => {
      const id = idOf(samplesPath, row);
      const task = tasks.get(id) ?? tasks.get(shortId(id));
      if (task === undefined)
        throw new UsageError(`${samplesPath}:${row.line}: no task "${id}" in ${tasksPath}`);
      const isWhole = row.value['completion'] === undefined && row.value['solution'] !== undefined;
      const completion = textField(samplesPath, row, isWhole ? 'solution' : 'completion');
      return isWhole
        ? { row: row.value, task, completion, extraction: 'whole' }
        : {
            row: row.value,
            task,
            completion: afterWholePrompt(task, completion),
            extraction: 'continuation',
          };
    });
    const taskCount = new Set(tasks.values()).size;
    await judgeSamples(samples, taskCount, resultsPath(samplesPath), options.json === true, context);
  },
};

/** The name that a sample gives its task: text, or the number that MBPP has. */
function idOf(file: string, row: JsonRow): string {
  const field =
    row.value['task_id'] === undefined && row.value['question_id'] !== undefined ? 'question_id' : 'task_id';
  const id = row.value[field];
  return Number.isSafeInteger(id) ? String(id) : textField(file, row, field);
}

/** What stands behind the set's name: samples of MBPP/12 say "Mbpp/12" (EvalPlus) or 12. */
const shortId = (id: string): string => id.slice(id.indexOf('/') + 1);

/** By their ids, and by what stands behind the set's name where that tells them apart. */
function byId(tasks: readonly Task[]): ReadonlyMap<string, Task> {
  const found = new Map<string, Task>();
  const twice = new Set<string>();
  for (const task of tasks) {
    const short = shortId(task.id);
    if (found.has(short)) twice.add(short);
    found.set(short, task);
  }
  for (const short of twice) found.delete(short);
  for (const task of tasks) found.set(task.id, task);
  return found;
}

/** `S.jsonl` and `S.jsonl.gz` -> `S_results.jsonl`. */
export function resultsPath(samples: string): string {
  return `${samples.replace(/(\.jsonl)?(\.gz)?$/, '')}_results.jsonl`;
}

/**
 * Mean over tasks of the share of a task's samples that pass; with one sample a task
 * simply the share that passes.
 */
export function passAt1(results: readonly { readonly taskId: string; readonly passed: boolean }[]): number {
  const byTask = new Map<string, { passed: number; total: number }>();
  for (const { taskId, passed } of results) {
    const counts = byTask.get(taskId) ?? { passed: 0, total: 0 };
    byTask.set(taskId, { passed: counts.passed + Number(passed), total: counts.total + 1 });
  }
  let sum = 0;
  for (const { passed, total } of byTask.values()) sum += passed / total;
  return byTask.size === 0 ? 0 : sum / byTask.size;
}

async function judgeSamples(
  samples: readonly Sample[],
  taskCount: number,
  output: string,
  json: boolean,
  { out, progress, signal }: Context,
): Promise<void> {
  const results: { readonly taskId: string; readonly passed: boolean }[] = [];
  const outcomes = new Map<string, number>();
  const reasons = new Set<string>();
  await withOutput(output, async (file) => {
    // Test programs never share an interpreter with the programs under test.
    const [opened, trusted] = await Promise.all([openSandbox(), openSandbox({ spare: false })]);
    const sandbox = withLimits(opened, benchmarkLimits);
    try {
      const judged = mapInOrder(
        samples,
        sandbox.workers * 2,
        ({ task, completion, extraction }) =>
          judge(task, completion, { sandbox, trusted, extraction, signal }),
        signal,
      );
      for await (const [{ row, task }, judgement] of judged) {
        const passed = judgement.verdict === 'pass';
        results.push({ taskId: task.id, passed });
        outcomes.set(judgement.verdict, (outcomes.get(judgement.verdict) ?? 0) + 1);
        const { reason } = judgement;
        if (reason !== undefined && !reasons.has(`${task.id} ${reason}`)) {
          reasons.add(`${task.id} ${reason}`);
          progress(`${task.id}: no verdict: ${reason}`);
        }
        await file.write(
          `${JSON.stringify({ ...row, passed, result: describe(judgement), outcome: judgement.verdict })}\n`,
        );
        if (results.length % 20 === 0) progress(`judged ${results.length} of ${samples.length}`);
      }
    } finally {
      await Promise.all([sandbox.dispose(), trusted.dispose()]);
    }
  });
  const missing = taskCount - new Set(results.map(({ taskId }) => taskId)).size;
  if (missing > 0) progress(`${missing} of ${taskCount} tasks have no sample and do not count`);
  const passed = results.filter((result) => result.passed).length;
  const summary = Object.fromEntries([...outcomes].sort(([a], [b]) => (a < b ? -1 : 1)));
  progress(`results in ${output}`);
  const score = passAt1(results);
  if (json) out(JSON.stringify({ 'pass@1': score, passed, total: results.length, outcomes: summary }));
  out(`pass@1: ${score.toFixed(4)} (${passed}/${results.length})`);
  const unknown = outcomes.get('harness-error') ?? 0;
  if (unknown > 0) {
    throw new CommandError(`${unknown} samples have no verdict (harness error) and count as not passed`);
  }
}

/** HumanEval's own word for it: `passed`, or `failed: ` and why. */
function describe({ verdict, failed, reason }: Judgement): string {
  if (verdict === 'pass') return 'passed';
  if (reason !== undefined) return `no verdict: ${reason}`;
  if (failed === undefined) return `failed: ${verdict}`;
  return `failed: ${verdict}, f(${failed.args}) gave ${failed.got}, expected ${failed.expected}`;
}
