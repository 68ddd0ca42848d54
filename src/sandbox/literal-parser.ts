/**
 * The grammar of an answer: JSON, Python literals, and spellings for values that have no literal. It is no
 * parser of Python: names, calls and operators are malformed, but for a sign and `set(...)`,
 * `frozenset(...)`, `float('nan')`. Time is linear in the text.
 */
import { Cursor, Malformed } from './literal-cursor.ts';
import { readBytes, readString } from './literal-strings.ts';
import { compareValues, floatValue, intValue, isHashable, keyOf, type Value } from './value.ts';

const deepest = 50;
const mostDigits = 4300;

/** Keys met so far. */
class Keys {
  private readonly met = new Set<string>();

  isNew(value: Value): boolean {
    const key = keyOf(value);
    if (key === null) return true;
    if (this.met.has(key)) return false;
    this.met.add(key);
    return true;
  }
}

class Dict {
  readonly keys = new Keys();
  readonly entries: [Value, Value][] = [];
}

/** One text, read once from left to right. Recursion is bounded by `deepest`. */
export class Parser extends Cursor {
  private depth = 0;

  whole(): Value {
    const value = this.value();
    this.space();
    if (this.at < this.text.length) this.fail('something follows the answer');
    return value;
  }

  private value(): Value {
    if (++this.depth > deepest) this.fail('nested too deep');
    const char = this.peek();
    let value: Value;
    if (char === '[') value = { type: 'list', items: this.items('[', ']') };
    else if (char === '{') value = this.dialect === 'json' ? this.jsonObject() : this.braces();
    else if (char === '"' || (char === "'" && this.dialect !== 'json'))
      value = { type: 'str', value: readString(this, false) };
    else if (char === '(' && this.dialect !== 'json') value = this.brackets();
    else if (/[-+.\d]/.test(char)) value = this.number();
    else value = this.word();
    this.depth -= 1;
    return value;
  }

  /** Comma-separated values up to the closing bracket; a trailing comma is Python's alone. */
  private items(open: string, close: string): Value[] {
    this.take(open);
    const items: Value[] = [];
    while (!this.take(close)) {
      if (items.length > 0 && !this.take(',')) this.fail(`expected , or ${close}`);
      if (items.length > 0 && this.dialect !== 'json' && this.take(close)) return items;
      items.push(this.value());
    }
    return items;
  }

  private brackets(): Value {
    this.take('(');
    if (this.take(')')) return { type: 'tuple', items: [] };
    const first = this.value();
    if (this.take(')')) return first;
    const items = [first];
    while (this.take(',')) {
      if (this.peek() === ')') break;
      items.push(this.value());
    }
    if (!this.take(')')) this.fail('expected )');
    return { type: 'tuple', items };
  }

  private jsonObject(): Value {
    this.take('{');
    const dict = new Dict();
    while (!this.take('}')) {
      if (dict.entries.length > 0 && !this.take(',')) this.fail('expected , or }');
      if (this.peek() !== '"') this.fail('expected a key');
      this.entry(dict, { type: 'str', value: readString(this, false) });
    }
    return { type: 'dict', entries: dict.entries };
  }

  /** A dict or a set. */
  private braces(): Value {
    this.take('{');
    if (this.take('}')) return { type: 'dict', entries: [] };
    const first = this.value();
    if (this.peek() === ':') {
      const dict = new Dict();
      this.entry(dict, first);
      while (this.take(',')) {
        if (this.peek() === '}') break;
        this.entry(dict, this.value());
      }
      if (!this.take('}')) this.fail('expected }');
      return { type: 'dict', entries: dict.entries };
    }
    const items = [first];
    while (this.take(',')) {
      if (this.peek() === '}') break;
      items.push(this.value());
    }
    if (!this.take('}')) this.fail('expected }');
    return { type: 'set', items: this.members(items) };
  }

