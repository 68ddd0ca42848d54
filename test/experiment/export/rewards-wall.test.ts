/**
 * rewards.py against programs that want its True: as examples and as a test program. Needs python3
 * in PATH; without one it is skipped and said aloud. How it compares values is in rewards.test.ts.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rewardsSource } from '../../../src/experiment/export/rewards.ts';
import { CHECK, hostile } from './hostile.ts';

const found = spawnSync('python3', ['--version'], { encoding: 'utf8' }).status === 0;
if (!found) console.warn('SKIPPED: the wall of rewards.py was not tried, there is no python3 in PATH.');

const EXAMPLES = [
  { args: '[1, 2]', expected: '3' },
  { args: '[]', expected: '0' },
  { args: '[4]', expected: '4' },
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracewise-wall-'));
  writeFileSync(join(folder, 'rewards.py'), rewardsSource);
  writeFileSync(join(folder, 'answers.txt'), '3');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Value of a Python expression over `data` with rewards.py imported; `judged` gives
 * what is not judged as a text.
 */
function python(expression: string, data: unknown, errors = /^$/): unknown {
  const code = [
    'import json, sys, time, rewards',
    'from rewards import *',
    'rewards.TIME_LIMIT = 3',
    'def judged(program, tests, prompt=""):',
    '    try: return passes(program, "f", tests, prompt)',
    '    except NotJudged as e: return "not judged: " + str(e)',
    'def timed(program, tests):',
    '    start = time.monotonic()',
    '    return [judged(program, tests), time.monotonic() - start]',
    'data = json.load(sys.stdin)',
    `print(json.dumps(${expression}))`,
  ].join('\n');
  const options = { cwd: folder, input: JSON.stringify(data), encoding: 'utf8' } as const;
  const done = spawnSync('python3', ['-c', code], options);
  expect(done.stderr).toMatch(errors);
  return JSON.parse(done.stdout);
}

