/**
 * Further directions for the compass: alignment prompts that are not trained, screened before anybody
 * trains them. `repair`: an own failed program with what it gave and what was expected, to be written
 * anew and judged by the tests; its control has the expected values of other tasks. `surface`: what a
 * failed program returns, asked in nano's marks or as a comment behind the body, with the description
 * and without. Prompts and rows are made here; gradients are measured as those of any direction.
 */
import { sampleCode, type CodeSampler, type JudgedGroup } from '../../learning/code-rollouts.ts';
import type { AlignmentRecord } from '../../learning/events.ts';
import { codeSampling } from '../../learning/settings.ts';
import { returnName } from '../../tasks/alignment/types.ts';
import type { Task } from '../../tasks/types.ts';
import {
  policyRows,
  solutionRows,
  splitRows,
  supervised,
  type CompassMaterial,
  type Direction,
  type DirectionContext,
} from './directions.ts';

export const FURTHER = ['repair', 'surface'] as const;
export type FurtherName = (typeof FURTHER)[number];

/** What sampling repairs takes. */
export type FurtherContext = CodeSampler & { readonly onProgress?: ((line: string) => void) | undefined };

/** Its directions, in the order in which they are shown. */
export async function furtherDirections(
  name: FurtherName,
  material: CompassMaterial,
  context: DirectionContext,
  options: FurtherContext,
): Promise<Direction[]> {
  return name === 'repair'
    ? repairDirections(material, context, options)
    : surfaceDirections(material, context);
}

/** A failed program of a task, and what became of it. */
interface FailedProgram {
  readonly task: Task;
  readonly program: string;
  readonly args: string;
  readonly got: string;
  readonly expected: string;
}

/** The first wrong program of each task that has one; an error is no value that was given. */
export function failuresOf(groups: readonly JudgedGroup[]): readonly FailedProgram[] {
  return groups.flatMap(({ task, rollouts }) => {
    const wrong = rollouts.find(({ verdict, failed }) => verdict === 'wrong' && failed !== undefined);
    if (wrong?.program == null || wrong.failed === undefined) return [];
    return [{ task, program: wrong.program, ...wrong.failed }];
  });
}

/**
 * The task with the failed program in comments before its function, so that what is written is judged as any
 * program: `# def f(xs):` ..., `# f([2]) -> 2`, `# f([2]) == 0`, `def f(xs):`.
 */
export function repairTask({ task, program, args, got }: FailedProgram, expected: string): Task {
  const lines = task.prompt.trimEnd().split('\n');
  const at = lines.findLastIndex((line) => line.startsWith('def '));
  const written = program.slice(program.indexOf(lines[at] ?? '')).trimEnd();
  const comments = [
    ...written.split('\n'),
    `${task.entryPoint}(${args}) -> ${got}`,
    `${task.entryPoint}(${args}) == ${expected}`,
  ].map((line) => `# ${line}`);
  return { ...task, prompt: [...lines.slice(0, at), ...comments, ...lines.slice(at)].join('\n') };
}

async function repairDirections(
  { tasks, code }: CompassMaterial,
  context: DirectionContext,
  { policy, sandbox, trusted, config, random, signal, onProgress }: FurtherContext,
): Promise<Direction[]> {
  const failures = failuresOf(code);
  const told = failures.map((failure) => repairTask(failure, failure.expected));
  // Every failure gets the expected value of the next one: the same surface, and
  // nothing to be learned from it.
  const shuffled = failures.map((failure, i) =>
    repairTask(failure, failures[(i + 1) % failures.length]!.expected),
  );
  const ids = tasks.map(({ id }) => id);
  const directions: Direction[] = [];
  for (const [name, list] of [
    ['repair', told],
    ['repair, shuffled', shuffled],
  ] as const) {
    const groups = await sampleCode(
      policy,
      list,
      {
        ...codeSampling(config),
        sandbox,
        trusted,
        extraction: config['code.extraction'],
        style: config['prompt.style'],
        signal,
      },
      // Equal uniforms for both: they differ in what was expected alone.
      random.fork('repair'),
    );
    const rollouts = groups.flatMap((group) => group.rollouts);
    const passed = rollouts.filter(({ verdict }) => verdict === 'pass').length;
    onProgress?.(`${name}: ${list.length} programs, ${passed} of ${rollouts.length} repairs pass`);
    directions.push(
      { name, parts: splitRows(policyRows(groups, [], context), ids, context.parts) },
      { name: `supervised ${name}`, parts: splitRows(solutionRows(list, context), ids, context.parts) },
    );
  }
  return directions;
}

/** Prompt and answer of one cell: what a record's program returns. */
export function surfaceText(
  { program, entryPoint, args, variables, prompt, answer }: AlignmentRecord,
  description: string | null,
  hasMarks: boolean,
): { readonly prompt: string; readonly text: string } | null {
  const head = description === null ? '' : `# ${description}\n`;
  if (hasMarks) return { prompt: head + prompt, text: answer };
  const returned = variables.find(({ name }) => name === returnName)?.value;
  if (returned === undefined) return null;
  const body = program.slice(program.indexOf(`def ${entryPoint}(`)).trimEnd();
  return { prompt: `${head}${body}\n# ${entryPoint}(${args}) ==`, text: ` ${returned}` };
}

function surfaceDirections({ tasks, alignment }: CompassMaterial, context: DirectionContext): Direction[] {
  const ids = tasks.map(({ id }) => id);
  const byId = new Map(tasks.map((task) => [task.id, task]));
  return [true, false].flatMap((hasMarks) =>
    [false, true].map((isDescribed): Direction => {
      const texts = alignment.flatMap(({ record }) => {
        const description = isDescribed ? (byId.get(record.taskId)?.description ?? null) : null;
        const found = surfaceText(record, description, hasMarks);
        return found === null ? [] : [{ taskId: record.taskId, ...found }];
      });
      const name = `${hasMarks ? 'marks' : 'comment'}${isDescribed ? ', described' : ''}`;
      return { name, parts: splitRows(supervised(texts, context.tokenizer), ids, context.parts) };
    }),
  );
}
