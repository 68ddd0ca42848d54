/**
 * Renders a Jinja template of somebody else's within bounds on its operations and its text. It runs
 * @huggingface/jinja's interpreter and counts beside it; the library decides what a template means. A
 * template that goes beyond a bound is an error. Otherwise it could hang the page: rendering is synchronous,
 * and no clock could stop it.
 */
import { Environment, Interpreter, parse, Template, tokenize } from '@huggingface/jinja';

/**
 * Steps of one rendering: nodes evaluated, and what each makes by its size. A page of
 * chat takes some thousands. A second or less.
 */
const MOST_WORK = 1_000_000;
/** Of these, a turn of a loop beside its body: the library makes a dozen objects for it. */
const TURN_OF_LOOP = 20;
/** Characters, of a text or of all texts in a list, at any time. */
const MOST_TEXT = 2 ** 20;
/** Characters of a template. The longest in use have some ten thousand. */
const LONGEST_SOURCE = 2 ** 18;
/** White space in a row: the library's lexer takes time in its square. */
const LONGEST_SPACE = 2000;
/** Numbers of one range(). */
const LONGEST_RANGE = 100_000;
/** Spaces of one step of indentation. */
const WIDEST_INDENT = 64;

export class TemplateLimitError extends Error {
  override readonly name = 'TemplateLimitError';
}

export type Render = (variables: Readonly<Record<string, unknown>>) => string;

/**
 * @throws TemplateLimitError for a text that is longer than any template; what the
 * library throws for one that is none
 */
export function boundedTemplate(source: string): Render {
  if (source.length > LONGEST_SOURCE)
    throw new TemplateLimitError(`it has ${source.length} characters, ${LONGEST_SOURCE} are read`);
  if (new RegExp(`\\s{${LONGEST_SPACE}}`).test(source))
    throw new TemplateLimitError(`it has more than ${LONGEST_SPACE} characters of white space in a row`);
  const program = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
  return (variables) => {
    const environment = new Environment();
    for (const [name, value] of Object.entries({ ...globals, ...variables })) environment.set(name, value);
    return String(new BoundedInterpreter(environment).run(program).value);
  };
}

/** What the library puts into every template, which it does not export; range() with a bound. */
const globals: Readonly<Record<string, unknown>> = {
  true: true,
  false: false,
  none: null,
  True: true,
  False: false,
  None: null,
  raise_exception(message: string) {
    throw new Error(message);
  },
  range(first: number, second?: number, step = 1): readonly number[] {
    const [start, stop] = second === undefined ? [0, first] : [first, second];
    if (step === 0) throw new Error('range() step must not be zero');
    const count = Math.max(0, Math.ceil((stop - start) / step));
    if (!(count <= LONGEST_RANGE))
      throw new TemplateLimitError(`a range of more than ${LONGEST_RANGE} numbers`);
    return Array.from({ length: count }, (_, i) => start + i * step);
  },
  strftime_now: (format: string): string => new Template('{{ strftime_now(format) }}').render({ format }),
};

type Evaluate = Interpreter['evaluate'];
type TemplateNode = NonNullable<Parameters<Evaluate>[0]>;
type TemplateScope = Parameters<Evaluate>[1];
type TemplateValue = ReturnType<Evaluate>;

/** A value in the place of the expression that gave it. */
interface Constant {
  readonly type: 'Constant';
  readonly held: TemplateValue;
}

interface CallLike {
  readonly type: string;
  readonly callee: TemplateNode & {
    readonly object?: TemplateNode;
    readonly property?: TemplateNode & { readonly value?: unknown };
  };
  readonly args: readonly (TemplateNode & { readonly value?: TemplateNode })[];
}

/** Nodes that give a new text or list. What the others give was measured when it was made. */
const MAKES: ReadonlySet<string> = new Set([
  'ArrayLiteral',
  'TupleLiteral',
  'ObjectLiteral',
  'BinaryExpression',
  'FilterExpression',
  'FilterStatement',
  'CallExpression',
  'CallStatement',
  'If',
  'For',
  'Program',
]);

class BoundedInterpreter extends Interpreter {
  private left = MOST_WORK;

  override evaluate(statement: TemplateNode | undefined, environment: TemplateScope): TemplateValue {
    if (statement?.type === 'Constant') return (statement as unknown as Constant).held;
    this.spend(1);
    const value = super.evaluate(statement && this.checked(statement, environment), environment);
    if (statement !== undefined && MAKES.has(statement.type)) this.measure(value);
    else this.spend(sizeOf(value.value) / 64);
    return value;
  }

  private spend(amount: number): void {
    this.left -= amount;
    if (this.left < 0) throw new TemplateLimitError('it takes more steps than any prompt');
  }

