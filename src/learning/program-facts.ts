/**
 * What the sandbox says of programs beside their verdicts: the hash of their syntax
 * tree, and what they do on an input. Each is asked once, whoever wants to know, and
 * may be asked before it is needed: a program that has just been judged is traced while
 * others are still being written. The answers are the same whenever they are asked for.
 */
import type { CallSpec, Sandbox } from '../sandbox/types.ts';
import { resultOrNull } from './harness.ts';
import { traceProgram, type Traced } from './truth.ts';

export interface FactsOptions {
  readonly sandbox: Sandbox;
  /** Whether traces hold the trajectory in the text form of the trace format. */
  readonly withTrajectory: boolean;
  readonly signal?: AbortSignal | undefined;
}

export class ProgramFacts {
  readonly #options: FactsOptions;
  readonly #prints = new Map<string, Promise<string | null>>();
  readonly #traces = new Map<string, Promise<Traced | null>>();

  constructor(options: FactsOptions) {
    this.#options = options;
  }

  /** Null when the program does not parse, or the harness failed. */
  fingerprint(program: string): Promise<string | null> {
    const { sandbox, signal } = this.#options;
    return once(this.#prints, program, async () => {
      const prints = await resultOrNull(sandbox.fingerprint([program]), signal);
      return prints?.[0] ?? null;
    });
  }

  /** Null when the harness failed. */
  trace(program: string, call: CallSpec): Promise<Traced | null> {
    const { sandbox, withTrajectory, signal } = this.#options;
    const key = JSON.stringify([program, call.entryPoint, call.args]);
    return once(this.#traces, key, () => traceProgram(program, call, withTrajectory, sandbox, signal));
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const asked = known.get(key) ?? ask();
  known.set(key, asked);
  // Whoever needs the answer awaits it; until then a failure must not count as unhandled.
  asked.catch(() => undefined);
  return asked;
}
