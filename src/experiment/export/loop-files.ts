/**
 * What the folders for TRL and verl share: the package with the loop, the settings that it reads, the
 * tasks it takes from, and the list of what a trainer there does not carry. It knows neither trainer.
 */
import type { Config, ConfigKey } from '../../learning/config.ts';
import { isNested } from '../../tasks/entry.ts';
import type { Task } from '../../tasks/types.ts';
import { loopPackage } from './loop-package.ts';
import { askedPrompts, type RunData } from './run-data.ts';

/** Settings that the package reads by these names; a test looks for each in its sources. */
export const LOOP_KEYS = [
  'seed',
  'steps',
  'code.prompts',
  'code.maxNewTokens',
  'code.overlongCache',
  'code.overlongPenalty',
  'code.extraction',
  'reward.functions',
  'reward.weights',
  'prompt.style',
  'alignment.prompts',
  'alignment.maxNewTokens',
  'alignment.format',
  'alignment.reward',
  'alignment.grading',
  'records.source',
  'records.input',
  'records.exceptions',
  'records.minSteps',
  'records.maxVariables',
  'records.maxLabelChars',
  'records.maxLabelItems',
  'records.maxAnswerTokens',
  'records.deduplicate',
  'records.strategy',
  'records.maxAge',
  'records.capPerTask',
  'records.capacity',
  'sandbox.codeBytes',
  'sandbox.outputBytes',
  'sandbox.valueBytes',
  'sandbox.steps',
  'sandbox.callMs',
  'sandbox.jobMs',
  'sandbox.heapMegabytes',
] as const satisfies readonly ConfigKey[];

/** settings.json and the package, by path. */
export function loopFiles(config: Config): readonly (readonly [string, string])[] {
  const settings = Object.fromEntries(LOOP_KEYS.map((key) => [key, config[key]]));
  return [['settings.json', `${JSON.stringify(settings, null, 2)}\n`], ...loopPackage];
}

/** Outside of Tracewise a program is run by its function's name. */
const isJudged = ({ stdin, entryPoint }: Task): boolean => stdin === undefined && !isNested(entryPoint);

/**
 * Tasks to learn from, those of the run among them, and tasks to measure on.
 * @param tasks all of the set that the run took from, where they are at hand; at least those it asked
 * @throws ExportError
 */
export function loopTasks(
  run: RunData,
  tasks: readonly Task[],
): { readonly train: readonly Task[]; readonly heldout: readonly Task[] } {
  const asked = askedPrompts(run, tasks).flatMap((one) => (one.kind === 'codegen' ? [one.task] : []));
  const judged = tasks.filter(isJudged);
  const rest = judged.filter(({ id, split }) => split === 'train' && !asked.some((task) => task.id === id));
  // In the order of the set: the loop's shuffles are then those of a run here.
  const train = judged.filter((task) => asked.includes(task) || rest.includes(task));
  return { train, heldout: judged.filter(({ split }) => split === 'heldout') };
}

/** NOT-CARRIED.md. @param lost a sentence each @param settings `key=value`, a line per section */
export function notCarried(target: string, lost: readonly string[], settings: readonly string[]): string {
  const list = (items: readonly string[]): string =>
    items.length === 0 ? 'Nothing.\n' : items.map((item) => `- ${item}\n`).join('');
  return [
    `# What ${target} does not carry\n`,
    `The loop of this run goes along whole (tracewise_rl): tasks, tests, records, questions, rewards. ${target} samples,`,
    'estimates advantages and updates in its own way.\n',
    '## Otherwise than in the run\n',
    list(lost),
    '## Settings that nothing there reads\n',
    list(settings),
    '## Always otherwise\n',
    '- A batch there has one size: where the buffer has no question yet, a task stands in its place (alignment.fill code).',
    '- Programs run in CPython of this machine, behind limits of its system (rewards.py says which), not in WebAssembly. A set of',
    '  strings may be walked in another order. A judged program ends by the clock (sandbox.jobMs) and 64 KiB of output, a traced',
    '  one by its lines as well (sandbox.steps).',
    '- What is drawn is drawn from the same seed, but sampling is theirs: a run there does not repeat a run here.\n',
  ].join('\n');
}
