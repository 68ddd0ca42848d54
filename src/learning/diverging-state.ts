/**
 * Credit by diverging state: where a failing program first does what no right program of its task
 * does. Both run on one failing input under the run's own tracer. After EGCA (arXiv 2603.16158),
 * which holds a program to one curated solution. It gives no advantage; batch.ts does that.
 *
 * A state is what the entry call's variables hold. Names do not count: the i-th variable that a
 * program defines, arguments first, stands against the i-th of the other. A line that changes no
 * variable makes no state; a return makes one, of the value returned, and so does an exception.
 * The span is all lines that the failing program ran since the last state that both have: the fault
 * may be in the condition that led to a wrong line. Of several right programs the one counts with
 * which it goes together longest.
 */
import type { Tokenizer } from '../policy/types.ts';
import type { CallSpec, Sandbox, TraceResult } from '../sandbox/types.ts';
import { equalValues } from '../sandbox/equal.ts';
import { toLiteral } from '../sandbox/literal.ts';
import type { Value } from '../sandbox/value.ts';
import type { JudgedGroup, JudgedRollout } from './code-rollouts.ts';
import type { Divergence } from './events.ts';
import { chooseInput } from './funnel.ts';
import { tokenEnds } from './grade.ts';
import { traceToEnd } from './harness.ts';
import type { Config } from './config.ts';
import { continuedPrompt } from './prompts.ts';

/** Lines of a trace; a program that runs longer has no credit of its own. */
const MAX_LINES = 2_000;

interface VariableChange {
  /** Place of the variable in order of definition; -1 is the value returned, -2 an exception. */
  readonly variable: number;
  readonly name: string;
  readonly value: Value | null;
}

/** A change of the entry call's variables, and the lines run since the one before it, this one's last. */
export interface StateChange {
  readonly changes: readonly VariableChange[];
  /** 1-based in the program, in the order in which they ran. */
  readonly lines: readonly number[];
}

/** The changes of state of a traced call, in order. */
export function stateChanges(trace: Pick<TraceResult, 'steps'>): readonly StateChange[] {
  const places = new Map<string, number>();
  const placeOf = (name: string): number => {
    const place = places.get(name) ?? places.size;
    places.set(name, place);
    return place;
  };
  const found: StateChange[] = [];
  let lines: number[] = [];
  for (const { event, line, depth, changed } of trace.steps ?? []) {
    if (depth !== 0) continue;
    if (event === 'call') {
      for (const { name } of changed) placeOf(name);
      continue;
    }
    if (event === 'line') lines.push(line);
    const changes = changed.map(({ name, value }): VariableChange => ({
      variable: event === 'return' ? -1 : placeOf(name),
      name,
      value,
    }));
    if (event === 'exception') changes.push({ variable: -2, name: 'exception', value: null });
    if (changes.length === 0) continue;
    found.push({ changes: changes.sort((a, b) => a.variable - b.variable), lines });
    lines = [];
  }
  return found;
}

/** What is not wholly known counts as equal where it is shown alike. */
const sameValue = (a: Value | null, b: Value | null): boolean =>
  a === null || b === null ? a === b : equalValues(a, b, 'strict') || toLiteral(a) === toLiteral(b);

const sameChange = (a: StateChange, b: StateChange): boolean =>
  a.changes.length === b.changes.length &&
  a.changes.every((change, i) => {
    const other = b.changes[i]!;
    return change.variable === other.variable && sameValue(change.value, other.value);
  });

/** How many changes two programs share before the first that differs. */
function sharedStates(a: readonly StateChange[], b: readonly StateChange[]): number {
  const differs = a.findIndex((change, i) => b[i] === undefined || !sameChange(change, b[i]));
  return differs < 0 ? a.length : differs;
}

const shown = ({ changes }: StateChange): Divergence['did'] =>
  changes.map(({ name, value }) => ({ name, value: value === null ? '' : toLiteral(value) }));

/** Where the failing one leaves the right one it goes together with longest; null: it leaves none. */
export function divergence(
  failing: readonly StateChange[],
  right: readonly { readonly states: readonly StateChange[]; readonly rollout: number | null }[],
): Omit<Divergence, 'args' | 'tokens'> | null {
  let best: (typeof right)[number] | null = null;
  let most = -1;
  for (const one of right) {
    const shared = sharedStates(failing, one.states);
    if (shared > most) [best, most] = [one, shared];
  }
  const differing = failing[most];
  if (best === null || differing === undefined) return null;
  const instead = best.states[most];
  return {
    lines: [...new Set(differing.lines)].sort((a, b) => a - b),
    shared: most,
    did: shown(differing),
    instead: instead === undefined ? [] : shown(instead),
    against: best.rollout,
  };
}

