/**
 * Which moments of a recording the chapters show: chosen by rule, so that any
 * recording will do and none is written into a text. Pure; each rule says what makes
 * an example good to read. Null where a recording has none.
 */
import { isMixed, passedOf } from '../../experiment/story.ts';
import type { AlignmentGroup, CodeGroup, CodeRollout, TrainerEvent } from '../../learning/events.ts';
import { traceSteps } from '../view/trace-steps.ts';

export interface FoundGroup<G> {
  readonly step: number;
  /** Place among the groups of the step, from 0. */
  readonly index: number;
  readonly group: G;
}

function* groupsOf<K extends 'code' | 'alignment'>(
  events: Iterable<TrainerEvent>,
  kind: K,
): Generator<FoundGroup<K extends 'code' ? CodeGroup : AlignmentGroup>> {
  for (const event of events) {
    if (event.type !== 'rollouts') continue;
    for (const [index, group] of event.groups.entries()) {
      if (group.kind !== kind) continue;
      yield { step: event.step, index, group: group as K extends 'code' ? CodeGroup : AlignmentGroup };
    }
  }
}

const distinct = (group: CodeGroup): number =>
  new Set(group.rollouts.map(({ completion }) => completion)).size;
const longest = (group: CodeGroup): number =>
  Math.max(0, ...group.rollouts.map(({ completion }) => completion.length));

/** The best by score; of equals the first. */
function best<T>(items: Iterable<T>, score: (item: T) => number): T | null {
  let chosen: T | null = null;
  let highest = -Infinity;
  for (const item of items) {
    const value = score(item);
    if (value > highest) [chosen, highest] = [item, value];
  }
  return chosen;
}

/**
 * Chapter 1: a prompt of the first step whose rollouts go apart and are short enough to watch being written.
 * Only the first step with code counts, so that it is known as soon as that much of a recording has arrived.
 */
export function policyExample(events: Iterable<TrainerEvent>): FoundGroup<CodeGroup> | null {
  let first: number | null = null;
  const candidates: FoundGroup<CodeGroup>[] = [];
  for (const found of groupsOf(events, 'code')) {
    first ??= found.step;
    if (found.step !== first) break;
    candidates.push(found);
  }
  return best(candidates, ({ group }) => {
    const whole = group.rollouts.every(({ finish }) => finish === 'eos');
    const variety = Math.min(5, distinct(group));
    return variety + (whole ? 1 : 0) + (isMixed(group) ? 1.5 : 0) - longest(group) / 80;
  });
}

export interface JudgeExample extends FoundGroup<CodeGroup> {
  /**
   * Places of the rollouts to be judged, in the order they were written: some pass,
   * some fail, no program twice.
   */
  readonly chosen: readonly number[];
}

const MOST_TO_JUDGE = 3;

/**
 * Chapter 2: a mixed group with short programs, one of which returns a wrong value.
 * `avoid`: a prompt shown already.
 */
export function judgeExample(events: Iterable<TrainerEvent>, avoid?: string): JudgeExample | null {
  const wrong = ({ verdict, failed }: CodeRollout) => verdict === 'wrong' && failed !== undefined;
  const mixed = [...groupsOf(events, 'code')].filter(
    ({ group }) => isMixed(group) && group.prompt !== avoid && group.rollouts.some(wrong),
  );
  const found = best(mixed, ({ group, step }) => {
    const programs = Math.min(4, distinct(group));
    const kinds = new Set(group.rollouts.map(({ verdict }) => verdict)).size;
    return programs + 0.5 * kinds - longest(group) / 60 - 0.01 * step;
  });
  if (found === null) return null;
  const { rollouts } = found.group;
  const pass = rollouts.findIndex(({ verdict }) => verdict === 'pass');
  const firstWrong = rollouts.findIndex(wrong);
  const others = rollouts.flatMap((rollout, i) =>
    rollouts.findIndex(({ completion }) => completion === rollout.completion) === i &&
    i !== pass &&
    i !== firstWrong &&
    rollout.completion !== rollouts[firstWrong]?.completion
      ? [i]
      : [],
  );
  const chosen = [pass, firstWrong, ...others].slice(0, MOST_TO_JUDGE).sort((a, b) => a - b);
  return { ...found, chosen };
}

/**
 * Chapter 3: the first mixed group in which one side is the rarer and still has two
 * rollouts; else the first one without a lone winner or loser, else the first mixed one.
 */
