/**
 * Reads a value from what a worker sends. Nothing from there is believed: the data is held to the schema of
 * value.ts, and a fresh copy of it travels on.
 */
import { SandboxError } from './errors.ts';
import { floatValue, intValue, isHashable, sortValues, type DictClass, type Value } from './value.ts';

const dictClasses: readonly string[] = ['defaultdict', 'Counter', 'OrderedDict'];
/** The encoder's own depth limit is below this; deeper data did not come from it. */
const deepest = 64;
/** CPython itself writes no int of more than 4,300 digits. */
const digits = /^-?[1-9]\d{0,4299}$/;

/**
 * Data from the worker that is not a canonical value: a broken or forged reply, never
 * a property of a program.
 */
export class MalformedValueError extends SandboxError {
  override readonly name = 'MalformedValueError';
  constructor(readonly where: string) {
    super(
      `The sandbox returned data that is not a canonical value (${where}).`,
      'The worker was discarded; run the program again. If it repeats, the program tampers with the interpreter.',
    );
  }
}

/**
 * Checks data from a worker against the schema above and returns a fresh copy of it,
 * so that nothing unknown travels on.
 * @throws MalformedValueError when it does not fit
 */
export function decodeValue(raw: unknown): Value {
  return decode(raw, 0);
}

function decode(raw: unknown, depth: number): Value {
  if (depth > deepest) throw new MalformedValueError('too deep');
  const data = asRecord(raw);
  switch (data['type']) {
    case 'none':
      return { type: 'none' };
    case 'bool':
      if (typeof data['value'] !== 'boolean') throw new MalformedValueError('bool');
      return { type: 'bool', value: data['value'] };
    case 'int':
      return decodeInt(data['value']);
    case 'float':
      return decodeFloat(data['value']);
    case 'str':
      if (typeof data['value'] !== 'string') throw new MalformedValueError('str');
      return { type: 'str', value: data['value'], ...optional('rest', data['rest']) };
    case 'bytes':
      if (typeof data['value'] !== 'string' || /[^\0-\xff]/.test(data['value']))
        throw new MalformedValueError('bytes');
      return { type: 'bytes', value: data['value'], ...optional('rest', data['rest']) };
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset': {
      const items = asArray(data['items']).map((item) => decode(item, depth + 1));
      if (data['type'] === 'list' || data['type'] === 'tuple')
        return {
          type: data['type'],
          items,
          ...optional('rest', data['rest']),
          ...optional('id', data['id']),
        };
      if (!items.every(isHashable)) throw new MalformedValueError('a member that no set can have');
      return {
        type: data['type'],
        items: sortValues(items),
        ...optional('rest', data['rest']),
        ...optional('id', data['id']),
      };
    }
    case 'dict': {
      const entries = asArray(data['entries']).map((raw): readonly [Value, Value] => {
        const pair = asArray(raw);
        if (pair.length !== 2) throw new MalformedValueError('dict entry');
        const key = decode(pair[0], depth + 1);
        if (!isHashable(key)) throw new MalformedValueError('a key that no dict can have');
        return [key, decode(pair[1], depth + 1)];
      });
      const of = data['of'];
      if (of !== undefined && !dictClasses.includes(of as string))
        throw new MalformedValueError('dict class');
      return {
        type: 'dict',
        entries,
        ...optional('rest', data['rest']),
        ...optional('id', data['id']),
        ...(of === undefined ? {} : { of: of as DictClass }),
      };
    }
    case 'ref':
      return { type: 'ref', id: count(data['id'], 'ref') };
    case 'opaque':
      if (typeof data['name'] !== 'string') throw new MalformedValueError('opaque');
      return { type: 'opaque', name: data['name'].slice(0, 100) };
    default:
      throw new MalformedValueError('unknown type');
  }
}

function decodeInt(value: unknown): Value {
  if (typeof value === 'number' && Number.isSafeInteger(value))
    return { type: 'int', value: value === 0 ? 0 : value };
  if (typeof value === 'string' && digits.test(value)) return intValue(value);
  throw new MalformedValueError('int');
}

function decodeFloat(value: unknown): Value {
  if (typeof value === 'number' && Number.isFinite(value)) return floatValue(value);
  if (value === 'nan' || value === 'inf' || value === '-inf' || value === '-0.0')
    return { type: 'float', value };
  throw new MalformedValueError('float');
}

function asRecord(raw: unknown): Record<string, unknown> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw new MalformedValueError('not an object');
  return raw as Record<string, unknown>;
}

function asArray(raw: unknown): readonly unknown[] {
  if (!Array.isArray(raw)) throw new MalformedValueError('not an array');
  return raw;
}

function count(raw: unknown, where: string): number {
  if (typeof raw !== 'number' || !Number.isSafeInteger(raw) || raw < 0) throw new MalformedValueError(where);
  return raw;
}

function optional<K extends 'rest' | 'id'>(key: K, raw: unknown): { readonly [P in K]?: number } {
  return raw === undefined ? {} : ({ [key]: count(raw, key) } as { readonly [P in K]: number });
}
