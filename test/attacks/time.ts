/** Programs that do not end: in Python, where lines are counted, and in C, where only the clock helps. */
import { beforeRight, byTheClock, f, type Attack } from './attack.ts';

export const time: readonly Attack[] = [
  { name: 'an endless loop', code: f('while True:', '    pass'), verdict: 'step-limit' },
  { name: 'an endless loop on one line', code: f('while True: pass'), verdict: 'step-limit' },
  { name: 'an endless loop while loading', code: beforeRight('while True: pass'), verdict: 'step-limit' },
  {
    name: 'a loop that swallows BaseException',
    code: f('while True:', '    try:', '        n += 1', '    except BaseException:', '        pass'),
    verdict: ['step-limit', 'timeout'],
    limits: byTheClock,
  },
  {
    name: 'the step limit swallowed, then the answer',
    code: f('try:', '    while True: pass', 'except BaseException:', '    return sum(range(n))'),
    verdict: 'step-limit',
  },
  {
    name: 'SIGINT ignored',
    code: `import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n${f('while True: pass')}`,
    verdict: ['step-limit', 'exception'],
  },
  { name: 'a loop in C', code: f('return sum(range(10**12))'), verdict: 'timeout', limits: byTheClock },
  {
    name: 'a loop in C while loading',
    code: beforeRight('sum(range(10**12))'),
    verdict: 'timeout',
    limits: byTheClock,
  },
  {
    name: 'time.sleep',
    code: `import time\n${f('time.sleep(1000)')}`,
    verdict: 'timeout',
    limits: byTheClock,
  },
  {
    name: 'a catastrophic regular expression',
    code: `import re\n${f("return re.match('(a+)+$', 'a' * 60 + 'b')")}`,
    verdict: 'timeout',
    limits: byTheClock,
  },
  {
    name: 'a huge power',
    code: f('return len(str(7 ** (10 ** 9)))'),
    verdict: ['timeout', 'memory'],
    limits: byTheClock,
  },
  {
    name: 'a looping __del__ after the answer',
    code: `class D:\n    def __del__(self):\n        while True: pass\n${f('D()', 'return sum(range(n))')}`,
    verdict: 'step-limit',
  },
  {
    name: '__repr__ and __iter__ that loop while the answer is encoded',
    code: `class R(list):\n    def __repr__(self):\n        while True: pass\n    __iter__ = __len__ = __repr__\n${f('return R()')}`,
    verdict: 'wrong',
  },
  {
    name: 'an infinite iterator as the answer',
    code: `import itertools\n${f('return itertools.count()')}`,
    verdict: 'wrong',
  },
  {
    name: 'an endless generator summed',
    code: f('return sum(1 for _ in iter(int, 1))'),
    verdict: 'step-limit',
  },
  {
    name: 'an endless iterator in C',
    code: `import itertools\n${f('return list(itertools.repeat(0))')}`,
    verdict: ['memory', 'timeout'],
    limits: byTheClock,
  },
  {
    name: 'endless asyncio',
    code: `import asyncio\nasync def forever():\n    while True:\n        await asyncio.sleep(0)\n${f('return asyncio.run(forever())')}`,
    verdict: ['step-limit', 'exception', 'timeout', 'tamper'],
  },
  {
    name: 'a timer that fires after the job',
    code: `import asyncio\ndef later():\n    import builtins\n    builtins.range = None\n${f('asyncio.get_event_loop().call_soon(later)', 'return 0')}`,
    verdict: ['wrong', 'exception', 'tamper'],
  },
  {
    name: 'a thread that goes on',
    code: `import threading\ndef work():\n    while True: pass\n${f('threading.Thread(target=work).start()', 'return 0')}`,
    verdict: ['exception', 'wrong'],
  },
  {
    name: 'a suspended generator with endless clean-up, in a cycle',
    code: `def g(box):\n    try:\n        yield\n    finally:\n        while True: pass\n${f('box = []', 'it = g(box)', 'next(it)', 'box.append(it)', 'return 0')}`,
    verdict: 'wrong',
  },
  {
    name: 'exponential recursion',
    code: f('return f(n - 1) + f(n - 1) if n > -40 else 0'),
    verdict: 'step-limit',
  },
];