export function advantageExample(events: Iterable<TrainerEvent>): FoundGroup<CodeGroup> | null {
  const mixed = [...groupsOf(events, 'code')].filter(
    ({ group }) => isMixed(group) && group.rollouts.every(({ reward }) => reward !== null),
  );
  return best(mixed, ({ group }) => {
    const rarer = Math.min(passedOf(group), group.rollouts.length - passedOf(group));
    return (rarer >= 2 ? 2 : 0) + (rarer * 2 < group.rollouts.length ? 1 : 0);
  });
}

export interface TraceExample extends FoundGroup<AlignmentGroup> {
  /** The rollout that the program came from, when the recording holds it. */
  readonly origin: { readonly step: number; readonly rollout: CodeRollout; readonly prompt: string } | null;
}

/**
 * Chapters 4 and 5: a record whose trace is worth stepping through (a loop, a few
 * variables, short values) and whose answers differ: some right, some wrong, readable ones.
 */
export function traceExample(events: readonly TrainerEvent[]): TraceExample | null {
  const found = best(groupsOf(events, 'alignment'), ({ group }) => traceScore(group) + answerScore(group));
  return found === null ? null : { ...found, origin: originOf(events, found.group) };
}

/**
 * Lines of a trajectory in the order they ran, read off its marks: a recording has
 * hundreds of records, and none is walked for this.
 */
const executed = (answer: string): readonly string[] => answer.split('<ans>', 1)[0]?.match(/<L\d+>/g) ?? [];

function traceScore({ record }: AlignmentGroup): number {
  const steps = executed(record.answer);
  if (steps.length === 0) return 0;
  const visits = new Map<string, number>();
  for (const mark of steps) visits.set(mark, (visits.get(mark) ?? 0) + 1);
  // The head of a loop runs once more than its body: three visits are two rounds.
  const rounds = Math.min(3, Math.max(...visits.values()) - 1);
  const names = record.variables.filter(({ name }) => name !== 'return').length;
  const widest = Math.max(...record.variables.map(({ value }) => value.length));
  const isMany = steps.length > 18 ? steps.length - 18 : 0;
  return (
    2 * rounds +
    Math.min(3, names) -
    Math.max(0, names - 4) -
    0.5 * isMany -
    0.15 * Math.max(0, widest - 10) -
    record.program.length / 90
  );
}

function answerScore({ rollouts }: AlignmentGroup): number {
  const readable = rollouts.filter(({ malformed }) => malformed === null);
  const rewards = new Set(readable.map(({ reward }) => reward));
  const isPartly = readable.some(({ reward }) => reward !== null && reward > 0 && reward < 1);
  return 2 * Math.min(3, rewards.size) + (isPartly ? 3 : 0) + (readable.length === rollouts.length ? 0.5 : 0);
}

function originOf(events: readonly TrainerEvent[], { record }: AlignmentGroup): TraceExample['origin'] {
  for (const { step, group } of groupsOf(events, 'code')) {
    if (step > record.bornAt) break;
    if (step !== record.bornAt || group.taskId !== record.taskId) continue;
    const rollout = group.rollouts.find(
      ({ completion }) => group.prompt + completion === record.program || record.program.endsWith(completion),
    );
    if (rollout) return { step, rollout, prompt: group.prompt };
  }
  return null;
}

/**
 * Chapter 5: an answer to be graded by the reader: partly right if there is one, else the first that can
 * be read. `shown`: an answer whose marks stand beside it already, taken only where no other will do.
 */
export function answerToGrade({ rollouts }: AlignmentGroup, shown: number | null = null): number {
  const share = (i: number) => rollouts[i]?.variables.filter(({ right }) => right).length ?? 0;
  const places = rollouts.map((_, i) => i).filter((i) => rollouts[i]?.malformed === null);
  const isPartly = (i: number) => share(i) > 0 && share(i) < (rollouts[i]?.variables.length ?? 0);
  const others = places.filter((i) => i !== shown);
  return others.find(isPartly) ?? others[0] ?? places.find(isPartly) ?? places[0] ?? 0;
}

/**
 * The variable a reader is asked for: the one with most redefinitions that is not the
 * return value; of equals the last named.
 */
export function variableToPredict(record: AlignmentGroup['record']): string | null {
  const steps = traceSteps(record);
  const names = record.variables.map(({ name }) => name).filter((name) => name !== 'return');
  const changes = (name: string) =>
    steps.filter(({ changed }) => changed.some((c) => c.name === name)).length;
  const loopHead = (name: string) =>
    new RegExp(`\\bfor\\b[^\\n]*\\b${name}\\b[^\\n]*\\bin\\b`).test(record.program);
  return best([...names].reverse(), (name) => changes(name) - (loopHead(name) ? 100 : 0));
}
