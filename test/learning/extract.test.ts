/**
 * Where the program in a completion is: prompts that are repeated, fences, line ends,
 * marks, imports that must stand first.
 */
import { describe, expect, it } from 'vitest';
import { afterWholePrompt, extractProgram } from '../../src/learning/extract.ts';
import { PROGRAM } from '../../src/tasks/entry.ts';
import { growth, LINEAR } from '../fuzz.ts';

const plain = { prompt: '# twice x\ndef f(x):\n', entryPoint: 'f' };
const method = { prompt: 'from typing import *\n\n', entryPoint: 'Solution().twice' };
const whole = { prompt: 'import sys\n\n# Print the sum.\n\n', entryPoint: PROGRAM };
const fence = (code: string, info = 'python'): string => `\`\`\`${info}\n${code}\`\`\`\n`;

describe('a continuation', () => {
  it.each([
    ['the body', '    return 2 * x\n'],
    ['the prompt and the body', `${plain.prompt}    return 2 * x\n`],
    ['carriage returns', '    return 2 * x\r\n'],
    ['tabs', '\treturn 2 * x\n'],
    ['a byte order mark', '\ufeff    return 2 * x\n'],
    ['a fence', fence('    return 2 * x\n')],
  ])('is text behind the prompt, whatever it is: %s', (_what, text) => {
    // Nothing is mended: CPython says what becomes of it.
    expect(extractProgram(plain, afterWholePrompt(plain, text), 'continuation')).toBe(plain.prompt + text);
  });

  it('of nothing but white space is no program', () => {
    expect(extractProgram(plain, ' \n\t', 'continuation')).toBeNull();
    expect(extractProgram(whole, '\r\n', 'whole')).toBeNull();
  });

  it('keeps an import of the future first, where the prompt is what stands before a program', () => {
    const code = 'from __future__ import annotations\nimport re\nprint(1)\n';
    expect(extractProgram(whole, afterWholePrompt(whole, code), 'continuation')).toBe(
      `from __future__ import annotations\n${whole.prompt}\nimport re\nprint(1)\n`,
    );
    expect(extractProgram(plain, code, 'continuation')).toBe(plain.prompt.trimEnd() + code);
  });
});

describe('a body', () => {
  it('ends where the first column begins again', () => {
    expect(extractProgram(plain, '\n    y = 1\n\n    return y\nprint(f(1))\n', 'body')).toBe(
      '# twice x\ndef f(x):\n    y = 1\n\n    return y',
    );
    expect(extractProgram(plain, ' return x', 'body')).toBe('# twice x\ndef f(x): return x');
  });
});

describe('fences', () => {
  const code = 'def f(x):\n    return 2 * x\n';

  it('the last that defines the entry point, closed ones alone', () => {
    const text = `Draft:\n${fence('def f(x):\n    pass\n')}Then\n${fence(code)}${fence('print(f(1))\n')}\`\`\`python\ndef f(x): 3\n`;
    expect(extractProgram(plain, text, 'fence')).toBe(code);
    expect(extractProgram(plain, '```python\ndef f(x):\n    return 1\n', 'fence')).toBeNull();
    expect(extractProgram(plain, code, 'fence')).toBeNull();
  });

  it('with carriage returns, with spaces after them, with any word behind the first', () => {
    expect(extractProgram(plain, '```py title="a"\r\ndef f(x):\r\n    return 1\r\n``` \t\r\n', 'fence')).toBe(
      'def f(x):\r\n    return 1\r\n',
    );
    expect(extractProgram(plain, fence(code, ''), 'fence')).toBe(code);
  });

  it('of a method: the class and the method, behind the prompt that it needs', () => {
    const right = 'class Solution:\n    def twice(self, x: int) -> int:\n        return 2 * x\n';
    expect(
      extractProgram(
        method,
        fence('def twice(x): ...\n') + fence(right) + fence('class Solution:\n    pass\n'),
        'fence',
      ),
    ).toBe(`${method.prompt}${right}`);
  });

  it('of a program that runs as a whole: the last one', () => {
    expect(extractProgram(whole, fence('print(1)\n') + fence('print(2)\n'), 'fence')).toBe(
      `${whole.prompt}print(2)\n`,
    );
  });

  it('any number of open ones takes time as their number, not as its square', () => {
    const read = (count: number): void => {
      const text = '```python\ndef f(x):\n'.repeat(count);
      expect(extractProgram(plain, text, 'fence')).toBeNull();
      expect(extractProgram(plain, `${text}\n\`\`\`\n`, 'fence')).toHaveLength(text.length - 9);
    };
    expect(growth(read, 10_000)).toBeLessThan(LINEAR);
  });
});

it('a whole program is itself where the prompt begins it, and stands behind the prompt where that is only imports', () => {
  const code = 'def f(x):\n    return 1\n';
  expect(extractProgram(plain, code, 'whole')).toBe(code);
  expect(extractProgram(whole, 'print(1)', 'whole')).toBe(`${whole.prompt}print(1)`);
});
