/**
 * Reward functions of one's own for programs: Python that runs in the sandbox like any other and says a
 * number, or None where it does not apply. Their weighted sum with the reward of the tests is a program's
 * reward, as in TRL. What a function got wrong is said in a line and is never a reward of 0.
 *
 * A function is any `def NAME_reward(completion, prompt, tests, trace, variables)` at the top of the
 * source. completion, prompt: texts. tests: dicts with `args`, `expected` (Python literals as texts) and
 * `passed` (True, False, None: not known). trace: the executed lines of the program on the input of its
 * record, dicts with `line`, `event`, `depth` and `changed`; variables: values at their last definitions.
 * Both are None where the program does not run to an end there.
 */
import { toLiteral } from '../sandbox/literal.ts';
import type { CallResult, Sandbox, TraceResult } from '../sandbox/types.ts';
import { floatNumber, isGradable, type Value } from '../sandbox/value.ts';
import { CODE_REWARD, type JudgedGroup, type JudgedRollout } from './code-rollouts.ts';
import type { Config } from './config.ts';
import type { TrainerEvent } from './events.ts';
import { chooseInput } from './funnel.ts';
import { orReason, traceToEnd } from './harness.ts';
import { functionNames, rewardWeights } from './reward-settings.ts';

/** The source does not load: nothing can be rewarded by it. */
export class RewardFunctionError extends Error {
  override readonly name = 'RewardFunctionError';
  readonly advice =
    'The run stands where it was before this step. Correct reward.functions (run --reward FILE), or leave it out.';
}

export interface CustomRewardsContext {
  readonly sandbox: Sandbox;
  readonly config: Config;
  readonly signal?: AbortSignal | undefined;
}

export interface CustomRewards {
  readonly groups: readonly JudgedGroup[];
  /** What functions got wrong, a line each: how often, and the first mistake. */
  readonly problems: readonly string[];
}

/** Put behind a source: whether it can be called says whether the source loads. */
const LOADED_NAME = '_is_loaded';
const LOADED = `\n\ndef ${LOADED_NAME}():\n    return True\n`;
/** Lines of a trace that a function is told; a longer one counts as not ended. */
const MAX_LINES = 1_000;

/**
 * The groups with what the functions add. A rollout for which a function failed has no reward (null) and
 * takes part in no mean, like one whose harness failed. @throws RewardFunctionError
 */
export async function customRewards(
  groups: readonly JudgedGroup[],
  context: CustomRewardsContext,
): Promise<CustomRewards> {
  const source = context.config['reward.functions'];
  const names = functionNames(source);
  const weights = rewardWeights(context.config);
  const ofTests = weights[CODE_REWARD] ?? 1;
  if (names.length === 0 && ofTests === 1) return { groups, problems: [] };
  const failures = new Map<string, { count: number; readonly first: string }>();
  let asked = 0;
  const rewarded = await Promise.all(
    groups.map(async (group) => {
      const said =
        names.length === 0 ? group.rollouts.map(() => []) : await ask(group, source, names, context);
      const rollouts = group.rollouts.map((rollout, i): JudgedRollout => {
        asked++;
        const parts: Record<string, number | null> = { [CODE_REWARD]: rollout.reward };
        let reward = rollout.reward === null ? null : ofTests * rollout.reward;
        names.forEach((name, n) => {
          const one = said[i]![n]!;
          const value = 'value' in one ? one.value : null;
          parts[name] = value;
          if ('problem' in one) {
            const known = failures.get(name) ?? { count: 0, first: one.problem };
            failures.set(name, { ...known, count: known.count + 1 });
            reward = null;
          } else if (reward !== null && value !== null) reward += (weights[name] ?? 1) * value;
        });
        return { ...rollout, reward, parts };
      });
      return { ...group, rollouts };
    }),
  );
  const problems = [...failures].map(
    ([name, { count, first }]) =>
      `The reward function ${name} failed on ${count} of ${asked} programs: ${first}; these have no reward.`,
  );
  return { groups: rewarded, problems };
}

export const rewardWarning = (step: number, message: string): TrainerEvent => ({
  type: 'warning',
  step,
  message,
  advice:
    'The run goes on. Correct reward.functions, or let the function return None where it does not apply.',
});

type Said = { readonly value: number | null } | { readonly problem: string };

