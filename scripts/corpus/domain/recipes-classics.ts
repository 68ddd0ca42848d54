/** Well-known problems about numbers and texts. recipes.ts says what a recipe is. */
import type { Recipe } from './recipes.ts';
import { mod, type Py } from './value.ts';

const n = (v: Py | undefined): number => v as number;
const s = (v: Py | undefined): string => v as string;
const backwards = (text: string): string => [...text].reverse().join('');
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
const upTo = (end: number): number[] => Array.from({ length: Math.max(0, end) }, (_, i) => i + 1);

export const CLASSICS: readonly Recipe[] = [
  {
    name: 'gcd',
    params: { a: 'nat', b: 'nat' },
    say: ['greatest common divisor of a and b', 'largest number that divides a and b'],
    right: [
      'while b:\n    a, b = b, a % b\nreturn a',
      'while b > 0:\n    a, b = b, a % b\nreturn a',
      'if b == 0:\n    return a\nreturn f(b, a % b)',
    ],
    wrong: {
      'returns the zero': 'while b:\n    a, b = b, a % b\nreturn b',
      'quotient for remainder': 'while b:\n    a, b = b, a // b\nreturn a',
      'smaller of both': 'return min(a, b)',
    },
    reference: ([a, b]) => gcd(n(a), n(b)),
  },
  {
    name: 'factorial',
    params: { n: 'nat' },
    say: ['factorial of n', 'product of all numbers from 1 to n'],
    right: [
      'T = 1\nfor i in range(1, n + 1):\n    T *= i\nreturn T',
      'T = 1\nwhile n > 1:\n    T *= n\n    n -= 1\nreturn T',
      'if n < 2:\n    return 1\nreturn n * f(n - 1)',
    ],
    wrong: {
      'starts from zero': 'T = 0\nfor i in range(1, n + 1):\n    T *= i\nreturn T',
      'stops before n': 'T = 1\nfor i in range(1, n):\n    T *= i\nreturn T',
      'adds for times': 'T = 1\nfor i in range(1, n + 1):\n    T += i\nreturn T',
    },
    reference: ([a]) => upTo(n(a)).reduce((p, i) => p * i, 1),
  },
  {
    name: 'fibonacci',
    params: { n: 'nat' },
    say: ['fibonacci number n with 0 and 1 first', 'number n of the fibonacci sequence from 0'],
    right: [
      'a, b = 0, 1\nfor i in range(n):\n    a, b = b, a + b\nreturn a',
      'if n < 2:\n    return n\nreturn f(n - 1) + f(n - 2)',
    ],
    wrong: {
      'one too far': 'a, b = 0, 1\nfor i in range(n):\n    a, b = b, a + b\nreturn b',
      'starts at one': 'a, b = 1, 1\nfor i in range(n):\n    a, b = b, a + b\nreturn a',
      'updates in turn': 'a = 0\nb = 1\nfor i in range(n):\n    a = b\n    b = a + b\nreturn a',
    },
    reference: ([a]) => {
      let [x, y] = [0, 1];
      for (let i = 0; i < n(a); i++) [x, y] = [y, x + y];
      return x;
    },
  },
  {
    name: 'fibonacci list',
    params: { n: 'nat' },
    say: ['list of the first n fibonacci numbers from 0'],
    right: ['T = []\na, b = 0, 1\nfor i in range(n):\n    T.append(a)\n    a, b = b, a + b\nreturn T'],
    wrong: {
      'appends the next':
        'T = []\na, b = 0, 1\nfor i in range(n):\n    T.append(b)\n    a, b = b, a + b\nreturn T',
      'one too many':
        'T = []\na, b = 0, 1\nfor i in range(n + 1):\n    T.append(a)\n    a, b = b, a + b\nreturn T',
    },
    reference: ([a]) => {
      const out: number[] = [];
      let [x, y] = [0, 1];
      for (let i = 0; i < n(a); i++) {
        out.push(x);
        [x, y] = [y, x + y];
      }
      return out;
    },
  },
  {
    name: 'is prime',
    params: { n: 'nat' },
    say: ['whether n is prime', 'true if n is a prime number'],
    right: [
      'if n < 2:\n    return False\nfor i in range(2, n):\n    if n % i == 0:\n        return False\nreturn True',
      'return n > 1 and all([n % i != 0 for i in range(2, n)])',
    ],
    wrong: {
      'one is prime': 'for i in range(2, n):\n    if n % i == 0:\n        return False\nreturn True',
      'judges the first divisor only':
        'if n < 2:\n    return False\nfor i in range(2, n):\n    if n % i == 0:\n        return False\n    return True\nreturn True',
      'odd for prime': 'return n % 2 == 1',
    },
    reference: ([a]) =>
      n(a) > 1 &&
      upTo(n(a) - 1)
        .slice(1)
        .every((i) => n(a) % i !== 0),
  },
  {
    name: 'divisors',
    params: { n: 'nat' },
    say: ['list of the divisors of n', 'all numbers that divide n as a list'],
    right: [
      'T = []\nfor i in range(1, n + 1):\n    if n % i == 0:\n        T.append(i)\nreturn T',
      'return [i for i in range(1, n + 1) if n % i == 0]',
    ],
    wrong: {
      'leaves n out': 'return [i for i in range(1, n) if n % i == 0]',
      'leaves one out':
        'T = []\nfor i in range(2, n + 1):\n    if n % i == 0:\n        T.append(i)\nreturn T',
      'remainder the wrong way': 'return [i for i in range(1, n + 1) if i % n == 0]',
    },
    reference: ([a]) => upTo(n(a)).filter((i) => n(a) % i === 0),
  },
  {
    name: 'divisor count',
    params: { n: 'nat' },
    say: ['number of divisors of n', 'how many numbers divide n'],
    right: [
      'T = 0\nfor i in range(1, n + 1):\n    if n % i == 0:\n        T += 1\nreturn T',
      'return len([i for i in range(1, n + 1) if n % i == 0])',
    ],
    wrong: {
      'leaves n out': 'T = 0\nfor i in range(1, n):\n    if n % i == 0:\n        T += 1\nreturn T',
      'adds the divisors': 'T = 0\nfor i in range(1, n + 1):\n    if n % i == 0:\n        T += i\nreturn T',
    },
    reference: ([a]) => upTo(n(a)).filter((i) => n(a) % i === 0).length,
  },
  {
    name: 'power',
    params: { n: 'int' },
    k: 'small',
    say: ['n to the power K', 'n multiplied by itself K times'],
    right: ['return n ** K', 'T = 1\nfor i in range(K):\n    T *= n\nreturn T'],
    wrong: {
      'times for power': 'return n * K',
      'sides swapped': 'return K ** n',
      'one too many': 'T = n\nfor i in range(K):\n    T *= n\nreturn T',
    },
    reference: ([a], k) => n(a) ** n(k),
  },
  {
    name: 'halvings',
    params: { n: 'nat' },
    k: 'small',
    say: [
      'how many times n can be divided by K before it is 0',
      'number of whole divisions by K until n is 0',
    ],
    right: ['T = 0\nwhile n > 0:\n    n //= K\n    T += 1\nreturn T'],
    wrong: {
      'stops at one': 'T = 0\nwhile n > 1:\n    n //= K\n    T += 1\nreturn T',
      'subtracts for divides': 'T = 0\nwhile n > 0:\n    n -= K\n    T += 1\nreturn T',
    },
    reference: ([a], k) => {
      let [m, t] = [n(a), 0];
      while (m > 0) {
        m = Math.floor(m / n(k));
        t++;
      }
      return t;
    },
  },
  {
    name: 'subtractions',
    params: { n: 'nat' },
    k: 'int',
    say: [
      'how many times K can be taken from n',
      'number of times n can be reduced by K without going below 0',
    ],
    right: ['T = 0\nwhile n >= K:\n    n -= K\n    T += 1\nreturn T', 'return n // K'],
    wrong: {
      'leaves the bound out': 'T = 0\nwhile n > K:\n    n -= K\n    T += 1\nreturn T',
      'remainder for quotient': 'return n % K',
    },
    reference: ([a], k) => Math.floor(n(a) / n(k)),
  },
  {
    name: 'collatz',
    params: { n: 'nat' },
    say: [
      'number of collatz steps from n down to 1',
      'steps until n is 1, halving even and tripling plus one odd numbers',
    ],
    right: [
      'T = 0\nwhile n > 1:\n    if n % 2 == 0:\n        n //= 2\n    else:\n        n = 3 * n + 1\n    T += 1\nreturn T',
    ],
    wrong: {
      'starts at one':
        'T = 1\nwhile n > 1:\n    if n % 2 == 0:\n        n //= 2\n    else:\n        n = 3 * n + 1\n    T += 1\nreturn T',
      'counts even steps only':
        'T = 0\nwhile n > 1:\n    if n % 2 == 0:\n        n //= 2\n        T += 1\n    else:\n        n = 3 * n + 1\nreturn T',
    },
    reference: ([a]) => {
      let [m, t] = [n(a), 0];
      while (m > 1) {
        m = m % 2 ? 3 * m + 1 : m / 2;
        t++;
      }
      return t;
    },
  },
  {
    name: 'clamp',
    params: { n: 'int' },
    k: 'int',
    say: ['n kept between 0 and K', 'n limited to the range from 0 to K'],
    right: ['return max(0, min(n, K))', 'if n < 0:\n    return 0\nif n > K:\n    return K\nreturn n'],
    wrong: {
      'forgets the lower bound': 'return min(n, K)',
      'forgets the upper bound': 'if n < 0:\n    return 0\nreturn n',
      'min and max swapped': 'return min(0, max(n, K))',
    },
    reference: ([a], k) => Math.max(0, Math.min(n(a), n(k))),
  },
  {
    name: 'sign',
    params: { n: 'int' },
    say: ['sign of n as -1, 0 or 1', '1 if n is positive, -1 if n is negative, else 0'],
    right: [
      'if n > 0:\n    return 1\nif n < 0:\n    return -1\nreturn 0',
      'if n > 0:\n    return 1\nelif n < 0:\n    return -1\nelse:\n    return 0',
    ],
    wrong: {
      'zero is positive': 'if n >= 0:\n    return 1\nreturn -1',
      'forgets zero': 'if n > 0:\n    return 1\nif n < 0:\n    return -1',
    },
    reference: ([a]) => Math.sign(n(a)) + 0,
  },
  {
    name: 'larger of two',
    params: { a: 'int', b: 'int' },
    say: ['larger of a and b', 'maximum of a and b'],
    right: ['return max(a, b)', 'if a > b:\n    return a\nreturn b', 'return a if a > b else b'],
    wrong: {
      'smaller instead': 'if a < b:\n    return a\nreturn b',
      'forgets the else': 'if a > b:\n    return a',
    },
    reference: ([a, b]) => Math.max(n(a), n(b)),
  },
  {
    name: 'distance',
    params: { a: 'int', b: 'int' },
    say: ['distance of a and b', 'absolute difference of a and b'],
    right: ['return abs(a - b)', 'if a > b:\n    return a - b\nreturn b - a', 'return max(a, b) - min(a, b)'],
    wrong: {
      'no absolute value': 'return a - b',
      'branches swapped': 'if a > b:\n    return b - a\nreturn a - b',
    },
    reference: ([a, b]) => Math.abs(n(a) - n(b)),
  },
  {
    name: 'average of two',
    params: { a: 'int', b: 'int' },
    say: ['whole average of a and b rounded down', 'average of a and b as a whole number'],
    right: ['return (a + b) // 2', 'T = a + b\nreturn T // 2'],
    wrong: { 'no brackets': 'return a + b // 2', 'true division': 'return (a + b) / 2' },
    reference: ([a, b]) => Math.floor((n(a) + n(b)) / 2),
  },
  {
    name: 'last digit',
    params: { n: 'nat' },
    say: ['last digit of n', 'final digit of n'],
    right: ['return n % 10', 'return int(str(n)[-1])'],
    wrong: { 'drops the last digit': 'return n // 10', 'first digit': 'return int(str(n)[0])' },
    reference: ([a]) => n(a) % 10,
  },
  {
    name: 'binary',
    params: { n: 'nat' },
    say: ['binary digits of n as a string or empty for 0', 'n in binary as a string or empty for 0'],
    right: ["T = ''\nwhile n > 0:\n    T = str(n % 2) + T\n    n //= 2\nreturn T"],
    wrong: {
      'digits backwards': "T = ''\nwhile n > 0:\n    T += str(n % 2)\n    n //= 2\nreturn T",
      'stops at one': "T = ''\nwhile n > 1:\n    T = str(n % 2) + T\n    n //= 2\nreturn T",
    },
    reference: ([a]) => (n(a) > 0 ? n(a).toString(2) : ''),
  },
  {
    name: 'triangle',
    params: { n: 'nat' },
    say: ['triangle number n', 'how many dots a triangle with n rows has'],
    right: [
      'return n * (n + 1) // 2',
      'T = 0\nfor i in range(1, n + 1):\n    T += i\nreturn T',
      'return sum(range(n + 1))',
    ],
    wrong: { 'minus for plus': 'return n * (n - 1) // 2', 'stops before n': 'return sum(range(n))' },
    reference: ([a]) => (n(a) * (n(a) + 1)) / 2,
  },
  {
    name: 'multiplication table',
    params: { n: 'nat' },
    k: 'small',
    say: ['list of the first K multiples of n', 'first K multiples of n from n on as a list'],
    right: [
      'return [n * i for i in range(1, K + 1)]',
      'T = []\nfor i in range(1, K + 1):\n    T.append(n * i)\nreturn T',
    ],
    wrong: {
      'starts at zero': 'return [n * i for i in range(K)]',
      'stops early': 'return [n * i for i in range(1, K)]',
      'adds for times': 'return [n + i for i in range(1, K + 1)]',
    },
    reference: ([a], k) => upTo(n(k)).map((i) => i * n(a)),
  },
  {
    name: 'countdown',
    params: { n: 'nat' },
    say: ['list from n down to 1', 'numbers from n to 1 as a list'],
    right: ['return list(range(n, 0, -1))', 'T = []\nwhile n > 0:\n    T.append(n)\n    n -= 1\nreturn T'],
    wrong: {
      'stops at two': 'return list(range(n, 1, -1))',
      'goes on to zero': 'T = []\nwhile n >= 0:\n    T.append(n)\n    n -= 1\nreturn T',
    },
    reference: ([a]) => upTo(n(a)).reverse(),
  },
  {
    name: 'both divisible',
    params: { a: 'nat', b: 'nat' },
    k: 'small',
    say: ['whether a and b are both divisible by K'],
    right: ['return a % K == 0 and b % K == 0'],
    wrong: { 'one is enough': 'return a % K == 0 or b % K == 0', 'sum divisible': 'return (a + b) % K == 0' },
    reference: ([a, b], k) => n(a) % n(k) === 0 && n(b) % n(k) === 0,
  },
  {
    name: 'even or odd',
    params: { n: 'int' },
    say: ["'even' if n is even, else 'odd'", "word 'even' or 'odd' for n"],
    right: ["if n % 2 == 0:\n    return 'even'\nreturn 'odd'", "return 'even' if n % 2 == 0 else 'odd'"],
    wrong: {
      'words swapped': "if n % 2 == 1:\n    return 'even'\nreturn 'odd'",
      'quotient for remainder': "return 'even' if n // 2 == 0 else 'odd'",
    },
    reference: ([a]) => (mod(n(a), 2) === 0 ? 'even' : 'odd'),
  },
  // texts
  {
    name: 'is palindrome',
    params: { s: 'word' },
    say: ['whether s is a palindrome', 'true if s reads the same backwards'],
    right: [
      'return s == s[::-1]',
      'for i in range(len(s)):\n    if s[i] != s[len(s) - 1 - i]:\n        return False\nreturn True',
      'return s[::-1] == s',
    ],
    wrong: {
      'judges the ends only': 'return s[:1] == s[-1:]',
      'judges the first letter only':
        'for i in range(len(s)):\n    if s[i] != s[len(s) - 1 - i]:\n        return False\n    return True\nreturn True',
    },
    reference: ([t]) => s(t) === backwards(s(t)),
  },
  {
    name: 'reverse text',
    params: { s: 'word' },
    say: ['s backwards', 'reverse of s'],
    right: [
      'return s[::-1]',
      "T = ''\nfor c in s:\n    T = c + T\nreturn T",
      "T = ''\ni = len(s) - 1\nwhile i >= 0:\n    T += s[i]\n    i -= 1\nreturn T",
    ],
    wrong: {
      'same order': "T = ''\nfor c in s:\n    T += c\nreturn T",
      'loses the first letter': "T = ''\ni = len(s) - 1\nwhile i > 0:\n    T += s[i]\n    i -= 1\nreturn T",
    },
    reference: ([t]) => backwards(s(t)),
  },
  {
    name: 'swap ends',
    params: { s: 'word' },
    say: ['s with its first and last letter swapped or s if it has less than 2 letters'],
    right: ['if len(s) < 2:\n    return s\nreturn s[-1] + s[1:-1] + s[0]'],
    wrong: {
      'keeps the order': 'if len(s) < 2:\n    return s\nreturn s[0] + s[1:-1] + s[-1]',
      'loses a letter': 'if len(s) < 2:\n    return s\nreturn s[-1] + s[1:-2] + s[0]',
    },
    reference: ([t]) => (s(t).length < 2 ? s(t) : s(t).slice(-1) + s(t).slice(1, -1) + s(t)[0]),
  },
  {
    name: 'double letters',
    params: { s: 'word' },
    say: [
      'number of letters in s that are equal to the one before',
      'how often two equal letters follow each other in s',
    ],
    right: [
      'T = 0\nfor i in range(1, len(s)):\n    if s[i] == s[i - 1]:\n        T += 1\nreturn T',
      'return len([i for i in range(1, len(s)) if s[i] == s[i - 1]])',
    ],
    wrong: {
      'wraps around': 'T = 0\nfor i in range(len(s)):\n    if s[i] == s[i - 1]:\n        T += 1\nreturn T',
      'different instead':
        'T = 0\nfor i in range(1, len(s)):\n    if s[i] != s[i - 1]:\n        T += 1\nreturn T',
    },
    reference: ([t]) => [...s(t)].filter((c, i) => i > 0 && s(t)[i - 1] === c).length,
  },
  {
    name: 'letters at even positions',
    params: { s: 'word' },
    say: ['letters of s at even positions as a string', 'every second letter of s from the first'],
    right: [
      'return s[::2]',
      "T = ''\nfor i in range(0, len(s), 2):\n    T += s[i]\nreturn T",
      "T = ''\nfor i, c in enumerate(s):\n    if i % 2 == 0:\n        T += c\nreturn T",
    ],
    wrong: { 'odd positions': 'return s[1::2]', 'first half': 'return s[:len(s) // 2]' },
    reference: ([t]) => [...s(t)].filter((_, i) => i % 2 === 0).join(''),
  },
  {
    name: 'first position of a letter',
    params: { s: 'word' },
    k: 'letter',
    say: ['first position of K in s or -1', 'index of the first K in s or -1'],
    right: [
      'for i in range(len(s)):\n    if s[i] == K:\n        return i\nreturn -1',
      'return s.find(K)',
      'for i, c in enumerate(s):\n    if c == K:\n        return i\nreturn -1',
    ],
    wrong: {
      'gives up early':
        'for i in range(len(s)):\n    if s[i] == K:\n        return i\n    return -1\nreturn -1',
      'last position': 'T = -1\nfor i in range(len(s)):\n    if s[i] == K:\n        T = i\nreturn T',
      'counts from one': 'return s.find(K) + 1',
    },
    reference: ([t], k) => s(t).indexOf(s(k)),
  },
];
