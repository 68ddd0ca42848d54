/**
 * Programs that change the interpreter under the harness, or look for the harness in
 * it. Each returns a wrong answer or none.
 */
import { f, type Attack } from './attack.ts';

const wrong = f('return 0 if n else 1');
const patched = (name: string, value: string): Attack => ({
  name: `builtins.${name} replaced`,
  code: `import builtins\nbuiltins.${name} = ${value}\n${wrong}`,
  verdict: 'wrong',
});
const harness = 'import sys\ng = sys._getframe(1).f_globals\n';

export const tampering: readonly Attack[] = [
  patched('len', 'lambda x: 3'),
  patched('sorted', 'lambda *a, **k: [3]'),
  patched('all', 'lambda x: True'),
  patched('isinstance', 'lambda a, b: True'),
  patched('print', 'None'),
  patched('open', 'None'),
  patched('__import__', 'lambda *a, **k: None'),
  patched('__build_class__', 'None'),
  patched('BaseException', 'ValueError'),
  patched('type', 'lambda *a: int'),
  {
    name: 'the entry point redefined by a decorator',
    code: `def d(g):\n    return lambda n: 0 if n else 1\n@d\n${f('return sum(range(n))')}`,
    verdict: 'wrong',
  },
  { name: 'the entry point is no function', code: 'f = 3', verdict: 'exception' },
  {
    name: 'an entry point that cannot be looked up',
    code: 'class D(dict):\n    def get(self, k, d=None): return 1 // 0\nglobals().clear()',
    verdict: 'exception',
  },
  {
    name: 'helper names shadowed',
    code: `_job = _dumps = _left = load = call = finish = None\n${wrong}`,
    verdict: 'wrong',
  },
  {
    name: 'sys.settrace(None) and sys.setprofile',
    code: `import sys\nsys.settrace(None)\nsys.setprofile(lambda *a: None)\n${wrong}`,
    verdict: 'wrong',
  },
  {
    name: 'a tracer of its own',
    code: `import sys\ndef t(frame, event, arg):\n    return t\nsys.settrace(t)\n${wrong}`,
    verdict: 'wrong',
  },
  {
    name: 'monitoring.free_tool_id',
    code: `import sys\nsys.monitoring.free_tool_id(3)\n${f('while n < 10**5: n += 1', 'return n')}`,
    verdict: 'tamper',
  },
  {
    name: 'monitoring events switched off',
    code: `import sys\nsys.monitoring.set_events(3, 0)\n${f('return 0')}`,
    // Nothing is listened to unless a trace is made.
    verdict: 'wrong',
  },
  {
    name: 'monitoring events switched on',
    code: `import sys\nsys.monitoring.set_events(3, sys.monitoring.events.LINE)\n${f('return 0')}`,
    verdict: 'tamper',
  },
  {
    name: 'the signal that counts ignored',
    code: `import signal\nsignal.signal(signal.SIGUSR2, signal.SIG_IGN)\n${f('while n < 10**6: n += 1', 'return n')}`,
    verdict: 'tamper',
  },
  {
    name: 'the signal that counts handled',
    code: `import signal\nsignal.signal(signal.SIGUSR2, lambda *a: None)\n${f('return 0')}`,
    verdict: 'tamper',
  },
  {
    name: 'a monitoring callback replaced',
    code: `import sys\nsys.monitoring.register_callback(3, sys.monitoring.events.LINE, lambda *a: None)\n${f('return 0')}`,
    verdict: 'tamper',
  },
  {
    name: 'the line budget raised in the harness',
    code: `${harness}g['_left'] = 10**15\n${f('return 0')}`,
    verdict: ['wrong', 'tamper', 'exception'],
  },
  {
    name: 'the harness’s encoder replaced',
    code: `${harness}g['_dumps'] = lambda d: '{"outcome":"ok","value":{"type":"int","value":3},"stdout":""}'\n${wrong}`,
    verdict: ['wrong', 'tamper'],
  },
  {
    name: 'the encoder sends what is not JSON',
    code: `${harness}g['_dumps'] = lambda d: 'pass'\n${wrong}`,
    verdict: 'tamper',
  },
  {
    name: 'the encoder sends an outcome that does not exist',
    code: `${harness}g['_dumps'] = lambda d: '{"outcome":"pass","stdout":""}'\n${wrong}`,
    verdict: 'tamper',
  },
  {
    name: 'the encoder sends a value of no known form',
    code: `${harness}g['_dumps'] = lambda d: '{"outcome":"ok","value":{"type":"int","value":"3"},"reward":1,"stdout":""}'\n${wrong}`,
    verdict: ['wrong', 'tamper'],
  },
  {
    name: 'the encoder sends a deep value',
    code: `${harness}g['_dumps'] = lambda d: '{"outcome":"ok","stdout":"","value":' + '{"type":"list","items":[' * 5000 + ']}' * 5000 + '}'\n${wrong}`,
    verdict: 'tamper',
  },
  {
    name: 'the job’s own state forged',
    code: `${harness}${f("g['_job'].failed = None", "g['_job'].value_bytes = 10**9", 'return 0 if n else 1')}`,
    verdict: ['wrong', 'tamper', 'exception'],
  },
  {
    name: 'finish() replaced',
    code: `${harness}g['finish'] = lambda: 'clean'\nimport builtins\nbuiltins.range = None\n${wrong}`,
    verdict: ['wrong', 'exception'],
  },
  {
    name: 'the harness by frames of a traceback',
    code: f(
      'try:',
      '    1 // 0',
      'except Exception as e:',
      '    frame = e.__traceback__.tb_frame',
      '    while frame.f_back: frame = frame.f_back',
      "    frame.f_globals['_outcome_of'] = lambda e: 'ok'",
      'raise ValueError',
    ),
    verdict: ['exception', 'tamper', 'wrong', 'harness-error'],
  },
  {
    name: 'the harness by gc.get_objects',
    code: `import gc\n${f('gc.unfreeze()', 'for o in gc.get_objects():', "    if type(o) is dict and '_full_encoder' in o and '_left' in o:", '        o["_full_encoder"] = None', 'return 0')}`,
    verdict: ['tamper', 'wrong', 'exception', 'memory'],
    limits: { steps: 2_000_000 },
  },
  {
    name: 'gc.get_referrers of the program',
    code: `import gc\n${f('for o in gc.get_referrers(f.__globals__):', '    try: o.failed = None', '    except Exception: pass', 'return 0')}`,
    verdict: 'wrong',
  },
  {
    name: 'inspect.stack',
    code: `import inspect\n${f('for s in inspect.stack():', "    s.frame.f_globals.pop('_dumps', None)", 'return 0')}`,
    verdict: ['tamper', 'wrong', 'exception', 'memory', 'exit'],
  },
  {
    name: '__main__',
    code: `import __main__\n${f('for name in list(vars(__main__)):', '    delattr(__main__, name)', 'return 0')}`,
    verdict: 'wrong',
  },
  {
    name: "sys.modules['json'] replaced",
    code: `import sys, types\nm = types.ModuleType('json')\nm.dumps = lambda *a, **k: '3'\nm.loads = lambda *a, **k: 3\nsys.modules['json'] = m\n${wrong}`,
    verdict: 'wrong',
  },
  {
    name: 'sys.modules emptied',
    code: `import sys\nsys.modules.clear()\n${wrong}`,
    verdict: ['wrong', 'exception'],
  },
  {
    name: 'files of the library overwritten',
    code: `import os\nfor d, _, names in os.walk('/lib'):\n    for name in names:\n        open(os.path.join(d, name), 'w').write('raise SystemExit')\n${wrong}`,
    verdict: ['wrong', 'exception', 'memory', 'tamper'],
  },
  {
    name: 'sitecustomize and sys.path',
    code: `import sys\nopen('/tmp/sitecustomize.py', 'w').write('raise SystemExit')\nopen('/tmp/sched.py', 'w').write('raise SystemExit')\nsys.path.insert(0, '/tmp')\n${wrong}`,
    verdict: 'wrong',
  },
  {
    name: 'an import hook',
    code: `import sys\nclass H:\n    @staticmethod\n    def find_spec(name, path=None, target=None): raise SystemExit\nsys.meta_path.insert(0, H)\n${wrong}`,
    verdict: 'wrong',
  },
  {
    name: 'a method of a library class replaced',
    code: `import collections, random\ncollections.Counter.update = None\nrandom.Random.seed = None\nrandom.seed = None\n${wrong}`,
    verdict: 'wrong',
  },
  {
    name: 'state kept for the next rollout in a library object',
    code: `import decimal\ndecimal.getcontext().prec = 1\n${wrong}`,
    verdict: 'wrong',
  },
  {
    name: 'state kept in a class that outlives the job',
    code: `import abc, numbers\nclass N: pass\nnumbers.Number.register(N)\n${wrong}`,
    verdict: 'wrong',
  },
  { name: 'arguments mutated', code: f('n += 1', 'return n'), verdict: 'wrong' },
  {
    name: '__code__ of a library function replaced',
    code: `import json\njson.dumps.__code__ = (lambda *a, **k: '3').__code__\n${wrong}`,
    verdict: ['wrong', 'exception'],
  },
  {
    name: 'its own __code__ replaced while it runs',
    code: f('f.__code__ = (lambda n: 0 if n else 1).__code__', 'return 5'),
    verdict: 'wrong',
  },
  {
    name: 'a spoofed co_filename to escape the budget',
    code: `def g(n):\n    while True: pass\ng.__code__ = g.__code__.replace(co_filename='/lib/x.py')\n${f('return g(n)')}`,
    verdict: ['step-limit', 'timeout'],
    limits: { callMs: 700, jobMs: 4000 },
  },
  { name: 'a loop hidden in exec', code: f("exec('while True: pass')"), verdict: 'step-limit' },
  {
    name: 'a loop hidden in eval',
    code: f("return eval('[0 for _ in iter(int, 1)]')"),
    verdict: ['step-limit', 'memory'],
  },
  {
    name: 'the limit’s own exception raised to end tracing',
    code: `import sys\n${f('g = sys._getframe(1).f_globals', "raise g['StepLimit']")}`,
    verdict: ['step-limit', 'exception'],
  },
];
