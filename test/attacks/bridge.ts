/**
 * Programs that look for the way from Python to JavaScript: objects of the bridge
 * that stay in memory after its modules are gone. Each gives the right answer if it
 * got through. Also what JavaScript would do to the worker that Python alone cannot.
 */
import { f, type Attack } from './attack.ts';

const stopped = ['tamper', 'exception', 'memory'] as const;
const all =
  'import gc, sys\ngc.unfreeze()\ndef named(name):\n    for o in gc.get_objects():\n        try:\n            if getattr(o, "__name__", None) == name: return o\n            if type(o) is dict and name in o: return o[name]\n        except Exception: pass\n    raise LookupError(name)\n';
const through = 'return sum(range(n))';
const limits = { steps: 5_000_000 };
const reach = (name: string, ...lines: readonly string[]): Attack => ({
  name,
  code: all + f(...lines, through),
  verdict: stopped,
  limits,
});

export const bridge: readonly Attack[] = [
  reach('to_js', "named('to_js')({'a': 1})"),
  reach('to_js of a list', "named('to_js')([1, 2])"),
  reach('create_proxy', "named('create_proxy')(print)"),
  reach('create_once_callable', "named('create_once_callable')(print)"),
  reach('run_js', "named('run_js')('1 + 1')"),
  reach('run_sync', "named('run_sync')(1)"),
  reach('destroy_proxies', "named('destroy_proxies')([])"),
  reach(
    'a JsProxy among all objects',
    'for o in gc.get_objects():',
    "    if 'JsProxy' in type(o).__name__ or 'JsProxy' in str(type(o).__mro__):",
    '        o.constructor',
    '        break',
    'else:',
    '    raise LookupError',
  ),
  reach(
    'the intrinsics of a JsProxy',
    'for o in gc.get_objects():',
    "    if 'JsProxy' in [c.__name__ for c in type(o).__mro__]:",
    '        o.constructor.constructor("return 1")()',
    'raise LookupError',
  ),
  reach('JsArray.from of a long length', "js = named('js')", "js.Array['from']({'length': 2**29})"),
  reach('an array that is searched for ever', "js = named('js')", 'js.Array.new(2**32 - 1).lastIndexOf(1)'),
  reach(
    'ctypes of its own',
    'import importlib.machinery as m',
    "m.ExtensionFileLoader('x', '/lib/x.so').create_module(m.ModuleSpec('x', None, origin='/lib/x.so'))",
  ),
  reach(
    '_ctypes from the table of built-in modules',
    'import _imp',
    "c = _imp.create_builtin(type('S', (), {'name': '_ctypes'})())",
    "c.call_function(c.dlsym(c.dlopen(None, 0), 'puts'), (b'x',))",
  ),
  reach(
    '_pyodide_core from the table of built-in modules',
    'import _imp',
    "m = _imp.create_builtin(type('S', (), {'name': '_pyodide_core'})())",
    'm.to_js({})',
  ),
  reach(
    '_socket from the table of built-in modules',
    'import _imp',
    "m = _imp.create_builtin(type('S', (), {'name': '_socket'})())",
    "m.socket().connect(('HOST', PORT))",
  ),
  {
    name: 'output without newlines',
    code: `import os\n${f("for i in range(90): os.write(1, b'x' * 10**6)", 'return -1')}`,
    verdict: 'wrong',
  },
  {
    name: 'output without newlines to standard error',
    code: `import os, sys\n${f("for i in range(90): os.write(2, b'x' * 10**6)", "sys.__stderr__.buffer.raw.write(b'x' * 10**7)", 'return -1')}`,
    verdict: ['wrong', 'exception'],
  },
  {
    name: 'the harness’s own channel',
    code: `import os\n${f("os.write(1000, b'x')", 'os.read(1000, 10)', through)}`,
    verdict: 'exception',
  },
];
