/**
 * Micro-Python programs with a call each, one per feature of the trajectory notation.
 * Shared by the tests of this folder.
 */

const body = (...lines: string[]): string => lines.map((line) => `    ${line}`).join('\n');
const def = (params: string, ...lines: string[]): string => `def f(${params}):\n${body(...lines)}`;

/** [what it shows, program, arguments] */
export const programs: readonly (readonly [string, string, string])[] = [
  ['straight line', def('a, b', 'c = a * b + 2', 'return c - a'), '3, -4'],
  ['swap by unpacking', def('a, b', 'a, b = b, a - b', 'return a * 10 + b'), '7, 2'],
  ['branch taken', def('n', 'if n % 2 == 0:', "    r = 'even'", 'else:', "    r = 'odd'", 'return r'), '4'],
  [
    'elif',
    def('n', 'if n < 0:', '    s = -1', 'elif n == 0:', '    s = 0', 'else:', '    s = 1', 'return s'),
    '0',
  ],
  ['chained comparison', def('n', 'return 2 <= n < 5'), '5'],
  ['and, or, not', def('a, b', 'return not a > b and (a == 1 or b == 2)'), '1, 1'],
  ['truth of a list', def('xs', 'if xs:', '    return xs[0]', 'return None'), '[]'],
  ['conditional expression', def('n', 'return n if n > 0 else -n'), '-6'],
  [
    'sum in a loop',
    def('xs', 't = 0', 'for x in xs:', '    if x > 3:', '        t += x', 'return t'),
    '[5, 2]',
  ],
  ['loop over nothing', def('xs', 't = 1', 'for x in xs:', '    t *= x', 'return t'), '[]'],
  [
    'continue',
    def('xs', 't = 0', 'for x in xs:', '    if x < 0:', '        continue', '    t += x', 'return t'),
    '[1, -2, 3]',
  ],
  ['break', def('xs', 'for x in xs:', '    if x == 2:', '        break', 'return x'), '[1, 2, 3]'],
  [
    'return inside a loop',
    def('xs', 'for x in xs:', '    if x > 1:', '        return x * 2', 'return 0'),
    '[1, 4, 9]',
  ],
  ['indexes', def('xs', 't = 0', 'for i in range(len(xs)):', '    t += xs[i] * i', 'return t'), '[4, 5, 6]'],
  ['negative index', def('xs', 'return xs[-1] - xs[0]'), '[4, 5, 6]'],
  [
    'enumerate',
    def('xs', 'out = []', 'for i, x in enumerate(xs):', '    out.append(i * x)', 'return out'),
    '[3, 1]',
  ],
  ['enumerate from one', def('xs', 'return [i - x for i, x in enumerate(xs, 1)]'), '[3, 1]'],
  ['zip', def('a, b', 't = 0', 'for x, y in zip(a, b):', '    t += x * y', 'return t'), '[1, 2], [3, 4]'],
  ['neighbours', def('xs', 'return [b - a for a, b in zip(xs, xs[1:])]'), '[1, 4, 2]'],
  ['while', def('n', 'k = 0', 'while n > 0:', '    n //= 2', '    k += 1', 'return k'), '5'],
  [
    'while with an early end',
    def('n', 'while True:', '    n -= 3', '    if n < 0:', '        break', 'return n'),
    '7',
  ],
  [
    'nested loops',
    def('n', 't = 0', 'for i in range(n):', '    for j in range(i):', '        t += j', 'return t'),
    '3',
  ],
  ['comprehension', def('xs', 'return [x * 2 for x in xs if x > 1]'), '[5, 1, 2]'],
  ['comprehension keeps the outer name', def('x', 'ys = [x * x for x in range(3)]', 'return x, ys'), '7'],
  ['nested comprehension', def('n', 'return [i * j for i in range(n) for j in range(i)]'), '3'],
  ['sum of a generator', def('xs', 'return sum(x for x in xs if x % 2 == 1)'), '[1, 2, 3]'],
  ['any stops early', def('xs', 'return any(x > 2 for x in xs)'), '[1, 3, 0]'],
  ['all', def('n', 'return n > 1 and all(n % i != 0 for i in range(2, n))'), '5'],
  ['max with default', def('xs', 'return max((x for x in xs if x > 9), default=None)'), '[1, 2]'],
  ['max and min', def('xs', 'return max(xs) - min(xs)'), '[4, -1, 7]'],
  ['max by key', def('ws', 'return max(ws, key=len)'), "['a', 'bcd', 'ef']"],
  ['sorted downwards', def('xs', 'return sorted(xs, reverse=True)'), '[2, 9, 4]'],
  ['sort in place', def('xs', 'xs.sort()', 'return xs[0]'), '[2, 9, -4]'],
  ['slices', def('xs', 'return xs[1:] + xs[::-1]'), '[1, 2, 3]'],
  [
    'insert and pop',
    def('xs', 'out = []', 'for x in xs:', '    out.insert(0, x)', 'last = out.pop()', 'return last'),
    '[1, 2]',
  ],
  ['list alias', def('xs', 'ys = xs', 'ys.append(1)', 'return xs'), '[3]'],
  ['element assignment', def('xs', 'xs[0] = xs[1]', 'xs[1] += 2', 'return xs'), '[1, 2]'],
  ['distinct', def('xs', 'return len(set(xs))'), '[3, 3, 1]'],
  [
    'membership',
    def('xs', 'seen = []', 'for x in xs:', '    if x not in seen:', '        seen.append(x)', 'return seen'),
    '[2, 2, 1]',
  ],
  [
    'counting in a dict',
    def('xs', 'd = {}', 'for x in xs:', '    d[x] = d.get(x, 0) + 1', 'return d'),
    '[1, 2, 1]',
  ],
  [
    'walking a dict',
    def('s', 'd = {}', 'for c in s:', '    d[c] = 1', 'return [k for k, v in d.items() if v == 1]'),
    "'ab'",
  ],
  ['dict augmented', def('xs', 'd = {0: 0}', 'for x in xs:', '    d[0] += x', 'return d[0]'), '[4, 5]'],
  ['tuple', def('a, b', 'return (a + b, a - b)'), '5, 3'],
  [
    'letters',
    def('s', 't = 0', 'for c in s:', "    if c in 'aeiou':", '        t += 1', 'return t'),
    "'idea'",
  ],
  [
    'string building',
    def('s', "out = ''", 'for c in s:', '    out = c.upper() + out', 'return out'),
    "'abc'",
  ],
  ['join', def('ws', "return '-'.join(w[::-1] for w in ws)"), "['ab', 'cd']"],
  ['string index', def('s', 'return s[0] == s[-1]'), "'abca'"],
  ['capital letters', def('s', 'return s.capitalize() + s[1:]'), "'abc'"],
  ['digits of a number', def('n', 't = 0', 'for c in str(n):', '    t += int(c)', 'return t'), '47'],
  ['half', def('n', 'return n / 2'), '-5'],
  ['no return', def('xs', 'for x in xs:', '    pass'), '[1]'],
  [
    'map and filter',
    def('xs', 'ys = list(map(lambda x: x * 2, xs))', 'return list(filter(lambda y: y > 2, ys))'),
    '[1, 2]',
  ],
  ['reversed', def('xs', 'return [x for x in reversed(xs)]'), '[1, 2]'],
  ['comments and blank lines', 'def f(n):\n    # double it\n\n    n = n * 2\n    return n', '3'],
];

