/**
 * A trace as moments that one can step through: after each executed line the stack of calls, every variable
 * with what it was before, and the output so far. An object that is held in several places is the same in all
 * of them, since the tracer numbers objects. Data in, data out; it runs nothing and draws nothing.
 */
import { toLiteral } from '../../../sandbox/literal.ts';
import { isContainer } from '../../view/drawn-value.ts';
import type { TraceResult, TraceStep } from '../../../sandbox/types.ts';
import type { Value } from '../../../sandbox/value.ts';

export interface Variable {
  readonly name: string;
  /** Python literal. */
  readonly value: string;
  /** What it was before the present moment changed it. */
  readonly before: string | null;
  readonly state: 'new' | 'changed' | 'same';
  /** The value itself, and what `before` says. */
  readonly now: Value;
  readonly was: Value | null;
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
  /** The value itself. */
  readonly returned: Value | null;
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
  readonly value: Value;
  readonly before: Value | null;
  /** Moment of its last change. */
  readonly at: number;
}

interface Open {
  readonly id: number;
  readonly name: string;
  readonly args: string;
  line: number | null;
  returned: Value | null;
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
  /** The newest content of each object. */
  readonly #objects = new Map<number, Value>();
  /** What was last shown of each variable, by frame. */
  readonly #shown = new Map<number, Map<string, Value>>();
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
    frame.returned = returned?.value ?? null;
    if (returned) this.#note(returned.value);
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
      returned: null,
      pending: null,
      values: new Map(),
    };
    frame.returned = null;
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
      this.#note(value);
      values.set(name, {
        value,
        before: values.get(name)?.value ?? null,
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
      frames: this.#stack.map(({ id, name, args, line, returned, values }) => ({
        id,
        name,
        args,
        line,
        returns: returned === null ? null : toLiteral(returned),
        returned,
        variables: [...values].map(([variable, value]) => this.#variable(id, variable, value, at)),
      })),
      stdout: this.#stdout.slice(0, next?.stdoutLength).join(''),
    });
  }

  /** What is in this value is the newest there is of its objects. */
  #note(value: Value): void {
    if (isContainer(value) && value.id !== undefined) this.#objects.set(value.id, value);
    for (const child of childrenOf(value)) this.#note(child);
  }

  /** The value with its objects as they are now: another frame may have changed them under another name. */
  #resolve(value: Value, path: readonly number[] = []): Value {
    const id = isContainer(value) ? value.id : undefined;
    const newest = id === undefined ? value : (this.#objects.get(id) ?? value);
    if (id !== undefined && path.includes(id)) return { type: 'ref', id };
    const inside = id === undefined ? path : [...path, id];
    if (newest.type === 'dict') {
      const entries = newest.entries.map(([key, item]) => [key, this.#resolve(item, inside)] as const);
      return entries.every(([, item], i) => item === newest.entries[i]![1]) ? newest : { ...newest, entries };
    }
    if (!isContainer(newest)) return newest;
    const items = newest.items.map((item) => this.#resolve(item, inside));
    return items.every((item, i) => item === newest.items[i]) ? newest : { ...newest, items };
  }

  #variable(frame: number, name: string, { value, before, at }: ShownValue, now: number): Variable {
    const own = this.#shown.get(frame) ?? new Map<string, Value>();
    this.#shown.set(frame, own);
    const last = own.get(name);
    const current = this.#resolve(value);
    own.set(name, current);
    const text = toLiteral(current);
    if (at === now) {
      // What a line changed in place was shown as it was before that line.
      const was = before === null ? null : (last ?? before);
      const state = was === null ? 'new' : 'changed';
      return { name, value: text, before: was === null ? null : toLiteral(was), state, now: current, was };
    }
    const was = last !== undefined && last !== current && toLiteral(last) !== text ? last : null;
    const state = was === null ? 'same' : 'changed';
    return { name, value: text, before: was === null ? null : toLiteral(was), state, now: current, was };
  }
}

const childrenOf = (value: Value): readonly Value[] =>
  value.type === 'dict' ? value.entries.map(([, item]) => item) : isContainer(value) ? value.items : [];
