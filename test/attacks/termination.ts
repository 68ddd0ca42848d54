/** Programs that end themselves, the interpreter or the process, in place of giving an answer. */
import { beforeRight, f, type Attack } from './attack.ts';

export const termination: readonly Attack[] = [
  { name: 'sys.exit while loading', code: beforeRight('import sys', 'sys.exit(0)'), verdict: 'exit' },
  { name: 'sys.exit in the function', code: `import sys\n${f('sys.exit(0)')}`, verdict: 'exit' },
  { name: 'sys.exit with the answer', code: `import sys\n${f('sys.exit(sum(range(n)))')}`, verdict: 'exit' },
  { name: 'raise SystemExit', code: f('raise SystemExit(0)'), verdict: 'exit' },
  { name: 'raise SystemExit while loading', code: beforeRight('raise SystemExit'), verdict: 'exit' },
  { name: 'raise KeyboardInterrupt', code: f('raise KeyboardInterrupt'), verdict: 'exit' },
  { name: 'a subclass of SystemExit', code: `class E(SystemExit): pass\n${f('raise E')}`, verdict: 'exit' },
  { name: 'os._exit', code: `import os\n${f('os._exit(0)')}`, verdict: 'exit' },
  { name: 'os._exit while loading', code: beforeRight('import os', 'os._exit(0)'), verdict: 'exit' },
  { name: 'os.abort', code: `import os\n${f('os.abort()')}`, verdict: ['memory', 'exit', 'tamper'] },
  {
    name: 'os.kill of itself',
    code: `import os, signal\n${f('os.kill(os.getpid(), signal.SIGKILL)', 'raise ValueError')}`,
    verdict: ['exit', 'memory', 'exception', 'tamper'],
  },
  { name: 'quit()', code: f('quit()'), verdict: ['exit', 'exception'] },
  { name: 'exit()', code: f('exit()'), verdict: ['exit', 'exception'] },
  {
    name: 'atexit that prints a verdict',
    code: `import atexit\natexit.register(print, '{"outcome":"ok","value":{"type":"int","value":3}}')\n${f('raise SystemExit(0)')}`,
    verdict: 'exit',
  },
  { name: 'raise GeneratorExit', code: f('raise GeneratorExit'), verdict: 'exception' },
  {
    name: 'an exception whose class cannot be named',
    code: `class M(type):\n    __name__ = property(lambda c: 1 // 0)\nclass E(BaseException, metaclass=M): pass\n${f('raise E')}`,
    verdict: 'exception',
  },
];
