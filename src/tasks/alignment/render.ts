/**
 * A trajectory for people: one entry per executed line, with signs and Python
 * literals for the special tokens. Reads predictions of a model as well as the truth,
 * so whatever does not fit is shown as it is. Never throws.
 */
import { toLiteral } from '../../sandbox/literal.ts';
import { isName, readDefinition, readValue, tokensOf } from './notation.ts';
import { traceLines } from './trace.ts';
import { returnName } from './types.ts';
import { operatorSigns } from './vocabulary.ts';

export interface TrajectoryLine {
  /**
   * k of the `<Lk>` marker, see `readProgram` for its place in the source; null for
   * what stands before the first and for final values.
   */
  readonly line: number | null;
  readonly text: string;
  /** What the line defined last; the return value as `return`. */
  readonly variable?: string;
  /** Its value as a Python literal. */
  readonly value?: string;
  /** Part of the answer's final values, after `<ans>`. */
  readonly final: boolean;
  /** Characters of the trajectory text that this line stands for. */
  readonly start: number;
  readonly end: number;
}

/** Lines of a trajectory or of a whole answer, in order. */
export function renderTrajectory(text: string): TrajectoryLine[] {
  let end = 0;
  let final = false;
  return traceLines(text).map((part) => {
    const start = end;
    end += part.length;
    let tokens = tokensOf(part);
    if (tokens[0] === '<ans>') {
      final = true;
      tokens = tokens.slice(1);
    }
    const marker = final ? undefined : /^<L(\d+)>$/.exec(tokens[0] ?? '')?.[1];
    if (final && tokens.at(-1) === '<;>') tokens = tokens.slice(0, -1);
    const line = marker === undefined ? null : Number(marker);
    return { line, ...renderTokens(marker === undefined ? tokens : tokens.slice(1)), final, start, end };
  });
}

/** Signs with the spaces that belong to them. */
const signs: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(operatorSigns).map(([token, sign]) => [token, ` ${sign} `])),
  '<=>': ' = ',
  '<|>': ' | then ',
  '<.>': ' so far ',
  '<,>': ', ',
  '<:>': ': ',
  '<[>': '[',
  '<]>': ']',
};

function renderTokens(tokens: readonly string[]): { text: string; variable?: string; value?: string } {
  let text = '';
  let defined: { variable: string; value: string } | undefined;
  /** What came last: two operations are set apart, an operand and its sign are not. */
  let last: 'start' | 'value' | 'name' | 'sign' | 'rest' | 'place' = 'start';
  const apart = (): string => ({ start: '', sign: '', name: '', value: '; ', rest: ', ', place: ' ' })[last];
  for (let at = 0; at < tokens.length;) {
    const token = tokens[at] as string;
    const name = token === '<ret>' ? returnName : isName(token) ? token : null;
    const slicing = token === '<[>' && !/^<(@0|\])>$/.test(tokens[at + 1] ?? '');
    const value = slicing ? null : name === null ? readValue(tokens, at) : readDefinition(tokens, at);
    if (name !== null && value !== null) {
      defined = { variable: name, value: toLiteral(value.value) };
      text += `${apart()}${name}${name === returnName ? ' ' : ' = '}${defined.value}`;
      [at, last] = [value.next, 'value'];
    } else if (name !== null) {
      text += `${apart()}${name}`;
      [at, last] = [at + 1, 'name'];
    } else if (
      value !== null &&
      (last === 'name' || last === 'value') &&
      tokens[value.next]?.startsWith('<@') &&
      tokens[value.next + 1] === '<=>'
    ) {
      // An index counted from the end; where that is comes next.
      text += `[${toLiteral(value.value)}]`;
      [at, last] = [value.next + 1, 'value'];
    } else if (value !== null) {
      const walking: boolean = last === 'rest' || /\| then $/.test(text);
      text += `${apart()}${toLiteral(value.value)}`;
      [at, last] = [value.next, walking ? 'rest' : 'value'];
    } else {
      const position = /^<@(\d+)>$/.exec(token)?.[1];
      // In a subscript the value comes next; in a fold or among elements to come, the
      // element at this place does.
      const subscript = position !== undefined && tokens[at + 1] === '<=>';
      if (token === '<end>') text += `${apart()}end`;
      else if (position === undefined) text += signs[token] ?? token;
      else text += `${subscript || last === 'sign' || last === 'start' ? '' : ', '}[${position}]`;
      const closed = token === '<end>' || token === '<]>' || subscript;
      [at, last] = [at + 1, closed ? 'value' : position === undefined ? 'sign' : 'place'];
    }
  }
  return { text: text.trim(), ...defined };
}