/** What each function says of each rollout, equal programs asked once. @throws RewardFunctionError */
async function ask(
  { task, rollouts }: JudgedGroup,
  source: string,
  names: readonly string[],
  { sandbox, config, signal }: CustomRewardsContext,
): Promise<readonly (readonly Said[])[]> {
  const different = rollouts.filter(({ text }, i) => rollouts.findIndex((one) => one.text === text) === i);
  const isTraced = readsTrace(source);
  const args = await Promise.all(
    different.map(async (rollout) => {
      const traced = isTraced ? await traceOf(rollout, task, { sandbox, config, signal }) : null;
      return [
        textOf(rollout.text),
        textOf(task.prompt),
        testsOf(task, rollout),
        traceText(traced),
        variablesText(traced),
      ].join(', ');
    }),
  );
  const calls = args.flatMap((text) => names.map((entryPoint) => ({ entryPoint, args: text })));
  const job = { code: source + LOADED, calls: [{ entryPoint: LOADED_NAME, args: '' }, ...calls] };
  const answer = await orReason(sandbox.run(job, signal), signal);
  const [loaded, ...results] = 'reason' in answer ? [] : answer.value.calls;
  if (loaded !== undefined && loaded.outcome !== 'ok')
    throw new RewardFunctionError(`The reward functions do not load: ${errorOf(loaded)}.`);
  const said = different.map((_, d) =>
    names.map((__, n): Said => {
      const call = results[d * names.length + n];
      return call === undefined
        ? { problem: 'reason' in answer ? answer.reason : 'the sandbox gave no answer' }
        : numberOf(call);
    }),
  );
  return rollouts.map(({ text }) => said[different.findIndex((one) => one.text === text)]!);
}

/** The number that a call gave, None as null. */
function numberOf(call: CallResult): Said {
  if (call.outcome !== 'ok' || call.value === undefined) return { problem: errorOf(call) };
  const { value } = call;
  if (value.type === 'none') return { value: null };
  if (value.type === 'bool') return { value: value.value ? 1 : 0 };
  const number =
    value.type === 'int' ? Number(value.value) : value.type === 'float' ? floatNumber(value.value) : NaN;
  if (Number.isFinite(number)) return { value: number };
  return { problem: `it returned ${toLiteral(value).slice(0, 80)}, which is no finite number and not None` };
}

function errorOf({ outcome, error }: CallResult): string {
  // What a limit ended is named by the limit.
  if (error === undefined || (outcome !== 'exception' && outcome !== 'syntax-error')) return outcome;
  const { type, message, line } = error;
  const place = line === undefined ? '' : `line ${line}: `;
  return `${place}${type}${message === '' ? '' : `: ${message.split('\n', 1)[0]!}`}`;
}

/** Whether a function reads more of its arguments than what every rollout has at hand. */
export const readsTrace = (source: string): boolean =>
  /\b(?:trace|variables)\b/.test(source.replace(/^def \w+\s*\([^)]*\)/gm, ''));

async function traceOf(
  rollout: JudgedRollout,
  task: JudgedGroup['task'],
  { config, ...where }: CustomRewardsContext,
): Promise<TraceResult | null> {
  const args = chooseInput({ task, failing: rollout.failing }, config['records.input']);
  if (rollout.program === null || args === null) return null;
  return traceToEnd(rollout.program, { entryPoint: task.entryPoint, args }, MAX_LINES, where);
}

/** Python's literal of a text. */
const textOf = (value: string): string => toLiteral({ type: 'str', value });
/** As a literal; what is not wholly known as the text that shows it. */
const literalOf = (value: Value): string => (isGradable(value) ? toLiteral(value) : textOf(toLiteral(value)));
const dictOf = (entries: readonly (readonly [string, string])[]): string =>
  `{${entries.map(([name, value]) => `${textOf(name)}: ${value}`).join(', ')}}`;

const traceText = (trace: TraceResult | null): string =>
  trace === null
    ? 'None'
    : `[${(trace.steps ?? [])
        .map(({ line, event, depth, changed }) =>
          dictOf([
            ['line', String(line)],
            ['event', textOf(event)],
            ['depth', String(depth)],
            ['changed', dictOf(changed.map(({ name, value }) => [name, literalOf(value)] as const))],
          ]),
        )
        .join(', ')}]`;

const variablesText = (trace: TraceResult | null): string =>
  trace === null
    ? 'None'
    : dictOf(trace.definitions.map(({ name, value }) => [name, literalOf(value)] as const));

/** Tests with what is known of them: those with examples of their own are judged one by one. */
function testsOf({ visible, hidden, check, stdin }: JudgedGroup['task'], rollout: JudgedRollout): string {
  const failed = new Set(rollout.failing.map(({ args }) => args));
  const isKnown = check === undefined && stdin === undefined && rollout.verdict !== 'harness-error';
  const hasRun = rollout.verdict !== 'no-program' && rollout.verdict !== 'syntax-error';
  const tests = [...visible, ...hidden].map(({ args, expected }) =>
    dictOf([
      ['args', textOf(args)],
      ['expected', textOf(expected)],
      ['passed', !isKnown ? 'None' : hasRun && !failed.has(args) ? 'True' : 'False'],
    ]),
  );
  return `[${tests.join(', ')}]`;
}