  /**
   * Counts a value by its size, what it holds several times as often as it holds it.
   * @returns characters of text in it
   */
  private measure(value: TemplateValue): number {
    let text = 0;
    const open: unknown[] = [value];
    while (open.length > 0) {
      const held = (open.pop() as { readonly value?: unknown } | undefined)?.value;
      if (typeof held === 'string') {
        text += held.length;
        this.spend(held.length / 16);
      } else if (Array.isArray(held) || held instanceof Map) {
        this.spend(held instanceof Map ? held.size : held.length);
        for (const item of held.values()) open.push(item);
      }
      if (text > MOST_TEXT) throw new TemplateLimitError(`it makes more than ${MOST_TEXT} characters`);
    }
    return text;
  }

  /**
   * The operations that multiply one size by another (`join`, `replace`, `indent`, loops), with their
   * operands evaluated and measured before the library puts them together. Every other node as it is.
   */
  private checked(node: TemplateNode, environment: TemplateScope): TemplateNode {
    if (node.type === 'For') {
      const { iterable } = node as unknown as { iterable: TemplateNode & { readonly lhs?: TemplateNode } };
      const of = iterable.type === 'SelectExpression' ? iterable.lhs : iterable;
      const held = this.evaluate(of, environment);
      this.spend(sizeOf(held.value) * TURN_OF_LOOP);
      const known = constant(held);
      return {
        ...node,
        iterable: of === iterable ? known : { ...iterable, lhs: known },
      } as unknown as TemplateNode;
    }
    if (node.type === 'FilterExpression') {
      const { operand, filter } = node as unknown as {
        operand: TemplateNode;
        filter: CallLike & { value?: string };
      };
      const name =
        filter.type === 'CallExpression' ? (filter.callee as { value?: unknown }).value : undefined;
      if (name !== 'join' && name !== 'replace' && name !== 'indent' && name !== 'tojson') return node;
      const held = this.evaluate(operand, environment);
      const args = this.held(filter.args, environment);
      this.multiply(name, held, args);
      return {
        ...node,
        operand: constant(held),
        filter: { ...filter, args: args.map(({ as }) => as) },
      } as TemplateNode;
    }
    if (node.type !== 'CallExpression') return node;
    const { callee, args } = node as unknown as CallLike;
    if (callee.type !== 'MemberExpression' || callee.property?.value !== 'replace') return node;
    const held = this.evaluate(callee.object, environment);
    const known = this.held(args, environment);
    this.multiply('replace', held, known);
    return {
      ...node,
      callee: { ...callee, object: constant(held) },
      args: known.map(({ as }) => as),
    } as TemplateNode;
  }

  private held(
    args: CallLike['args'],
    environment: TemplateScope,
  ): readonly { readonly is: TemplateValue | null; readonly as: TemplateNode }[] {
    return args.map((arg) => {
      if (arg.type === 'SpreadExpression') throw new TemplateLimitError('it spreads arguments of a filter');
      const isNamed = arg.type === 'KeywordArgumentExpression';
      const is = this.evaluate(isNamed ? arg.value : arg, environment);
      return {
        is,
        as: isNamed ? ({ ...arg, value: constant(is) } as unknown as TemplateNode) : constant(is),
      };
    });
  }

  private multiply(
    name: string,
    operand: TemplateValue,
    args: readonly { readonly is: TemplateValue | null }[],
  ): void {
    const held: unknown = operand.value;
    const longest = Math.max(0, ...args.map(({ is }) => sizeOf(is?.value)));
    const widest = Math.max(0, ...args.map(({ is }) => (typeof is?.value === 'number' ? is.value : 0)));
    const pieces = name === 'indent' ? String(held).split('\n').length : sizeOf(held) + 1;
    if ((name === 'indent' || name === 'tojson') && widest > WIDEST_INDENT)
      throw new TemplateLimitError(`it indents by more than ${WIDEST_INDENT} spaces`);
    const by = name === 'indent' ? widest : name === 'tojson' ? 0 : longest;
    // A text holds what is to be replaced at most once per its length: `replace` of
    // one character by many is the worst case.
    const each = name === 'replace' ? Math.max(1, sizeOf(args[0]?.is?.value)) : 1;
    if (this.measure(operand) + (pieces / each) * by > MOST_TEXT)
      throw new TemplateLimitError(`it makes more than ${MOST_TEXT} characters`);
  }
}

const constant = (held: TemplateValue): TemplateNode =>
  ({ type: 'Constant', held }) as unknown as TemplateNode;

const sizeOf = (held: unknown): number =>
  typeof held === 'string' || Array.isArray(held) ? held.length : held instanceof Map ? held.size : 0;
