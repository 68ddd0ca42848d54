/**
 * `trace`: runs one call, or a file of calls, and shows the value of each variable at
 * its last definition. It grades nothing.
 */
import { toLiteral } from '../sandbox/literal.ts';
import type { CallSpec, Sandbox, TraceResult, TraceStep } from '../sandbox/types.ts';
import { isGradable, type Value } from '../sandbox/value.ts';
import { parseCall } from './call.ts';
import { parseOptions, required, type Command, type Context } from './command.ts';
import { openSandbox } from './engine.ts';
import { CommandError, UsageError } from './errors.ts';
import { readJsonl, readFileText, textField, withOutput } from './files.ts';
import { mapInOrder } from './in-order.ts';

interface Job {
  /** Where the call was written, for messages. */
  readonly place: string;
  readonly id: unknown;
  readonly code: string;
  readonly call: CallSpec;
}

export const traceCommand: Command = {
  usage: `trace --file P.py --call "f([1, 2])" [--steps] [--json]
trace --jsonl IN --out OUT [--steps] [--json]

  --file P.py     the program
  --call CALL     the call to trace; its arguments are Python literals
  --jsonl IN      rows {"id", "code", "call"}, one JSON object per line (may be gzip)
  --out OUT       one row per input row: id, outcome, result (Python literal or null),
                  variables [{name, value, line, step}], step_count, stdout, error; a value that
                  no literal says wholly is null, with its text for readers as "shown"
  --steps         every executed line as well
  --json          the result as one JSON object on standard output`,

  async run(argv, context) {
    const options = parseOptions(argv, {
      file: { type: 'string' },
      call: { type: 'string' },
      jsonl: { type: 'string' },
      out: { type: 'string' },
      steps: { type: 'boolean' },
      json: { type: 'boolean' },
    });
    const mode = options.steps === true ? 'steps' : 'final';
    if (options.jsonl !== undefined) {
      if (options.file !== undefined || options.call !== undefined) {
        throw new UsageError('--jsonl takes programs and calls from its rows: leave out --file and --call');
      }
      await traceRows(options.jsonl, required(options.out, 'out'), mode, options.json === true, context);
      return;
    }
    if (options.out !== undefined) throw new UsageError('--out belongs to --jsonl');
    const code = await readFileText(required(options.file, 'file'));
    const call = parseCall(required(options.call, 'call'));
    if (typeof call === 'string') throw new UsageError(`--call: ${call}`);
    await traceOne({ place: '--call', id: null, code, call }, mode, options.json === true, context);
  },
};

type Mode = 'final' | 'steps';

function trace(sandbox: Sandbox, job: Job, mode: Mode, signal: AbortSignal): Promise<TraceResult> {
  return sandbox.trace({ code: job.code, call: job.call, mode }, signal);
}

/**
 * A Python literal; where none says the value wholly (an object, a cut list), null
 * and the text for readers beside it.
 */
function literal<K extends 'result' | 'value'>(key: K, value: Value): Record<string, unknown> {
  return isGradable(value) ? { [key]: toLiteral(value) } : { [key]: null, shown: toLiteral(value) };
}

/** A result as plain JSON, values as Python literals. */
function toRow(result: TraceResult): Record<string, unknown> {
  return {
    outcome: result.outcome,
    ...(result.value === undefined ? { result: null } : literal('result', result.value)),
    variables: result.definitions.map(({ name, value, line, step }) => ({
      name,
      ...literal('value', value),
      line,
      step,
    })),
    step_count: result.stepCount,
    stdout: result.stdout,
    ...(result.error === undefined ? {} : { error: result.error }),
    ...(result.steps === undefined ? {} : { steps: result.steps.map(toStep) }),
  };
}

function toStep({ stdoutLength, ...step }: TraceStep): Record<string, unknown> {
  const changed = step.changed.map(({ name, value }) => ({ name, ...literal('value', value) }));
  return { ...step, changed, stdout_length: stdoutLength };
}

