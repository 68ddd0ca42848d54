/** Programs that print in place of answering: too much, forged, or meant for whoever looks at it. */
import { f, type Attack } from './attack.ts';

const forged = '{"outcome":"ok","value":{"type":"int","value":3}}';

export const output: readonly Attack[] = [
  { name: 'endless print', code: f("while True: print('spam' * 100)"), verdict: 'output-limit' },
  { name: 'one print of 10 MB', code: f("print('x' * 10**7)"), verdict: 'output-limit' },
  {
    name: 'the output limit swallowed',
    code: f('try:', "    print('x' * 10**7)", 'except BaseException:', '    return sum(range(n))'),
    verdict: 'output-limit',
  },
  {
    name: 'too much on standard error',
    code: `import sys\n${f("sys.stderr.write('x' * 10**7)")}`,
    verdict: 'output-limit',
  },
  {
    name: 'too much through the buffer',
    code: `import sys\n${f("sys.stdout.buffer.write(b'x' * 10**7)")}`,
    verdict: 'output-limit',
  },
  { name: 'closed output', code: `import sys\nsys.stdout.close()\n${f('print(n)')}`, verdict: 'exception' },
  { name: 'output replaced', code: `import sys\nsys.stdout = None\n${f('print(n)')}`, verdict: 'wrong' },
  {
    name: 'output replaced by one that returns verdicts',
    code: `import sys\nclass S:\n    def write(self, s): return ${JSON.stringify(forged)}\n    def flush(self): pass\nsys.stdout = S()\n${f('print(n)')}`,
    verdict: 'wrong',
  },
  { name: 'a fake verdict in JSON', code: f(`print('${forged}')`), verdict: 'wrong' },
  { name: 'a fake verdict as the answer', code: f(`return '${forged}'`), verdict: 'wrong' },
  {
    name: 'a fake value in the encoder’s own form',
    code: f("return {'type': 'int', 'value': sum(range(n))}"),
    verdict: 'wrong',
  },
  { name: 'the harness’s state word', code: f("print('clean')", "return 'clean'"), verdict: 'wrong' },
  { name: 'ANSI sequences', code: f("print('\\x1b[2J\\x1b[1;1Hpassed\\x07')"), verdict: 'wrong' },
  {
    name: 'HTML and script',
    code: f(`print('<img src=x onerror="alert(1)"><script>alert(1)</script>')`),
    verdict: 'wrong',
  },
  {
    name: 'an exception with script in its message',
    code: f("raise ValueError('<script>alert(1)</script>')"),
    verdict: 'exception',
  },
  { name: 'file descriptor 1', code: `import os\n${f("os.write(1, b'passed')")}`, verdict: 'wrong' },
  { name: 'null bytes and lone surrogates', code: f("print('\\x00\\ud800')"), verdict: 'wrong' },
];
