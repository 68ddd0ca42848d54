/** Programs that take all memory or all stack. */
import { f, type Attack } from './attack.ts';

const large = { steps: 1_000_000 };
/** No space is left in the job's files; on a busy machine the clock may come first. */
const full = ['exception', 'timeout'] as const;

export const memoryAndStack: readonly Attack[] = [
  { name: 'a list of 10^9', code: f('return [0] * 10**9'), verdict: 'memory' },
  { name: 'a tuple of 10^9', code: f('return (0,) * 10**9'), verdict: 'memory' },
  { name: 'bytes of 10^10', code: f('return bytes(10**10)'), verdict: ['memory', 'exception'] },
  {
    name: 'a growing string',
    code: f("s = 'x'", 'while True:', '    s += s'),
    verdict: ['memory', 'exception'],
  },
  {
    name: 'a growing list of lists',
    code: f('xs = []', 'while True:', '    xs.append([0] * 10**6)'),
    verdict: ['memory', 'step-limit'],
  },
  {
    name: 'the memory error swallowed, then the answer held back',
    code: f('try:', '    [0] * 10**9', 'except MemoryError:', '    raise ValueError'),
    verdict: 'exception',
  },
  { name: 'infinite recursion', code: f('return f(n)'), verdict: 'exception' },
  {
    name: 'infinite recursion with a raised limit',
    code: `import sys\nsys.setrecursionlimit(10**9)\n${f('return f(n + 1)')}`,
    // Frames of Python alone take no C stack: the budget of turns may end it first.
    verdict: ['exception', 'memory', 'step-limit'],
  },
  {
    name: 'the limit raised behind the wrapper',
    code: `import sys\n${f('for o in vars(sys).values():', "    g = getattr(o, '__globals__', {})", "    if '_set_recursion' in g: g['_set_recursion'](10**7)", 'def deep(k): return deep(k + 1)', 'return deep(0)')}`,
    // Frames of Python alone take no C stack: the budget of lines may end it first.
    verdict: ['exception', 'memory', 'step-limit'],
  },
  {
    name: 'a list nested 10^5 deep',
    code: f('x = []', 'for _ in range(10**5):', '    x = [x]', 'return x'),
    verdict: ['wrong', 'memory', 'exception'],
    limits: large,
  },
  {
    name: 'its repr',
    code: f('x = []', 'for _ in range(10**5):', '    x = [x]', 'return repr(x)'),
    // In Node the stack holds it, as a process of CPython with a large one does.
    verdict: ['memory', 'exception', 'wrong'],
    limits: large,
  },
  { name: 'a list that holds itself', code: f('x = []', 'x.append(x)', 'return x'), verdict: 'wrong' },
  { name: 'a dict that holds itself', code: f('d = {}', 'd[0] = d', 'return d'), verdict: 'wrong' },
  {
    name: 'two lists that hold each other',
    code: f('a, b = [], []', 'a.append(b)', 'b.append(a)', 'return a'),
    verdict: 'wrong',
  },
  { name: 'an int of 10^6 digits', code: f('return 10 ** 10**6'), verdict: 'wrong' },
  {
    name: 'a deep expression',
    code: f(`return ${'('.repeat(150)}n${')'.repeat(150)}`),
    verdict: ['wrong', 'syntax-error'],
  },
  {
    name: 'source nested beyond the parser',
    code: f(`return ${'['.repeat(5000)}${']'.repeat(5000)}`),
    verdict: ['syntax-error', 'memory'],
  },
  {
    name: 'more source than is allowed',
    code: `${f('return 0')}\n#${'x'.repeat(70_000)}`,
    verdict: 'syntax-error',
  },
  {
    name: 'an answer shared exponentially',
    code: f('x = [0]', 'for _ in range(18):', '    x = [x, x]', 'return x'),
    verdict: 'wrong',
  },
  // Emscripten's files, terminals and pipes hold in JavaScript's memory, beside Python's.
  {
    name: 'one byte at the end of 40 GB',
    code: f("file = open('/tmp/x', 'wb', 0)", 'file.seek(4 * 10**10)', "file.write(b'x')", 'return 0'),
    verdict: 'exception',
  },
  {
    name: 'a file made long',
    code: `import os\n${f("d = os.open('/tmp/x', os.O_RDWR | os.O_CREAT)", 'os.ftruncate(d, 2**31 - 1)', 'return 0')}`,
    verdict: 'exception',
  },
  {
    name: 'a gigabyte in files',
    code: f('b = bytes(10**7)', 'for i in range(100):', "    open('/tmp/%d' % i, 'wb').write(b)", 'return 0'),
    verdict: 'exception',
    limits: large,
  },
  {
    name: 'a terminal without lines',
    code: `import os\n${f("d = os.open('/dev/tty', os.O_WRONLY)", 'for i in range(20):', "    os.write(d, b'x' * 10**7)", 'return 0')}`,
    verdict: 'wrong',
  },
  {
    name: 'a pipe that nobody reads',
    code: `import os\n${f('r, w = os.pipe()', 'for i in range(20):', "    os.write(w, b'x' * 10**7)", 'return 0')}`,
    verdict: 'exception',
  },
  // One list of so many parts does not fit a worker's heap, and took the whole process of Node along.
  {
    name: 'a path of 10^8 parts',
    code: `import os\n${f("return os.stat('./' * 10**8).st_size")}`,
    verdict: 'exception',
  },
  {
    name: 'a link to a path of 10^8 parts',
    code: `import os\n${f("os.symlink('a/' * 10**8, '/tmp/l')", "return os.stat('/tmp/l').st_size")}`,
    verdict: 'exception',
  },
  {
    name: 'long names without end',
    code: f('for i in range(10**6):', "    open('/tmp/%d' % i + 'n' * 4000, 'w').close()", 'return 0'),
    verdict: full,
    limits: large,
  },
  {
    name: 'links without end',
    code: `import os\n${f('for i in range(10**6):', "    os.symlink('a' * 4000, '/tmp/%d' % i)", 'return 0')}`,
    verdict: full,
    limits: large,
  },
  {
    name: 'a new name for a file, without end',
    code: `import os\n${f("open('/tmp/a', 'w').close()", "os.mkdir('/tmp/d')", 'for i in range(10**6):', "    open('/tmp/d/%d' % i, 'w').close()", "    os.rename('/tmp/d/%d' % i, '/tmp/d/%d' % i + 'n' * 4000)", 'return 0')}`,
    verdict: full,
    limits: large,
  },
  {
    name: 'a descriptor of a huge number',
    code: `import fcntl\n${f("file = open('/tmp/x', 'wb')", 'return fcntl.fcntl(file, fcntl.F_DUPFD, 2**30)')}`,
    verdict: 'exception',
  },
];
