/**
 * What is probed: programs that a policy wrote, as it wrote them and as it reads them,
 * and what is true of each: whether it passes, what a variable holds in the end, which
 * way a branch goes. Programs run here; hidden states are read in states.ts.
 */
import type { JudgedGroup, JudgedRollout } from '../../learning/code-rollouts.ts';
import { placeInCompletion } from '../../learning/diverging-state.ts';
import { tokenEnds } from '../../learning/grade.ts';
import { resultOrNull } from '../../learning/harness.ts';
import { continuedPrompt, questionPrompt, type PromptStyle } from '../../learning/prompts.ts';
import { encodePrompt } from '../../policy/tokenizer/encode-prompt.ts';
import type { Sequence, Tokenizer } from '../../policy/types.ts';
import type { Sandbox, TraceResult } from '../../sandbox/types.ts';
import type { AlignmentFormat } from '../../tasks/alignment/types.ts';
import type { Task } from '../../tasks/types.ts';
import { accumulatorOf, squeezed, valuesSoFar } from './values-so-far.ts';

/** `writing`: behind the description, as it is written. `reading`: in a question about it, with an input. */
export const CONTEXTS = ['writing', 'reading'] as const;
export type ProbeContext = (typeof CONTEXTS)[number];

/** What a probe is asked for. */
export const TARGETS = ['passes', 'value', 'branch'] as const;
export type Target = (typeof TARGETS)[number];

export interface ProbeText {
  readonly taskId: string;
  readonly program: string;
  /** Its completion is what is probed, and one more token, whose place is the end of the text. */
  readonly sequences: Readonly<Record<ProbeContext, Sequence>>;
  /**
   * `passes`: 1 or 0. `value`: sign(v) log(1 + |v|) of the whole number that a variable was given last, at
   * the first visible input. `branch`: 1 where the first `if` of the program was true when it was first met.
   * Null: not known, or there is none.
   */
  readonly targets: Readonly<Record<Target, number | null>>;
  /** By token of what was written: the accumulator's value so far (accumulator.ts); null: it has none. */
  readonly accumulator: readonly (number | null)[] | null;
}

export interface TextOptions {
  readonly sandbox: Sandbox;
  readonly format: AlignmentFormat;
  readonly tokenizer: Tokenizer;
  readonly style: PromptStyle;
  /** Tokens that a text may have. */
  readonly longest: number;
  readonly signal?: AbortSignal | undefined;
}

/** Different programs of each task that end on its first visible input and can be asked about. */
export async function probeTexts(groups: readonly JudgedGroup[], options: TextOptions): Promise<ProbeText[]> {
  const texts = groups.flatMap(({ task, rollouts }) => {
    const different = new Map(
      rollouts
        .filter(({ program, reward, finish }) => program !== null && reward !== null && finish === 'eos')
        .map((rollout) => [rollout.program, rollout]),
    );
    return [...different.values()].map((rollout) => textOf(task, rollout, options));
  });
  return (await Promise.all(texts)).filter((text) => text !== null);
}

async function textOf(
  task: Task,
  { program: found, reward, promptTokens, tokens, text }: JudgedRollout,
  { sandbox, format, tokenizer, style, longest, signal }: TextOptions,
): Promise<ProbeText | null> {
  const [example] = task.visible;
  if (example === undefined || found === null || reward === null) return null;
  const program = found;
  const writing = { prompt: promptTokens, completion: tokens };
  const call = { entryPoint: task.entryPoint, args: example.args };
  const question = format.prompt({ program, ...call });
  if (question === null) return null;
  const trace = await resultOrNull(sandbox.trace({ code: program, call, mode: 'steps' }, signal), signal);
  if (trace?.outcome !== 'ok' || !trace.isPlain) return null;
  const asked = encodePrompt(tokenizer, questionPrompt(question, tokenizer, style));
  const reading = { prompt: asked.slice(0, 1), completion: [...asked.slice(1), tokenizer.eosId] };
  if ([writing, reading].some(({ prompt, completion }) => prompt.length + completion.length > longest))
    return null;
  const place = placeInCompletion(continuedPrompt(task), program, text);
  const changes = place === null ? null : accumulatorOf(program, trace.steps ?? []);
  const ends = () => tokenEnds(tokens, text, (ids) => tokenizer.decode(ids));
  return {
    taskId: task.id,
    program,
    sequences: { writing, reading },
    targets: { passes: reward, value: lastNumber(trace), branch: firstBranch(program, trace) },
    accumulator: changes === null ? null : valuesSoFar(changes, program, ends(), place!),
  };
}

/** Of the whole numbers that variables were given last, the last one given, squeezed. */
function lastNumber({ definitions }: TraceResult): number | null {
  const last = [...definitions]
    .sort((a, b) => b.step - a.step)
    .map(({ value }) => (value.type === 'int' ? Number(value.value) : Number.NaN))
    .find(Number.isFinite);
  return last === undefined ? null : squeezed(last);
}

/** Whether the body of the first `if` was entered when it was first met; null where none was met. */
function firstBranch(program: string, { steps = [] }: TraceResult): number | null {
  const lines = program.split('\n');
  const at = lines.findIndex((line) => /^\s+if .*:\s*$/.test(line)) + 1;
  if (at === 0) return null;
  const ran = steps.filter(({ event, depth }) => event === 'line' && depth === 0);
  const met = ran.findIndex(({ line }) => line === at);
  const next = ran[met + 1];
  if (met < 0 || next === undefined) return null;
  return next.line === at + 1 ? 1 : 0;
}