  private entry(dict: Dict, key: Value): void {
    if (!isHashable(key)) this.fail('this cannot be a key');
    if (!dict.keys.isNew(key)) this.fail('duplicate key');
    if (!this.take(':')) this.fail('expected :');
    dict.entries.push([key, this.value()]);
  }

  private members(items: readonly Value[]): Value[] {
    if (!items.every(isHashable)) this.fail('this cannot be in a set');
    const keys = new Keys();
    return items.filter((item) => keys.isNew(item)).sort(compareValues);
  }

  private number(): Value {
    const start = this.at;
    if (this.dialect === 'json') {
      const text = this.match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y);
      if (text === undefined) this.fail('not a number');
      return /[.eE]/.test(text) ? this.float(text, start) : this.int(text, start);
    }
    let sign = '';
    for (;;) {
      if (this.take('-')) sign = sign === '-' ? '' : '-';
      else if (!this.take('+')) break;
    }
    this.space();
    const special = this.dialect === 'literal' ? this.match(/float\('(?:nan|inf|-inf)'\)/y) : undefined;
    if (special !== undefined) {
      const x = { nan: NaN, inf: Infinity, '-inf': -Infinity }[special.slice(7, -2)]!;
      return floatValue(sign === '-' ? -x : x);
    }
    const radix = this.match(/0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+/y);
    const float =
      radix ??
      this.match(
        /(?:(?:\d(?:_?\d)*)?\.\d(?:_?\d)*|\d(?:_?\d)*\.)(?:[eE][-+]?\d(?:_?\d)*)?|\d(?:_?\d)*[eE][-+]?\d(?:_?\d)*/y,
      );
    const text = float ?? this.match(/[1-9](?:_?\d)*|0(?:_?0)*/y);
    if (text === undefined || /[\w.]/.test(this.here)) this.fail('not a number');
    const plain = text.replaceAll('_', '');
    if (radix !== undefined) {
      if (plain.length > mostDigits) this.fail('too many digits');
      return this.int(sign + BigInt(plain).toString(), start);
    }
    return float === undefined ? this.int(sign + plain, start) : this.float(sign + plain, start);
  }

  private int(text: string, start: number): Value {
    if (text.length > mostDigits) throw new Malformed('too many digits', start);
    return intValue(text.replace(/^-?0+$/, '0'));
  }

  private float(text: string, start: number): Value {
    const x = Number(text);
    if (!Number.isFinite(x) && this.dialect !== 'literal') throw new Malformed('not a finite number', start);
    return floatValue(x);
  }

  private word(): Value {
    const start = this.at;
    const word = this.match(/[A-Za-z_]\w*/y) ?? '';
    const next = this.here;
    if (this.dialect === 'json') {
      if (word === 'true' || word === 'false') return { type: 'bool', value: word === 'true' };
      if (word === 'null') return { type: 'none' };
    } else {
      if (word === 'True' || word === 'False') return { type: 'bool', value: word === 'True' };
      if (word === 'None') return { type: 'none' };
      if (/^[rRuU]$/.test(word) && (next === '"' || next === "'"))
        return { type: 'str', value: readString(this, /r/i.test(word)) };
      if (/^(?:b|br|rb)$/i.test(word) && (next === '"' || next === "'"))
        return { type: 'bytes', value: readBytes(this, /r/i.test(word)) };
      if ((word === 'set' || word === 'frozenset') && next === '(') return this.setCall(word);
      if (word === 'float' && next === '(' && this.dialect === 'literal') {
        this.at = start;
        return this.number();
      }
    }
    throw new Malformed(word ? `${word.slice(0, 40)} is not a value` : 'expected a value', start);
  }

  /** `set()`, `frozenset()` and those of one display: values that have no literal of their own. */
  private setCall(type: 'set' | 'frozenset'): Value {
    this.take('(');
    if (this.take(')')) return { type, items: [] };
    const of = this.value();
    if (!this.take(')')) this.fail('expected )');
    if (of.type !== 'set' && of.type !== 'list' && of.type !== 'tuple') this.fail('expected a set');
    return { type, items: this.members(of.items) };
  }
}
