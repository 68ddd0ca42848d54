/**
 * The format `trace`, nano's: the program with numbered lines and its arguments; the answer is every
 * operation in order and then the final values, in the notation of src/sandbox/python/operations.ts.
 * Short enough for a small model and readable by people (render.ts).
 */
import { parseLiteral } from '../../sandbox/literal.ts';
import type { Value } from '../../sandbox/value.ts';
import { oneLine } from '../../base/shown.ts';
import { isName, readDefinition, readValue, spellValue, tokensOf } from './notation.ts';
import { readProgram, traceQuestion } from './program.ts';
import { returnName, type AlignmentFormat, type ParsedAnswer } from './types.ts';

export const traceFormat: AlignmentFormat = {
  name: 'trace',
  needsTrajectory: true,

  prompt({ program, entryPoint, args }) {
    const read = readProgram(program, entryPoint);
    const values = readArguments(args);
    if (read === null || values === null || values.length !== read.parameters.length) return null;
    const spelled = values.map((value) => spellValue(value));
    if (spelled.includes(null)) return null;
    return traceQuestion(read, read.parameters.map((name, i) => name + (spelled[i] ?? []).join('')).join(''));
  },

  answer({ variables, returned, trajectory }) {
    if (trajectory === undefined || returned === null) return null;
    const order = firstDefinitions(trajectory);
    const place = (name: string): number => order.get(name) ?? order.size;
    const inOrder = [...variables].sort((a, b) => place(a.name) - place(b.name));
    const finals = [
      ...inOrder.map(({ name, value }) => [name, value] as const),
      ['<ret>', returned] as const,
    ];
    let text = `${trajectory}<ans>`;
    for (const [name, value] of finals) {
      const spelled = spellValue(value);
      if (spelled === null) return null;
      text += `${name}${spelled.join('')}<;>`;
    }
    return text;
  },

  parse: (text) => parseTrace(text),
  lines: traceLines,
};

/**
 * Place of each variable's first definition. The interpreter may store the parts of an unpacking
 * from right to left; the trajectory, and so the answer, has them in the order of the source.
 */
function firstDefinitions(trajectory: string): ReadonlyMap<string, number> {
  const order = new Map<string, number>();
  const tokens = tokensOf(trajectory);
  for (const [at, token] of tokens.entries()) {
    if (isName(token) && !order.has(token) && readDefinition(tokens, at) !== null)
      order.set(token, order.size);
  }
  return order;
}

/** Values of the text between the brackets of a call; null when they are no literals. */
function readArguments(args: string): readonly Value[] | null {
  if (args.trim() === '') return [];
  const value = parseLiteral(`(${args.trim().replace(/,$/, '')},)`);
  return 'malformed' in value || value.type !== 'tuple' ? null : value.items;
}

function parseTrace(text: string): ParsedAnswer {
  const tokens = tokensOf(text);
  const start = tokens.indexOf('<ans>');
  if (start < 0) return { malformed: 'the final values are missing' };
  if (tokens.indexOf('<ans>', start + 1) >= 0) return { malformed: 'two answers' };
  const values = new Map<string, Value>();
  let at = start + 1;
  while (!values.has(returnName)) {
    const token = tokens[at];
    if (token === undefined) return { malformed: 'the answer has no end' };
    const name = token === '<ret>' ? returnName : token;
    if (!isName(name)) return { malformed: `a name was expected before ${oneLine(name, 40)}` };
    if (values.has(name)) return { malformed: `${oneLine(name, 40)} has two values` };
    const end = tokens.indexOf('<;>', at);
    if (end < 0) return { malformed: 'the answer has no end' };
    const value = readValue(tokens, at + 1);
    values.set(name, value?.next === end ? value.value : { type: 'opaque', name: 'unreadable' });
    at = end + 1;
  }
  if (at !== tokens.length) return { malformed: 'the answer goes on after the return value' };
  return { values, trajectory: tokens.slice(0, start) };
}

/**
 * One part per executed line (from its `<Lk>`) and one per final value; what comes
 * before the first marker is a part as well.
 */
export function traceLines(text: string): string[] {
  const lines: string[] = [];
  let [open, answering] = [false, false];
  for (const token of tokensOf(text)) {
    if (!open || token === '<ans>' || (!answering && /^<L\d+>$/.test(token))) lines.push(token);
    else lines[lines.length - 1] += token;
    open = true;
    if (token === '<ans>') answering = true;
    if (answering && token === '<;>') open = false;
  }
  return lines;
}