async function traceOne(job: Job, mode: Mode, json: boolean, { out, signal }: Context): Promise<void> {
  const sandbox = await openSandbox({ workers: 1, spare: false });
  try {
    const result = await trace(sandbox, job, mode, signal);
    signal.throwIfAborted();
    if (isBadCall(result)) throw new UsageError(`${job.place}: ${result.error?.message ?? 'not literals'}`);
    if (json) out(JSON.stringify(toRow(result)));
    else print(result, out);
    failOnHarnessErrors(result.outcome === 'harness-error' ? 1 : 0);
  } finally {
    await sandbox.dispose();
  }
}

function print(result: TraceResult, out: (line: string) => void): void {
  out(`outcome: ${result.outcome}`);
  if (result.value !== undefined) out(`result: ${toLiteral(result.value)}`);
  if (result.error !== undefined) {
    const { type, message, line } = result.error;
    out(`error: ${type}: ${message}${line === undefined ? '' : ` (line ${line})`}`);
  }
  out(`executed lines: ${result.stepCount}`);
  if (result.stdout !== '') out(`stdout:\n${result.stdout.replace(/\n$/, '')}`);
  for (const { name, value, line, step } of result.definitions) {
    out(`  ${name} = ${toLiteral(value)}    (line ${line}, step ${step})`);
  }
  for (const step of result.steps ?? []) {
    const changes = step.changed.map(({ name, value }) => `${name} = ${toLiteral(value)}`).join(', ');
    const indent = '  '.repeat(step.depth);
    out(
      `${String(step.index).padStart(5)}  ${indent}${step.function}:${step.line} ${step.event}  ${changes}`.trimEnd(),
    );
  }
}

async function traceRows(
  input: string,
  output: string,
  mode: Mode,
  json: boolean,
  { out, progress, signal }: Context,
): Promise<void> {
  const jobs = (await readJsonl(input)).map((row): Job => {
    if (row.value['id'] === undefined) throw new UsageError(`${input}:${row.line}: "id" is missing`);
    const call = parseCall(textField(input, row, 'call'));
    if (typeof call === 'string') throw new UsageError(`${input}:${row.line}: "call": ${call}`);
    return {
      place: `${input}:${row.line}: "call"`,
      id: row.value['id'],
      code: textField(input, row, 'code'),
      call,
    };
  });
  const counts = new Map<string, number>();
  const badCalls: string[] = [];
  await withOutput(output, async (file) => {
    const sandbox = await openSandbox();
    try {
      let done = 0;
      for await (const [job, result] of mapInOrder(
        jobs,
        sandbox.workers * 2,
        (each) => trace(sandbox, each, mode, signal),
        signal,
      )) {
        if (isBadCall(result)) badCalls.push(`${job.place}: ${result.error?.message ?? 'not literals'}`);
        counts.set(result.outcome, (counts.get(result.outcome) ?? 0) + 1);
        await file.write(`${JSON.stringify({ id: job.id, ...toRow(result) })}\n`);
        if (++done % 100 === 0) progress(`traced ${done} of ${jobs.length}`);
      }
    } finally {
      await sandbox.dispose();
    }
  });
  const summary = Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  if (json) out(JSON.stringify({ rows: jobs.length, outcomes: summary }));
  else {
    const parts = Object.entries(summary).map(([outcome, count]) => `${count} ${outcome}`);
    out(`traced ${jobs.length}: ${parts.join(', ')}`);
  }
  if (badCalls.length > 0) {
    throw new CommandError(
      `${badCalls.length} rows were not run, the others are in ${output}; first ${badCalls[0]}`,
    );
  }
  failOnHarnessErrors(counts.get('harness-error') ?? 0);
}

/** The sandbox could not read the arguments: the caller's mistake, not the program's. */
function isBadCall(result: TraceResult): boolean {
  return result.outcome === 'harness-error' && result.error?.type === 'BadArguments';
}

/** A harness error says nothing about the program: the caller must not take the row for an answer. */
function failOnHarnessErrors(count: number): void {
  if (count > 0)
    throw new CommandError(`${count} ended in a harness error, which is a defect of the sandbox`);
}
