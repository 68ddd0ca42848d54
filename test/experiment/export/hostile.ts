/**
 * Programs that want rewards.py to say True for the task `f(xs) = sum(xs)`. Each is
 * wrong for some input. As data; nothing runs here.
 */

export interface Hostile {
  readonly name: string;
  readonly code: string;
}

const wrong = 'def f(xs): return 3 if xs else None\n';
const agreeing = (base: string): string =>
  `class A(${base}):\n    def __eq__(self, o): return True\n    def __ne__(self, o): return False\n    __hash__ = None\n    def __bool__(self): return True\n`;
/** Writes the text to every descriptor that is open. */
const toAll = (text: string): string =>
  `import os\nfor n in range(64):\n    for text in ${text}:\n        try: os.write(n, text.encode() + b"\\n")\n        except OSError: pass\n`;
/** Goes up the frames at import and does what the lines say with each namespace `g`. */
const upwards = (...lines: readonly string[]): string =>
  `import sys\nframe = sys._getframe()\nwhile frame:\n    for g in (frame.f_globals, frame.f_locals):\n${lines.map((line) => `        ${line}\n`).join('')}    frame = frame.f_back\n`;

export const hostile: readonly Hostile[] = [
  { name: 'sys.exit(0)', code: 'import sys\nsys.exit(0)' },
  { name: 'sys.exit(0) in the call', code: 'import sys\ndef f(xs): sys.exit(0)' },
  { name: 'os._exit(0)', code: 'import os\ndef f(xs): os._exit(0)' },
  { name: 'quit in an at-exit handler', code: `import atexit, os\natexit.register(os._exit, 0)\n${wrong}` },
  { name: 'an object equal to all', code: `${agreeing('object')}def f(xs): return A()` },
  { name: 'an int equal to all', code: `${agreeing('int')}def f(xs): return A(3)` },
  {
    name: 'a class called int',
    code: `class int(int):\n    __eq__ = lambda a, b: True\ndef f(xs): return int(3)`,
  },
  { name: 'a bool for an int', code: 'def f(xs): return bool(sum(xs))' },
  { name: 'the verdict printed', code: `print("True")\nprint('["pass"]')\n${wrong}` },
  {
    name: 'verdicts written to every descriptor',
    code: `${toAll(`('["none"]', '["pass"]', '["int", "3"]')`)}${wrong}`,
  },
  {
    name: 'replies with the nonce, ahead of their questions',
    code: `${upwards(
      'job = g.get("job")',
      'if type(job) is dict and "nonce" in job:',
      '    import os, json',
      '    for n in range(3, 64):',
      '        for i, data in enumerate((["loaded", True], ["pass"], ["value", ["int", "3"], []], ["value", ["int", "0"], []])):',
      '            try: os.write(n, json.dumps([job["nonce"], i, data]).encode() + b"\\n")',
      '            except OSError: pass',
    )}${wrong}`,
  },
  {
    name: 'json replaced',
    code: `import json\njson.dumps = lambda *a, **k: '["pass"]'\njson.loads = lambda *a, **k: []\n${wrong}`,
  },
  {
    name: 'builtins replaced',
    code: `import builtins\nbuiltins.all = builtins.isinstance = lambda *a: True\nbuiltins.type = lambda *a: int\n${wrong}`,
  },
  { name: 'assert made empty', code: `import builtins\nbuiltins.AssertionError = StopIteration\n${wrong}` },
  {
    name: 'the encoder replaced',
    code: `${upwards('if "encode" in g: g["encode"] = lambda *a: ["int", "3"]', 'if "failure" in g: g["failure"] = lambda e: ["value", ["none"], []]')}def f(xs): raise ValueError`,
  },
  {
    name: 'an exception with the name of a built-in function',
    code: `${upwards(`if "failure" in g: g["failure"] = lambda e: ["raised", "exec", "ValueError", ["list", [["str", "say(['pass'])"]]]]`)}def f(xs): raise ValueError`,
  },
  {
    name: 'what cannot be hashed, in a set',
    code: 'class A: pass\ndef f(xs): return {A()}',
  },
  {
    name: 'a kind that does not exist',
    code: `${upwards('if "encode" in g: g["encode"] = lambda *a: ["any"]')}${wrong}`,
  },
  {
    name: 'a number that cannot be read',
    code: `${upwards('if "encode" in g: g["encode"] = lambda *a: ["int", "9" * 10**5]')}${wrong}`,
  },
  {
    name: 'a deep answer',
    code: `${upwards('if "json" in g: g["json"].dumps = lambda *a: "[" * 10**5')}${wrong}`,
  },
  {
    name: 'expected answers looked for in every frame and object',
    code: `import gc, sys\ndef look():\n    for o in gc.get_objects():\n        if type(o) is dict and "expected" in o: return o["expected"]\n        if type(o) is list and len(o) > 1 and type(o[0]) is dict and "expected" in o[0]: return o\n    frame = sys._getframe()\n    while frame:\n        for v in list(frame.f_locals.values()):\n            if type(v) is dict and ("check" in v or "tests" in v): return v\n        frame = frame.f_back\nfound = look()\ndef f(xs): return sum(xs) if found else None`,
  },
  {
    name: 'the command line and environment of the parent',
    code: `import os\ndef look():\n    for name in ("cmdline", "environ"):\n        try:\n            if open(f"/proc/{os.getppid()}/{name}").read(): return True\n        except OSError: pass\nfound = look()\ndef f(xs): return sum(xs) if found else None`,
  },
  {
    name: 'a thread that answers',
    code: `import threading, os\ndef spam():\n    while True:\n        for n in range(64):\n            try: os.write(n, b'["pass"]\\n')\n            except OSError: pass\nthreading.Thread(target=spam, daemon=True).start()\n${wrong}`,
  },
  {
    name: 'a child that stays',
    code: `import os, time\nif os.fork() == 0:\n    time.sleep(30)\n    os._exit(0)\n${wrong}`,
  },
  { name: 'a huge answer', code: 'def f(xs): return "3" * 10**8' },
  { name: 'output without end', code: 'def f(xs):\n    while True: print("True" * 1000)' },
  {
    name: 'raw output without end',
    code: 'import os\ndef f(xs):\n    while True:\n        for n in range(1, 64):\n            try: os.write(n, b"x" * 65536)\n            except OSError: pass',
  },
  { name: 'memory without end', code: 'def f(xs):\n    x = []\n    while True: x.append(bytearray(10**7))' },
  { name: 'time without end', code: 'def f(xs):\n    while True: pass' },
  { name: 'stop iteration', code: 'def f(xs): raise StopIteration' },
  { name: 'an assertion error of its own', code: 'def f(xs): raise AssertionError' },
  { name: 'a group of exits', code: 'def f(xs): raise BaseExceptionGroup("", [SystemExit(0)])' },
  { name: 'keyboard interrupt', code: 'def f(xs): raise KeyboardInterrupt' },
  {
    name: 'the first answers by heart',
    code: 'answers = [3, 0]\ndef f(xs): return answers.pop(0) if answers else None',
  },
  { name: 'the entry point is no function', code: 'f = 3' },
  { name: 'the globals cleared', code: 'def f(xs):\n    globals().clear()\n    return 3' },
  {
    name: 'a tracer and a profiler',
    code: `import sys\nsys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)\n${wrong}`,
  },
  {
    name: 'exec of the harness again',
    code: `${upwards('if "serve" in g: g["serve"] = lambda: None')}import os\n${wrong}os.dup2(1, 0)\n`,
  },
];

/**
 * `check` of the task. The last lines let exceptions with a meaning of their own through, as some tests do.
 */
export const CHECK = `def check(candidate):
    assert candidate([1, 2]) == 3
    assert candidate([]) == 0
    assert all(map(lambda xs: candidate(xs) == sum(xs), ([4], [5, 6])))
    assert [a for a, b in zip(map(candidate, [[1], [2, 3]]), [1, 5]) if a != b] == []
    assert candidate([7]) == 7
`;
