/**
 * Writes the text of an attack in another form that does the same, so that a search for names in the text
 * finds nothing.
 */
import type { Random } from '../../src/base/random.ts';
import { indent } from './quiet.ts';

type Disguise = (code: string, random: Random) => string;

const literal = (text: string): string => JSON.stringify(text).replace(/[\u007f-\uffff]/g, escape);
const escape = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
const hex = (text: string): string => Buffer.from(text, 'utf8').toString('hex');

/** Statements to statements with the same effect on the module's names. */
export const disguises: Readonly<Record<string, Disguise>> = {
  plainly: (code) => code,
  'exec of pieces': (code, random) => {
    const cuts = Array.from({ length: 1 + random.int(4) }, () => random.int(code.length)).sort(
      (a, b) => a - b,
    );
    const pieces = [0, ...cuts].map((from, i) => code.slice(from, cuts[i] ?? code.length));
    return `exec(''.join([${pieces.map(literal).join(', ')}]), globals())`;
  },
  'exec of hex': (code) => `exec(bytes.fromhex('${hex(code)}').decode(), globals())`,
  'exec found by a string': (code) =>
    `vars(__builtins__ if isinstance(__builtins__, type(__import__('sys'))) else __import__('builtins'))['ex' + 'ec'](${literal(code)}, globals())`,
  'a compiled code object': (code) =>
    `(lambda: 0).__class__(compile(${literal(code)}, '/lib/x.py', 'exec'), globals())()`,
  'the decorator of a function': (code) => `@lambda g: exec(${literal(code)}, globals())\ndef _d(): pass`,
  'a metaclass': (code) =>
    `class _M(type):\n    def __prepare__(name, bases): exec(${literal(code)}, globals()); return {}\nclass _C(metaclass=_M): pass`,
  'a subclass hook': (code) =>
    `class _B:\n    def __init_subclass__(cls): exec(${literal(code)}, globals())\nclass _C(_B): pass`,
  'a comprehension': (code) => `[exec(c, globals()) for c in (${literal(code)},)]`,
  'a default argument': (code) => `def _d(x=exec(${literal(code)}, globals())): pass`,
  'a class body': (code) => `class _C:\n    exec(${literal(code)}, globals())`,
  'an annotation': (code) => `def _d(x: exec(${literal(code)}, globals())): pass\n_d.__annotations__`,
  'a module of its own': (code) =>
    `import sys, types\n_m = types.ModuleType('helper')\n_m.__dict__.update(globals())\nsys.modules['helper'] = _m\nexec(${literal(code)}, _m.__dict__)\nglobals().update({k: v for k, v in vars(_m).items() if k[:2] != '__'})`,
  'a handler': (code) => `try:\n    1 // 0\nexcept ZeroDivisionError:\n${indent(code)}`,
  'a match': (code) => `match 1:\n    case int():\n${indent(indent(code))}`,
  'an attribute lookup': (code) =>
    `class _A:\n    def __getattr__(self, name): exec(${literal(code)}, globals()); return 1\n_A().missing`,
  'a property set by name': (code) =>
    `class _D:\n    def __set_name__(self, owner, name): exec(${literal(code)}, globals())\nclass _C: x = _D()`,
  'a sort key': (code) => `sorted([${literal(code)}], key=lambda c: exec(c, globals()) or 0)`,
  'a format': (code) =>
    `class _F:\n    def __format__(self, spec): exec(${literal(code)}, globals()); return ''\nf'{_F()}'`,
};