/** Programs and calls that have no trajectory. */
export const unsupported: readonly (readonly [string, string, string])[] = [
  ['no Python', 'def f(n:\n    return', '1'],
  ['another name', 'def g(n):\n    return n', '1'],
  ['two functions', 'def g(n):\n    return n\ndef f(n):\n    return g(n)', '1'],
  ['an import', 'import os\ndef f(n):\n    return n', '1'],
  ['code on the line of def', 'def f(n): return n', '1'],
  ['default values', 'def f(n=1):\n    return n', '1'],
  ['an exception', def('xs', 'return xs[3]'), '[1]'],
  ['division by zero', def('n', 'return n // 0'), '1'],
  ['a value above 160', def('n', 'return n * n'), '13'],
  ['a value below -60', def('n', 'return n * 10'), '-7'],
  ['never ends', def('n', 'while True:', '    n = 1'), '1'],
  ['grows without end', def('xs', 'for x in xs:', '    xs.append(x)', 'return xs'), '[1]'],
  ['a huge power', def('n', 'return n ** n ** n'), '9'],
  ['unknown function', def('n', 'return eval(n)'), "'1'"],
  ['unknown attribute', def('n', 'return n.__class__'), '1'],
  ['a helper inside', def('n', 'def g(x):', '    return x', 'return g(n)'), '1'],
  ['too few arguments', def('a, b', 'return a'), '1'],
  ['arguments that are no literals', def('a', 'return a'), 'open("x")'],
  ['a letter outside the notation', def('s', 'return s'), "'ä'"],
  ['recursion', def('n', 'return n if n < 2 else f(n - 1)'), '3'],
];
