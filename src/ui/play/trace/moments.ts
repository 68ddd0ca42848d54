/**
 * A trace as moments that one can step through: after each executed line the stack of calls, every variable
 * with what it was before, and the output so far. Data in, data out; it runs nothing and draws nothing.
 */
import { toLiteral } from '../../../sandbox/literal.ts';
import type { TraceResult, TraceStep } from '../../../sandbox/types.ts';

export interface Variable {
  readonly name: string;
  /** Python literal. */
  readonly value: string;
  /** What it was before the present moment changed it. */
  readonly before: string | null;
  readonly state: 'new' | 'changed' | 'same';
}

export interface Frame {
  /** Unique within the trace: two calls of one function are two frames. */
  readonly id: number;
  readonly name: string;
  /** The call's arguments, e.g. `n = 3`. */
  readonly args: string;
  /** The line it is at; while it calls another, the line that calls. */
  readonly line: number | null;
  readonly variables: readonly Variable[];
  /** What it is returning in this moment. */
  readonly returns: string | null;
}

export interface Moment {
  readonly event: 'call' | 'line' | 'return' | 'exception';
  /** The line that has just run, and the one that comes next. */
  readonly just: number | null;
  readonly next: number | null;
  /** Outermost first; never empty. */
  readonly frames: readonly Frame[];
  readonly stdout: string;
}

interface ShownValue {
  readonly text: string;
  readonly before: string | null;
  /** Moment of its last change. */
  readonly at: number;
}

interface Open {
  readonly id: number;
  readonly name: string;
  readonly args: string;
  line: number | null;
  returns: string | null;
  /** A line that is still running, since it calls another function. */
  pending: TraceStep | null;
  readonly values: Map<string, ShownValue>;
}

export function momentsOf({ steps = [], stdout }: TraceResult): readonly Moment[] {
  const walk = new Walk(steps, stdout);
  steps.forEach((_, i) => walk.take(i));
  return walk.moments;
}

class Walk {
  readonly moments: Moment[] = [];
  #stack: Open[] = [];
  #frames = 0;
  /** Generators between a yield and the next resume. */
  readonly #suspended = new Map<string, Open>();
  readonly #steps: readonly TraceStep[];
  readonly #stdout: readonly string[];

  constructor(steps: readonly TraceStep[], stdout: string) {
    this.#steps = steps;
    this.#stdout = [...stdout]; // Python counts code points
  }

  take(i: number): void {
    const step = this.#steps[i]!;
    const next = this.#steps[i + 1];
    this.#stack.length = Math.min(this.#stack.length, step.event === 'call' ? step.depth : step.depth + 1);
    if (step.event === 'call') return this.#enter(step, i);
    const frame = this.#stack[step.depth];
    if (!frame) return;
    frame.line = step.line;
    if (step.event === 'line') {
      frame.pending = step;
      // A line that calls is over when the call is; a line that returns is shown as the return.
      const calls = next !== undefined && next.depth > step.depth;
      const leaves = next?.depth === step.depth && (next.event === 'return' || next.event === 'exception');
      if (!calls) this.#settle(frame);
      if (!calls && !leaves) this.#show('line', step.line, i);
      return;
    }
    this.#settle(frame);
    const returned = step.changed.find(({ name }) => name === 'return');
    frame.returns = returned ? toLiteral(returned.value) : null;
    if (step.event === 'return' && !returned) this.#suspended.set(frame.name, frame);
    this.#show(step.event, step.line, i);
    const caller = this.#stack[step.depth - 1];
    if (caller?.pending && next && next.depth < step.depth && next.event !== 'exception') {
      const { line } = caller.pending;
      this.#stack.pop();
      this.#settle(caller);
      if (next.event === 'line') this.#show('line', line, i);
    }
  }

  #enter(step: TraceStep, i: number): void {
    const kept = step.changed.length === 0 ? this.#suspended.get(step.function) : undefined;
    this.#suspended.delete(step.function);
    const args = step.changed.map(({ name, value }) => `${name} = ${toLiteral(value)}`).join(', ');
    const frame: Open = kept ?? {
      id: this.#frames++,
      name: step.function,
      args,
      line: null,
      returns: null,
      pending: null,
      values: new Map(),
    };
    frame.returns = null;
    this.#stack.push(frame);
    this.#set(frame, step);
    this.#show('call', null, i);
  }

  #settle(frame: Open): void {
    if (frame.pending) this.#set(frame, frame.pending);
    frame.pending = null;
  }

  #set({ values }: Open, { changed }: TraceStep): void {
    for (const { name, value } of changed) {
      values.set(name, {
        text: toLiteral(value),
        before: values.get(name)?.text ?? null,
        at: this.moments.length,
      });
    }
  }

  #show(event: Moment['event'], just: number | null, i: number): void {
    const next = this.#steps[i + 1];
    const at = this.moments.length;
    this.moments.push({
      event,
      just,
      next: next === undefined || (next.event !== 'line' && next.event !== 'call') ? null : next.line,
      frames: this.#stack.map(({ id, name, args, line, returns, values }) => ({
        id,
        name,
        args,
        line,
        returns,
        variables: [...values].map(([variable, value]) => shown(variable, value, at)),
      })),
      stdout: this.#stdout.slice(0, next?.stdoutLength).join(''),
    });
  }
}

function shown(name: string, { text, before, at }: ShownValue, now: number): Variable {
  if (at !== now) return { name, value: text, before: null, state: 'same' };
  return { name, value: text, before, state: before === null ? 'new' : 'changed' };
}