describe.skipIf(!found)('the wall of rewards.py', () => {
  test.each(hostile)('$name', ({ code }) => {
    const data = { code, examples: EXAMPLES, check: { check: CHECK } };
    const [[byExamples, time], [byCheck]] = python(
      '[timed(data["code"], data["examples"]), timed(data["code"], data["check"])]',
      data,
    ) as [[unknown, number], [unknown]];
    expect([byExamples, byCheck]).toEqual([false, false]);
    expect(time, 'seconds').toBeLessThan(20);
  });

  test('right programs pass both ways, with what they need', () => {
    const right = [
      'def f(xs): return sum(xs)',
      'import functools, operator\ndef f(xs): return functools.reduce(operator.add, xs, 0)',
      'print("hello")\ndef f(xs):\n    print(xs)\n    return sum(xs)',
      'import random, json, decimal, re\nclass A:\n    def add(self, xs): return sum(xs)\ndef f(xs): return A().add(xs)',
      'def f(xs, seen=[]):\n    seen.append(1)\n    return sum(xs)',
    ];
    const verdicts = python(
      '[[judged(p, data["examples"]), judged(p, data["check"])] for p in data["right"]]',
      {
        right,
        examples: EXAMPLES,
        check: { check: CHECK },
      },
    );
    expect(verdicts).toEqual(right.map(() => [true, true]));
  });

  test('calls happen once each, in order, with their effects', () => {
    const cases: readonly (readonly [program: string, body: string, passes: boolean])[] = [
      ['def f(x, seen=[]):\n    seen.append(x)\n    return len(seen)', 'assert candidate(1) == 1 and candidate(1) == 2', true],
      ['def f(x, seen=[]):\n    seen.append(x)\n    return len(seen)', 'assert candidate(1) == candidate(1)', false],
      ['def f(xs): xs.sort()', 'a = [3, 1]\n    candidate(a)\n    assert a == [1, 3]', true],
      ['def f(d): d["a"] = 1', 'd = {}\n    candidate(d)\n    assert d == {"a": 1}', true],
      ['def f(n):\n    yield from range(n)', 'assert list(candidate(3)) == [0, 1, 2]', true],
      ['from collections import Counter\ndef f(x): return Counter(x)', 'assert candidate("aab").most_common(1) == [("a", 2)]', true],
      ['from fractions import Fraction\ndef f(x): return Fraction(x, 2)', 'from fractions import Fraction\n    assert candidate(1) == Fraction(1, 2)', true],
      ['def f(x): return 1j * x', 'assert candidate(2) == 2j', true],
      ['def f(x): return float("nan")', 'assert candidate(1) != candidate(1)', true],
      ['def f(x): raise KeyError("k")', 'try:\n        candidate(1)\n    except KeyError as e:\n        assert e.args == ("k",)\n    else:\n        assert False', true],
      ['class Bad(ValueError): pass\ndef f(x): raise Bad(1)', 'try:\n        candidate(1)\n    except ValueError:\n        pass\n    else:\n        assert False', true],
      ['def f(x): raise StopIteration', 'assert list(map(candidate, [1])) == []', false],
      ['def f(x): raise StopIteration', 'try:\n        candidate(1)\n        assert False\n    except StopIteration:\n        pass', true],
      ['def f(x): raise AttributeError', 'class C:\n        @property\n        def p(self): return candidate(1)\n    assert getattr(C(), "p", 7) == 7', false],
      ['def g(x): return x + 1\ndef f(x): return g(x)', 'assert g(1) == candidate(1) == 2', true],
    ]; // prettier-ignore
    const verdicts = python(
      '[judged(p, {"check": "def check(candidate):\\n    " + body + "\\n"}) for p, body, _ in data]',
      cases,
    );
    expect(verdicts).toEqual(cases.map(([, , verdict]) => verdict));
  });

  test('what is the task’s fault is no verdict on the program', () => {
    const program = 'def f(xs): return sum(xs)';
    const tests = [
      [{ args: '[1]', expected: 'one' }],
      [{ args: 'g(1)', expected: '1' }],
      [],
      { check: 'def chuck(candidate): pass' },
      { check: 'import numpy_that_is_not_here\ndef check(candidate): pass' },
      { check: 'def check(candidate):\n    candidate(lambda: 1)' },
      { check: 'def check(candidate):\n    raise SystemExit(0)' },
    ];
    const verdicts = python('[judged(data["program"], tests) for tests in data["tests"]]', {
      program,
      tests,
    });
    expect(verdicts).toEqual(tests.map(() => expect.stringMatching(/^not judged: /) as string));
    const row = { completions: [program], prompts: [''], kind: ['codegen'], entry_point: ['f'] };
    const asked = { ...row, ground_truth: ['{"extraction": "continuation"}'], tests: ['[]'] };
    expect(python('tests_reward(**data)', asked, /^not judged: f: there are no tests\n$/)).toEqual([null]);
  });

  test('a task’s prompt gives its helpers to the test', () => {
    const prompt = 'def twice(x):\n    return 2 * x\n\ndef f(x):\n    """Twice and one."""\n';
    const check = { check: 'def check(candidate):\n    assert candidate(2) == twice(2) + 1\n' };
    const programs = [`${prompt}    return 2 * x + 1\n`, 'def twice(x): return x\ndef f(x): return x + 1\n'];
    const verdicts = python('[judged(p, data["check"], data["prompt"]) for p in data["programs"]]', {
      prompt,
      check,
      programs,
    });
    expect(verdicts).toEqual([true, false]);
  });

  test('answers on the disk, the network and the parent are out of reach where the system can do it', (context) => {
    const attempts = [
      `answers = open(${JSON.stringify(join(folder, 'answers.txt'))}).read()\ndef f(xs): return int(answers)`,
      'import os\nmemory = open(f"/proc/{os.getppid()}/mem", "rb")\ndef f(xs): return 3',
      'import socket\ns = socket.socket()\ns.settimeout(1)\ntry: s.connect(("127.0.0.1", 9))\nexcept ConnectionRefusedError: pass\ndef f(xs): return 3',
      'import os, signal\nos.kill(os.getppid(), 0)\ndef f(xs): return 3',
    ];
    const [held, ...verdicts] = python(
      '[passes("def f(xs): return 3", "f", data["tests"]) and rewards.LANDLOCK, *[judged(p, data["tests"]) for p in data["attempts"]]]',
      { attempts, tests: [{ args: '[1, 2]', expected: '3' }] },
    ) as [boolean, ...boolean[]];
    if (!held) {
      console.warn('SKIPPED: this system has no Landlock, so rewards.py does not keep programs from files.');
      context.skip();
    }
    expect(verdicts).toEqual(attempts.map(() => false));
  });
});
