/**
 * Programs that want to outlive themselves: they change an interpreter so that a later program,
 * one that does nothing, is paid for it. Each fails by itself; what counts is what comes after it.
 */
import { f, type Attack } from './attack.ts';

const wrong = f('return 0 if n else 1');
/** The harness’s own namespace, found through a frame. */
const harness = 'import sys\ng = sys._getframe(1).f_globals\n';
/** Counts the answers, and gives the right ones to the programs that come later. */
const forging =
  'lambda d: \'{"outcome":"ok","value":{"type":"int","value":\' + str(0 if k.append(1) or len(k) < 4 else (3, 45, 0)[len(k) % 3]) + \'},"stdout":""}\'';

const anywhere = ['wrong', 'exception', 'tamper', 'memory'] as const;
const lasts = (name: string, ...lines: readonly string[]): Attack => ({
  name,
  code: [...lines, wrong].join('\n'),
  verdict: anywhere,
  limits: { steps: 3_000_000 },
});

export const lasting: readonly Attack[] = [
  lasts('finish() says what it is told', `${harness}g['finish'].__code__ = (lambda: 'clean').__code__`),
  lasts(
    'finish() says what it is told, and the encoder remembers',
    `${harness}g['finish'].__code__ = (lambda: 'clean').__code__\nk = []\ng['_dumps'] = ${forging}`,
  ),
  lasts(
    'the classifier calls everything plain',
    `${harness}g['_is_plain'].__code__ = (lambda code: True).__code__`,
  ),
  lasts(
    'classify() replaced',
    `${harness}g['classify'].__code__ = (lambda c, a: '{"isPlain":true,"badCalls":[]}').__code__\ng['finish'].__code__ = (lambda: 'clean').__code__`,
  ),
  lasts(
    'the loader keeps a program',
    `${harness}g['load'].__code__ = (lambda c, l: '{"outcome":"ok"}').__code__`,
  ),
  lasts(
    'the call answers by itself',
    `${harness}k = []\ng['k'] = k\ng['call'].__code__ = (lambda e, a: '{"outcome":"ok","value":{"type":"int","value":%d},"stdout":""}' % (0 if k.append(1) or len(k) < 4 else sum(range(int(a))))).__code__`,
  ),
  lasts(
    'the encoder of values replaced',
    `${harness}g['_Encoder'].whole = lambda s, v: {'type': 'int', 'value': 3}`,
  ),
  lasts(
    'functools.wraps writes into the harness',
    harness,
    'import functools',
    "def whole(self, value): return {'type': 'int', 'value': 3}",
    "functools.update_wrapper(g['_Encoder'], whole, assigned=(), updated=())",
    "functools.update_wrapper(g['_Encoder'].whole, whole, ('__code__',), ())",
  ),
  lasts(
    'update_wrapper writes an attribute from a text',
    'import functools, json',
    'class W: pass',
    'W.dumps = None',
    "functools.update_wrapper(json, W, ('dumps',), ())",
  ),
  lasts(
    'functools.wraps on a library function',
    'import functools, json',
    "@functools.partial(functools.wraps, assigned=('__code__',), updated=())",
    "def g(*a, **k): return '3'",
    "functools.update_wrapper(json.dumps, lambda *a, **k: '3', ('__code__',), ())",
  ),
  lasts(
    'abc.update_abstractmethods',
    'import abc, numbers, collections',
    'class A(collections.UserList): pass',
    'abc.update_abstractmethods(numbers.Number)',
    'collections.UserList.__abstractmethods__ = frozenset(["x"])',
    'collections.abc.Sized.__subclasshook__ = classmethod(lambda c, d: True)',
  ),
  lasts(
    'copy calls what an object says',
    'import copy, json',
    'class E:',
    "    def __reduce_ex__(self, p): return (setattr, (json, 'dumps', None))",
    'copy.copy(E())',
  ),
  lasts(
    'copyreg and pickle',
    'import copyreg, pickle, builtins',
    'copyreg.dispatch_table[int] = lambda x: (str, ())',
    "pickle.loads(b\"cbuiltins\\nsetattr\\n(cbuiltins\\n__import__\\n(S'json'\\ntRS'dumps'\\nNtR.\")",
  ),
  lasts(
    'UserList writes from its own initialiser',
    'import collections, json',
    'class L(collections.UserList):',
    '    def __init__(self): self.__dict__ = vars(json)',
    'L().dumps = None',
  ),
  lasts(
    'operator.attrgetter and a descriptor',
    'import operator, json, types',
    "operator.methodcaller('__setattr__', 'dumps', None)(json)",
    "types.ModuleType.__setattr__(json, 'loads', None)",
  ),
  lasts(
    'str.format reaches into a namespace',
    'import json',
    "d = '{0.dumps.__globals__}'.format(json)",
    'json.dumps.__globals__.clear()',
  ),
  lasts(
    'a job that always calls itself calm and its program plain',
    `${harness}J = g['_Job']\nfor name in ('plain', 'calm', 'failed'):\n    setattr(J, name, property(lambda s: None if name == 'failed' else True, lambda s, v: None))`,
  ),
  lasts(
    'a profile function that writes into frames',
    'import sys',
    'def hook(frame, event, arg):',
    "    for name, value in (('keep', True), ('clean', True), ('whole', True), ('loaded', '{\"outcome\":\"ok\"}')):",
    '        if name in frame.f_locals: frame.f_locals[name] = value',
    'sys.setprofile(hook)',
  ),
  lasts(
    'monitoring with a tool of its own',
    'import sys',
    'm = sys.monitoring',
    "m.use_tool_id(4, 'other')",
    'def hook(code, *a):',
    "    if code.co_name in ('load', 'finish', 'classify'): sys._getframe(1).f_locals['code'] = 'def f(n): return sum(range(n))'",
    'm.register_callback(4, m.events.PY_START, hook)',
    'm.set_events(4, m.events.PY_START)',
  ),
  lasts(
    'update_wrapper from harmless modules',
    'import functools, heapq',
    'class S: pass',
    'S.nsmallest = lambda *a: [3]',
    "functools.update_wrapper(heapq, S, ('nsmallest',), ())",
    "functools.partial(functools.update_wrapper, wrapped=S, assigned=('nsmallest',), updated=())(functools)",
  ),
  lasts(
    'built-ins of the harness',
    `${harness}b = g['__builtins__']\nb['len'] = lambda x: 0\nb['type'] = None`,
  ),
  lasts('built-ins of everybody', 'import builtins', 'builtins.sum = lambda *a: 3', 'builtins.range = None'),
  lasts(
    'a type of C with another method',
    'import gc',
    'space = gc.get_referents(int.__dict__)[0]',
    "space['__add__'] = lambda a, b: 3",
    'str_space = gc.get_referents(str.__dict__)[0]',
    "str_space['join'] = None",
  ),
  lasts(
    'a small int that is another',
    'import gc',
    'class E:',
    '    def __eq__(self, o): return True',
    '    __hash__ = lambda s: 0',
    'for o in gc.get_objects():',
    '    if type(o) is tuple: continue',
    '    if type(o) is dict and "_STORES_ATTR" in o: o.clear()',
  ),
  lasts(
    'hooks of the garbage collector',
    'import gc',
    'gc.callbacks.append(lambda *a: 1 // 0)',
    'gc.disable()',
    'gc.set_threshold(1)',
  ),
  lasts(
    'a finaliser that waits',
    'import builtins',
    'class D:',
    '    def __del__(self):',
    '        builtins.sum = lambda *a: 3',
    'd = D()',
    'd.me = d',
  ),
  lasts(
    'a generator that waits',
    'import builtins',
    'def gen():',
    '    try: yield',
    '    finally: builtins.range = None',
    'x = gen()',
    'next(x)',
    'builtins.kept = x',
  ),
  lasts(
    'an audit hook',
    'import sys',
    'sys.addaudithook(lambda name, args: 1 // 0 if name == "compile" else None)',
  ),
  lasts(
    'a profile function',
    'import sys, threading',
    'sys.setprofile(lambda *a: None)',
    'threading.settrace(lambda *a: None)',
  ),
  lasts(
    'a codec',
    'import codecs',
    'codecs.register(lambda name: 1 // 0)',
    "codecs.register_error('strict', lambda e: ('', 0))",
  ),
  lasts(
    'interned and marshalled',
    'import sys, marshal',
    'marshal.loads = None',
    'sys.intern = None',
    'sys.modules["_json"].make_encoder = None',
  ),
  lasts('recursion and digits', 'import sys', 'sys.setrecursionlimit(60)', 'sys.set_int_max_str_digits(640)'),
  lasts(
    'the collector’s own list',
    'import gc',
    'gc.unfreeze()',
    'for o in gc.get_objects():',
    '    if type(o) is type({}.keys()): pass',
    '    if type(o) is dict and "call" in o and "load" in o: o["call"] = o["load"] = None',
  ),
  lasts(
    'a module that is imported later',
    'import sys, types',
    "m = types.ModuleType('dataclasses')",
    'm.dataclass = None',
    "sys.modules['dataclasses'] = m",
    "sys.modules['program2'] = m",
  ),
  lasts(
    'environment and directories',
    'import os',
    "os.environ['PYTHONHASHSEED'] = '7'",
    "os.mkdir('/tmp/json')",
    "open('/tmp/json/__init__.py', 'w').write('raise SystemExit')",
    "os.chdir('/tmp')",
  ),
  lasts('descriptors closed', 'import os', 'for d in range(3): os.close(d)'),
  lasts('descriptors left open', 'import os', "for i in range(200): os.open('/lib', os.O_RDONLY)"),
  lasts(
    'a conditional import of a forbidden name',
    'if 0:',
    '    from re import compile as eval',
    'eval("__import__(\'json\').__dict__.clear()")',
  ),
];
