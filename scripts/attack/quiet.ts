/**
 * Attacks that look plain, as Python text. They name only harmless modules and nothing that starts with an
 * underscore. They write to a shared object by what the library offers for it, with attributes given as
 * strings. An interpreter that is used again after one of them is lost.
 */
import type { Random } from '../../src/base/random.ts';
import type { HonestTask } from './honest.ts';
import { cover } from './covers.ts';

/** A module's attribute that honest programs use, and what stands in for it. */
const targets: readonly (readonly [module: string, name: string])[] = [
  ['math', 'gcd'],
  ['math', 'floor'],
  ['functools', 'reduce'],
  ['itertools', 'accumulate'],
  ['itertools', 'chain'],
  ['heapq', 'heappop'],
  ['heapq', 'nsmallest'],
  ['bisect', 'insort'],
  ['re', 'findall'],
  ['collections', 'Counter'],
  ['collections', 'defaultdict'],
  ['statistics', 'median'],
  ['string', 'ascii_lowercase'],
  ['operator', 'add'],
  ['random', 'shuffle'],
  ['copy', 'deepcopy'],
  ['fractions', 'Fraction'],
];

/** Lines that give attribute A of T the value that S has under it. */
const writers: Readonly<Record<string, string>> = {
  update_wrapper: 'import functools\nfunctools.update_wrapper(T, S, (A,), ())',
  'update_wrapper under another name': 'from functools import update_wrapper as w\nw(T, S, (A,), ())',
  wraps: 'import functools\nfunctools.wraps(S, (A,), ())(T)',
  'wraps as a decorator': 'import functools\nw = functools.wraps(S, assigned=(A,), updated=())\nw(T)',
  'a partial of update_wrapper':
    'import functools\nfunctools.partial(functools.update_wrapper, wrapped=S, assigned=(A,), updated=())(T)',
  'a map of update_wrapper': 'from functools import *\nlist(map(update_wrapper, [T], [S], [(A,)], [()]))',
  'the whole dict by update_wrapper':
    "import functools\nfunctools.update_wrapper(T, S2, (), ('_' + '_dict_' + '_',))\n",
  'a method of operator': "import operator\noperator.methodcaller('_' + '_setattr_' + '_', A, S.NAME)(T)",
  'a sort key': 'import functools\nsorted([T], key=functools.wraps(S, (A,), ()))',
  'a default factory':
    'import functools, collections\nd = collections.defaultdict(functools.partial(functools.update_wrapper, T, S, (A,), ()))\nd[0]',
  'a reduce':
    'import functools\nfunctools.reduce(lambda t, a: functools.update_wrapper(t, S, (a,), ()), [A], T)',
  'an assignment': 'T.NAME = S.NAME',
  'a loop target': 'for T.NAME in [S.NAME]: pass',
  'a comprehension target': '[0 for T.NAME in [S.NAME]]',
  'a with target': 'import contextlib\nwith contextlib.nullcontext(S.NAME) as T.NAME: pass',
  'an unpacking': 'T.NAME, rest = S.NAME, 0',
  setattr: 'setattr(T, A, S.NAME)',
  vars: 'vars(T)[A] = S.NAME',
  'a deletion': 'del T.NAME',
  'an exception that is a module attribute':
    'try:\n    T.none\nexcept AttributeError as e:\n    e.obj.NAME = S.NAME',
  'abstract methods': 'import abc\nabc.update_abstractmethods(T)',
  'total ordering': 'import functools, random\nfunctools.total_ordering(random.Random)\nT.NAME = S.NAME',
  final: 'import typing\ntyping.final(T)\ntyping.no_type_check(T)\ntyping.override(T.NAME)',
  'copy with a state':
    'import copy\nclass C:\n    def __reduce_ex__(self, n): return (lambda: T, (), (None, {A: S.NAME}))\ncopy.copy(C())',
  'a user list':
    'import collections\ncollections.UserDict.data = {}\ncollections.UserList.NAME = S.NAME\nT.NAME = S.NAME',
  'a global through star': 'from MODULE import *\nglobals()["MODULE"] = T\nT.NAME = S.NAME',
  'a cached property':
    'import functools\nclass C:\n    NAME = functools.cached_property(lambda self: S.NAME)\nC.NAME.func = S.NAME\nT.NAME = C().NAME',
  'an in-place operator': 'import operator\noperator.setitem(T.__dict__, A, S.NAME)',
};

/** What S holds under the name; KEPT is where answers are remembered. */
const payloads: Readonly<Record<string, string>> = {
  'a wrong result': 'class S:\n    def NAME(*a, **k): return 7\n',
  'a remembering one':
    'kept = {}\nold = T.NAME\nclass Old:\n    gone = [old]\nclass S:\n    def NAME(*a, **k):\n        kept[str(a)] = r = Old.gone[0](*a, **k)\n        return r\nS.NAME.kept = kept\n',
  nothing: 'class S:\n    NAME = None\n',
};

export interface Quiet {
  readonly parts: readonly string[];
  readonly program: string;
  /** A program that would use what the first one left behind. */
  readonly heir: string;
}

/** An attack that looks plain, and the program that would inherit from it. */
export function quietAttack(random: Random, task: HonestTask, coverName: string): Quiet {
  const [module, name] = task.library && random.int(3) === 0 ? task.library : random.pick(targets);
  const writer = random.pick(Object.keys(writers));
  const payload = random.pick(Object.keys(payloads));
  const fill = (text: string): string =>
    text
      .replaceAll('NAME', name)
      .replaceAll('MODULE', module)
      .replace(/\bT\b/g, module)
      .replace(/\bA\b/g, `'${name}'`);
  const whole = `class S1:\n    ${name} = S.${name}\nclass S2:\n    pass\n`;
  const spoil = fill(
    `${payloads[payload]!}${writers[writer]!.includes('S2') ? whole : ''}${writers[writer]!}`,
  );
  // A star is for modules only.
  const late = random.int(4) === 0 && !spoil.includes('import *');
  const planted = late
    ? `done = []\ndef spoil():\n${indent(spoil)}\n${cover(coverName, task, 'done or (done.append(1), spoil())')}`
    : `${spoil}\n${cover(coverName, task)}`;
  const heir = `import ${module}\ndef ${task.head}:\n    return ${module}.${name}.kept[str((${task.head.slice(2, -1)},))]`;
  return {
    parts: ['quiet', `${module}.${name}`, writer, payload, late ? 'in the first call' : 'at import'],
    program: `import ${module}\n${planted}`,
    heir,
  };
}

export function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : `    ${line}`))
    .join('\n');
}
