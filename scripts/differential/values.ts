/**
 * Values as observer.py spells them, read into the product's canonical values, so
 * that both are shown by one hand.
 */
import { compareValues, type Value } from '../../src/sandbox/value.ts';

type Spelled = readonly [type: string, content?: unknown];

/** @throws when the observer spells a type that is not known here */
export function valueOf(spelled: unknown): Value {
  const [type, content] = spelled as Spelled;
  switch (type) {
    case 'NoneType':
      return { type: 'none' };
    case 'bool':
      return { type: 'bool', value: content as boolean };
    case 'str':
      return { type: 'str', value: content as string };
    case 'int': {
      const number = Number(content);
      return { type: 'int', value: Number.isSafeInteger(number) ? number : (content as string) };
    }
    case 'float':
      return floatOf(content as string);
    case 'list':
    case 'tuple':
      return { type, items: (content as unknown[]).map(valueOf) };
    case 'set':
    case 'frozenset':
      return { type, items: (content as unknown[]).map(valueOf).sort(compareValues) };
    case 'dict':
    case 'defaultdict':
    case 'Counter':
    case 'OrderedDict':
      return {
        type: 'dict',
        entries: (content as [unknown, unknown][]).map(([key, item]) => [valueOf(key), valueOf(item)]),
      };
    case 'ref':
      return { type: 'ref', id: 0 };
    case 'opaque':
      return { type: 'opaque', name: content as string };
    default:
      throw new Error(`The observer spells a value of type ${type}, which values.ts does not know.`);
  }
}

function floatOf(text: string): Value {
  if (text === 'nan' || text === 'inf' || text === '-inf' || text === '-0.0')
    return { type: 'float', value: text };
  return { type: 'float', value: Number(text) };
}