/**
 * Where a program's text stands in its completion: the place of the program's first character,
 * negative where a prompt was put before it. Null: the program is not in one piece there.
 */
export function placeInCompletion(prompt: string, program: string, completion: string): number | null {
  const before = prompt.length;
  if (program.startsWith(prompt) && completion.startsWith(program.slice(before))) return -before;
  const whole = completion.lastIndexOf(program);
  if (whole >= 0) return whole;
  if (!program.startsWith(prompt)) return null;
  const rest = completion.lastIndexOf(program.slice(before));
  return rest < 0 ? null : rest - before;
}

/**
 * Tokens of a completion on these lines of its program. A token is on the line that holds its last
 * character; a line's end belongs to the line.
 * @param ends characters of completion up to and including each token
 * @param place of the program in the completion (placeInCompletion)
 */
export function tokensOnLines(
  ends: readonly number[],
  program: string,
  place: number,
  lines: readonly number[],
): readonly number[] {
  const wanted = new Set(lines);
  const lineAt: number[] = [];
  let line = 1;
  for (const character of program.split('')) {
    lineAt.push(line);
    if (character === '\n') line++;
  }
  return ends.flatMap((end, token) => {
    // The end of sequence and the like have no text.
    if (end === (token === 0 ? 0 : ends[token - 1])) return [];
    const at = end - 1 - place;
    return at >= 0 && at < lineAt.length && wanted.has(lineAt[at]!) ? [token] : [];
  });
}

export interface DivergingContext {
  readonly sandbox: Sandbox;
  readonly config: Config;
  readonly policy: { readonly tokenizer: Pick<Tokenizer, 'decode'> };
  readonly signal?: AbortSignal | undefined;
}

/**
 * Where each failing rollout of each group leaves the right programs of its task: those of its group,
 * and the task's solution. Null for the others, and where it cannot be told: no right program, a
 * program that could have touched the tracer, or lines that are not the completion's. Empty where
 * `code.credit` does not ask for it.
 */
export async function findDivergences(
  groups: readonly JudgedGroup[],
  context: DivergingContext,
): Promise<readonly (readonly (Divergence | null)[])[]> {
  if (context.config['code.credit'] === 'even') return [];
  return Promise.all(groups.map((group) => divergencesOf(group, context)));
}

async function divergencesOf(
  { task, rollouts }: JudgedGroup,
  { sandbox, config, policy, signal }: DivergingContext,
): Promise<readonly (Divergence | null)[]> {
  const decode = (ids: readonly number[]) => policy.tokenizer.decode(ids);
  const statesOf = async (code: string, call: CallSpec): Promise<readonly StateChange[] | null> => {
    const trace = await traceToEnd(code, call, MAX_LINES, { sandbox, signal });
    return trace && stateChanges(trace);
  };
  const traced = new Map<string, Promise<readonly StateChange[] | null>>();
  const states = (code: string, args: string): Promise<readonly StateChange[] | null> => {
    const key = JSON.stringify([code, args]);
    const known = traced.get(key) ?? statesOf(code, { entryPoint: task.entryPoint, args });
    traced.set(key, known);
    return known;
  };
  const solution = task.solution === undefined ? null : task.prompt + task.solution;
  const right = [
    ...rollouts.flatMap(({ verdict, program }, rollout) =>
      verdict === 'pass' && program !== null ? [{ program, rollout }] : [],
    ),
    ...(solution === null ? [] : [{ program: solution, rollout: null }]),
  ].filter(({ program }, i, all) => all.findIndex((one) => one.program === program) === i);
  const find = async (rollout: JudgedRollout): Promise<Divergence | null> => {
    const { program, verdict, text, tokens } = rollout;
    if (program === null || right.length === 0 || (verdict !== 'wrong' && verdict !== 'exception'))
      return null;
    const args = chooseInput({ task, failing: rollout.failing }, config['records.input']);
    const place = placeInCompletion(continuedPrompt(task), program, text);
    if (args === null || place === null) return null;
    const failing = await states(program, args);
    if (failing === null) return null;
    const others = await Promise.all(
      right.map(async (one) => ({ rollout: one.rollout, states: await states(one.program, args) })),
    );
    const found = divergence(
      failing,
      others.flatMap((one) => (one.states === null ? [] : [{ ...one, states: one.states }])),
    );
    if (found === null) return null;
    const on = tokensOnLines(tokenEnds(tokens, text, decode), program, place, found.lines);
    return on.length === 0 ? null : { ...found, args, tokens: on };
  };
  return Promise.all(rollouts.map(find));
}
