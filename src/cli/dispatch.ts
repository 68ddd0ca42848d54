/**
 * Finds the command that was asked for, runs it, and turns errors into one line and
 * an exit code. Knows no process: main.ts does.
 */
import { ConfigError } from '../learning/config.ts';
import { ExportError } from '../experiment/export/run-data.ts';
import { TaskFileError } from '../tasks/errors.ts';
import type { Command, Context } from './command.ts';
import { CommandError, EXIT, UsageError } from './errors.ts';

interface CommandEntry {
  readonly about: string;
  /** Loaded when asked for: `trace` has no use for a model. */
  readonly load: () => Promise<Command>;
}

const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  run: {
    about: 'train nano and show held-out pass@1 and alignment accuracy before and after',
    load: async () => (await import('./run.ts')).runCommand,
  },
  eval: {
    about: 'measure a model or an adapter on held-out tasks',
    load: async () => (await import('./eval.ts')).evalCommand,
  },
  trace: {
    about: 'show what a Python function does: outcome, result, last value of each variable',
    load: async () => (await import('./trace.ts')).traceCommand,
  },
  export: {
    about: 'write a run as files for other programs: CSV, PEFT, TRL, verl',
    load: async () => (await import('./export.ts')).exportCommand,
  },
  report: {
    about: 'write a run, or several as an experiment, as one HTML file with pictures and intervals',
    load: async () => (await import('./report-page.ts')).reportCommand,
  },
  judge: {
    about: "run completions against tests, in HumanEval's file formats",
    load: async () => (await import('./judge.ts')).judgeCommand,
  },
  plan: {
    about: 'say which difference between two arms N seeds and M tasks can show',
    load: async () => (await import('./plan.ts')).planCommand,
  },
  compass: {
    about: 'compare the gradients of writing code and of saying what it does',
    load: async () => (await import('./compass.ts')).compassCommand,
  },
  verify: {
    about: 'choose among candidates by what a model says they return',
    load: async () => (await import('./verify.ts')).verifyCommand,
  },
  census: {
    about: 'say what kind of mistake makes programs fail',
    load: async () => (await import('./census.ts')).censusCommand,
  },
  probe: {
    about: 'find what hidden states know of what programs do, layer by layer',
    load: async () => (await import('./probe.ts')).probeCommand,
  },
  settings: {
    about: 'list what --set key=value may change: ranges, defaults, meaning',
    load: async () => (await import('./settings.ts')).settingsCommand,
  },
};

const HELP = `Tracewise on the command line: npm run -s tracewise -- COMMAND

${Object.entries(COMMANDS)
  .map(([name, { about }]) => `  ${name.padEnd(10)}${about}`)
  .join('\n')}

COMMAND --help shows a command's options. Progress goes to standard error, results to standard output.
Exit codes: 0 done, 1 failed, 2 wrong usage or bad input, 130 stopped by Ctrl-C.
Python programs run here in processes of Node, behind no browser: use it for programs you would run anyway.`;

/** Runs one command line and returns its exit code; never throws. */
export async function dispatch(argv: readonly string[], context: Context): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    (name === undefined ? context.progress : context.out)(HELP);
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry === undefined) {
    context.progress(`tracewise: unknown command "${name}"; there are ${Object.keys(COMMANDS).join(', ')}`);
    return EXIT.usage;
  }
  try {
    const command = await entry.load();
    if (rest.includes('--help') || rest.includes('-h')) {
      context.out(`${entry.about}\n\n${command.usage}`);
      return EXIT.ok;
    }
    await command.run(rest, context);
    return EXIT.ok;
  } catch (error) {
    if (context.signal.aborted) {
      context.progress(`tracewise ${name}: stopped`);
      return EXIT.interrupted;
    }
    return report(name, error, context);
  }
}

function isCallersMistake(error: unknown): error is Error {
  const kinds = [UsageError, ConfigError, TaskFileError, ExportError];
  return kinds.some((kind) => error instanceof kind);
}

function report(name: string, error: unknown, context: Context): number {
  if (isCallersMistake(error)) {
    context.progress(`tracewise ${name}: ${error.message}`);
    return EXIT.usage;
  }
  const message = error instanceof Error ? error.message : String(error);
  context.progress(`tracewise ${name}: ${message}`);
  const advice = (error as { advice?: unknown } | null)?.advice;
  if (typeof advice === 'string') context.progress(advice);
  // An error nobody gave a sentence to is a defect of ours: its place is what a report needs.
  if (!(error instanceof CommandError) && typeof advice !== 'string' && error instanceof Error) {
    context.progress(error.stack ?? '');
  }
  return EXIT.failed;
}
