/** Well-known problems about lists. recipes.ts says what a recipe is. */
import type { Recipe } from './recipes.ts';
import type { Py } from './value.ts';

const xs = (v: Py | undefined): number[] => v as number[];
const total = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0);
const unique = <T>(v: readonly T[]): T[] => [...new Set(v)];

export const LIST_RECIPES: readonly Recipe[] = [
  {
    name: 'is sorted',
    params: { xs: 'ints' },
    say: ['whether xs is sorted from small to large', 'true if xs never goes down'],
    right: [
      'for i in range(len(xs) - 1):\n    if xs[i] > xs[i + 1]:\n        return False\nreturn True',
      'return xs == sorted(xs)',
      'return all([x <= y for x, y in zip(xs, xs[1:])])',
    ],
    wrong: {
      'forbids equal':
        'for i in range(len(xs) - 1):\n    if xs[i] >= xs[i + 1]:\n        return False\nreturn True',
      'judges the first pair only':
        'for i in range(len(xs) - 1):\n    if xs[i] > xs[i + 1]:\n        return False\n    return True\nreturn True',
    },
    reference: ([v]) => xs(v).every((x, i) => i === 0 || (xs(v)[i - 1] as number) <= x),
  },
  {
    name: 'second largest',
    params: { xs: 'ints' },
    say: [
      'second largest different value in xs or none',
      'second largest of the different values in xs or none',
    ],
    right: [
      'ys = sorted(set(xs))\nreturn ys[-2] if len(ys) > 1 else None',
      'ys = sorted(set(xs), reverse=True)\nif len(ys) < 2:\n    return None\nreturn ys[1]',
    ],
    wrong: {
      'keeps repeats': 'ys = sorted(xs)\nreturn ys[-2] if len(ys) > 1 else None',
      'second smallest': 'ys = sorted(set(xs))\nreturn ys[1] if len(ys) > 1 else None',
    },
    reference: ([v]) => unique(xs(v)).sort((a, b) => b - a)[1] ?? null,
  },
  {
    name: 'rotate left',
    params: { xs: 'ints' },
    say: ['xs rotated left by one', 'xs with its first element moved to the end'],
    right: ['return xs[1:] + xs[:1]'],
    wrong: { 'rotates right': 'return xs[-1:] + xs[:-1]', 'loses an element': 'return xs[1:] + xs[:0]' },
    reference: ([v]) => [...xs(v).slice(1), ...xs(v).slice(0, 1)],
  },
  {
    name: 'rotate right',
    params: { xs: 'ints' },
    say: ['xs rotated right by one', 'xs with its last element moved to the front'],
    right: ['return xs[-1:] + xs[:-1]'],
    wrong: { 'rotates left': 'return xs[1:] + xs[:1]', 'keeps the last': 'return xs[-1:] + xs' },
    reference: ([v]) => [...xs(v).slice(-1), ...xs(v).slice(0, -1)],
  },
  {
    name: 'most common',
    params: { xs: 'ints' },
    say: ['most common value in xs, the first one of equals, or none'],
    right: [
      'T = None\nfor x in xs:\n    if T is None or xs.count(x) > xs.count(T):\n        T = x\nreturn T',
      'return max(xs, key=xs.count, default=None)',
    ],
    wrong: {
      'last of equals':
        'T = None\nfor x in xs:\n    if T is None or xs.count(x) >= xs.count(T):\n        T = x\nreturn T',
      'largest instead': 'return max(xs, default=None)',
      'counts instead': 'return max([xs.count(x) for x in xs], default=None)',
    },
    reference: ([v]) =>
      xs(v).reduce<Py>(
        (kept, x) =>
          kept === null || xs(v).filter((y) => y === x).length > xs(v).filter((y) => y === kept).length
            ? x
            : kept,
        null,
      ),
  },
  {
    name: 'common elements',
    params: { a: 'ints', b: 'partner' },
    say: ['list of the values of a that are also in b', 'values of a that b contains as a list'],
    right: [
      'return [x for x in a if x in b]',
      'T = []\nfor x in a:\n    if x in b:\n        T.append(x)\nreturn T',
    ],
    wrong: {
      'not in b': 'return [x for x in a if x not in b]',
      'values of b': 'return [x for x in b if x in a]',
      'same position only': 'return [x for x, y in zip(a, b) if x == y]',
    },
    reference: ([a, b]) => xs(a).filter((x) => xs(b).includes(x)),
  },
  {
    name: 'missing elements',
    params: { a: 'ints', b: 'partner' },
    say: ['list of the values of a that are not in b', 'values of a without those of b as a list'],
    right: [
      'return [x for x in a if x not in b]',
      'T = []\nfor x in a:\n    if x not in b:\n        T.append(x)\nreturn T',
    ],
    wrong: {
      'values of b': 'return [x for x in b if x not in a]',
      'those in b': 'return [x for x in a if x in b]',
    },
    reference: ([a, b]) => xs(a).filter((x) => !xs(b).includes(x)),
  },
  {
    name: 'interleave',
    params: { a: 'ints', b: 'partner' },
    say: ['values of a and b in turn as a list', 'list that takes one from a and one from b in turn'],
    right: [
      'T = []\nfor x, y in zip(a, b):\n    T.append(x)\n    T.append(y)\nreturn T',
      'T = []\nfor i in range(len(a)):\n    T.append(a[i])\n    T.append(b[i])\nreturn T',
    ],
    wrong: {
      'one after the other': 'return a + b',
      'b first': 'T = []\nfor x, y in zip(a, b):\n    T.append(y)\n    T.append(x)\nreturn T',
    },
    reference: ([a, b]) => xs(a).flatMap((x, i) => [x, xs(b)[i] as number]),
  },
  {
    name: 'has repeats',
    params: { xs: 'ints' },
    say: ['whether xs has repeats', 'true if some value is in xs twice'],
    right: [
      'return len(set(xs)) < len(xs)',
      'T = []\nfor x in xs:\n    if x in T:\n        return True\n    T.append(x)\nreturn False',
      'for i in range(len(xs)):\n    if xs[i] in xs[i + 1:]:\n        return True\nreturn False',
    ],
    wrong: {
      'finds itself': 'for x in xs:\n    if x in xs:\n        return True\nreturn False',
      'neighbours only':
        'for i in range(len(xs) - 1):\n    if xs[i] == xs[i + 1]:\n        return True\nreturn False',
      'reversed answer': 'return len(set(xs)) == len(xs)',
    },
    reference: ([v]) => new Set(xs(v)).size < xs(v).length,
  },
  {
    name: 'sum without ends',
    params: { xs: 'ints' },
    say: ['sum of xs without its first and last element', 'total of xs except for both ends'],
    right: ['return sum(xs[1:-1])', 'T = 0\nfor i in range(1, len(xs) - 1):\n    T += xs[i]\nreturn T'],
    wrong: {
      'drops the last only': 'return sum(xs[:-1])',
      'drops the first only': 'T = 0\nfor i in range(1, len(xs)):\n    T += xs[i]\nreturn T',
    },
    reference: ([v]) => total(xs(v).slice(1, -1)),
  },
  {
    name: 'first half',
    params: { xs: 'ints' },
    say: ['first half of xs, without the middle', 'first half of xs rounded down'],
    right: [
      'return xs[:len(xs) // 2]',
      'T = []\nfor i in range(len(xs) // 2):\n    T.append(xs[i])\nreturn T',
    ],
    wrong: { 'second half': 'return xs[len(xs) // 2:]', 'with the middle': 'return xs[:(len(xs) + 1) // 2]' },
    reference: ([v]) => xs(v).slice(0, Math.floor(xs(v).length / 2)),
  },
  {
    name: 'every kth',
    params: { xs: 'ints' },
    k: 'small',
    say: [
      'list of every element K of xs from the first',
      'elements of xs at positions divisible by K as a list',
    ],
    right: [
      'return xs[::K]',
      'return [xs[i] for i in range(0, len(xs), K)]',
      'T = []\nfor i, x in enumerate(xs):\n    if i % K == 0:\n        T.append(x)\nreturn T',
    ],
    wrong: {
      'value for position': 'return [x for x in xs if x % K == 0]',
      'starts late': 'return xs[K::K]',
      'first few': 'return xs[:K]',
    },
    reference: ([v], k) => xs(v).filter((_, i) => i % (k as number) === 0),
  },
  {
    name: 'position of largest',
    params: { xs: 'ints' },
    say: ['position of the largest value in xs or -1', 'index of the first maximum of xs or -1'],
    right: [
      'T = -1\nfor i in range(len(xs)):\n    if T < 0 or xs[i] > xs[T]:\n        T = i\nreturn T',
      'return xs.index(max(xs)) if xs else -1',
    ],
    wrong: {
      'last of equals':
        'T = -1\nfor i in range(len(xs)):\n    if T < 0 or xs[i] >= xs[T]:\n        T = i\nreturn T',
      'value for position': 'return max(xs) if xs else -1',
      'smallest instead': 'return xs.index(min(xs)) if xs else -1',
    },
    reference: ([v]) => xs(v).indexOf(Math.max(...xs(v))),
  },
  {
    name: 'position of value',
    params: { xs: 'ints' },
    k: 'int',
    say: ['position of the first K in xs or -1', 'index of K in xs or -1'],
    right: [
      'for i in range(len(xs)):\n    if xs[i] == K:\n        return i\nreturn -1',
      'i = 0\nwhile i < len(xs):\n    if xs[i] == K:\n        return i\n    i += 1\nreturn -1',
      'return xs.index(K) if K in xs else -1',
    ],
    wrong: {
      'gives up early':
        'for i in range(len(xs)):\n    if xs[i] == K:\n        return i\n    return -1\nreturn -1',
      'forgets the last': 'for i in range(len(xs) - 1):\n    if xs[i] == K:\n        return i\nreturn -1',
      'last position': 'T = -1\nfor i in range(len(xs)):\n    if xs[i] == K:\n        T = i\nreturn T',
    },
    reference: ([v], k) => xs(v).indexOf(k as number),
  },
  {
    name: 'binary search',
    params: { xs: 'ints' },
    k: 'int',
    say: ['whether K is in sorted xs by halving', 'true if K is in the sorted values of xs'],
    right: [
      'xs = sorted(xs)\na, b = 0, len(xs)\nwhile a < b:\n    m = (a + b) // 2\n    if xs[m] < K:\n        a = m + 1\n    else:\n        b = m\nreturn a < len(xs) and xs[a] == K',
      'return K in xs',
    ],
    wrong: {
      'forgets the upper half':
        'xs = sorted(xs)\na, b = 0, len(xs)\nwhile a < b:\n    m = (a + b) // 2\n    b = m\nreturn a < len(xs) and xs[a] == K',
      'answers reversed': 'return K not in xs',
    },
    reference: ([v], k) => xs(v).includes(k as number),
  },
  {
    name: 'move zeros',
    params: { xs: 'ints' },
    say: ['xs with its zeros moved to the end', 'list of xs with all zeros last'],
    right: [
      'return [x for x in xs if x != 0] + [x for x in xs if x == 0]',
      'ys = [x for x in xs if x != 0]\nwhile len(ys) < len(xs):\n    ys.append(0)\nreturn ys',
    ],
    wrong: {
      'zeros first': 'return [x for x in xs if x == 0] + [x for x in xs if x != 0]',
      'loses the zeros': 'return [x for x in xs if x != 0]',
    },
    reference: ([v]) => [...xs(v).filter((x) => x !== 0), ...xs(v).filter((x) => x === 0)],
  },
  {
    name: 'sum until',
    params: { xs: 'ints' },
    k: 'int',
    say: [
      'how many first values of xs it takes for a sum of at least K or -1',
      'number of values from the start until their sum is at least K or -1',
    ],
    right: ['T = 0\nfor i, x in enumerate(xs):\n    T += x\n    if T >= K:\n        return i + 1\nreturn -1'],
    wrong: {
      'counts from zero':
        'T = 0\nfor i, x in enumerate(xs):\n    T += x\n    if T >= K:\n        return i\nreturn -1',
      'leaves the bound out':
        'T = 0\nfor i, x in enumerate(xs):\n    T += x\n    if T > K:\n        return i + 1\nreturn -1',
      'gives the sum':
        'T = 0\nfor i, x in enumerate(xs):\n    T += x\n    if T >= K:\n        return T\nreturn -1',
    },
    reference: ([v], k) => {
      let t = 0;
      const at = xs(v).findIndex((x) => (t += x) >= (k as number));
      return at < 0 ? -1 : at + 1;
    },
  },
  {
    name: 'repeat list',
    params: { xs: 'ints' },
    k: 'small',
    say: ['xs repeated K times', 'K copies of xs in one list'],
    right: ['return xs * K', 'T = []\nfor i in range(K):\n    T += xs\nreturn T'],
    wrong: {
      'each element repeated': 'return [x for x in xs for i in range(K)]',
      'multiplies the values': 'return [x * K for x in xs]',
    },
    reference: ([v], k) => Array.from({ length: k as number }, () => xs(v)).flat(),
  },
  {
    name: 'repeat each',
    params: { xs: 'ints' },
    k: 'small',
    say: ['each value of xs K times in a row', 'list with every value of xs K times in a row'],
    right: [
      'return [x for x in xs for i in range(K)]',
      'T = []\nfor x in xs:\n    for i in range(K):\n        T.append(x)\nreturn T',
    ],
    wrong: {
      'list repeated': 'return xs * K',
      'once too few': 'T = []\nfor x in xs:\n    for i in range(1, K):\n        T.append(x)\nreturn T',
    },
    reference: ([v], k) => xs(v).flatMap((x) => Array.from({ length: k as number }, () => x)),
  },
  {
    name: 'compress runs',
    params: { xs: 'ints' },
    say: ['xs without values equal to the one before', 'xs with runs of equal values cut to one'],
    right: [
      'T = []\nfor x in xs:\n    if not T or T[-1] != x:\n        T.append(x)\nreturn T',
      'return [xs[i] for i in range(len(xs)) if i == 0 or xs[i] != xs[i - 1]]',
    ],
    wrong: {
      'drops all repeats': 'T = []\nfor x in xs:\n    if x not in T:\n        T.append(x)\nreturn T',
      'wraps around': 'return [xs[i] for i in range(len(xs)) if xs[i] != xs[i - 1]]',
    },
    reference: ([v]) => xs(v).filter((x, i) => i === 0 || xs(v)[i - 1] !== x),
  },
  {
    name: 'group by length',
    params: { words: 'words' },
    say: [
      'dictionary from length to the list of strings in words with it',
      'strings in words grouped by length in a dictionary',
    ],
    right: [
      'T = {}\nfor w in words:\n    if len(w) not in T:\n        T[len(w)] = []\n    T[len(w)].append(w)\nreturn T',
      'T = {}\nfor w in words:\n    T[len(w)] = T.get(len(w), []) + [w]\nreturn T',
    ],
    wrong: {
      'keeps the last only': 'T = {}\nfor w in words:\n    T[len(w)] = [w]\nreturn T',
      'counts instead': 'T = {}\nfor w in words:\n    T[len(w)] = T.get(len(w), 0) + 1\nreturn T',
    },
    reference: ([v]) => {
      const groups = new Map<Py, Py[]>();
      for (const w of v as string[]) groups.set(w.length, [...(groups.get(w.length) ?? []), w]);
      return groups;
    },
  },
  {
    name: 'group by first letter',
    params: { words: 'words' },
    say: ['dictionary from first letter to the number of strings in words with it'],
    right: [
      'T = {}\nfor w in words:\n    T[w[0]] = T.get(w[0], 0) + 1\nreturn T',
      'T = {}\nfor w in words:\n    if w[0] in T:\n        T[w[0]] += 1\n    else:\n        T[w[0]] = 1\nreturn T',
    ],
    wrong: {
      'never counts up': 'T = {}\nfor w in words:\n    T[w[0]] = 1\nreturn T',
      'last letter': 'T = {}\nfor w in words:\n    T[w[-1]] = T.get(w[-1], 0) + 1\nreturn T',
    },
    reference: ([v]) => {
      const counts = new Map<Py, number>();
      for (const w of v as string[]) counts.set(w[0] as string, (counts.get(w[0] as string) ?? 0) + 1);
      return counts;
    },
  },
  {
    name: 'sum by remainder',
    params: { xs: 'ints' },
    k: 'small',
    say: ['dictionary from remainder by K to the sum of the numbers in xs with it'],
    right: ['T = {}\nfor x in xs:\n    T[x % K] = T.get(x % K, 0) + x\nreturn T'],
    wrong: {
      'counts instead': 'T = {}\nfor x in xs:\n    T[x % K] = T.get(x % K, 0) + 1\nreturn T',
      'keeps the last only': 'T = {}\nfor x in xs:\n    T[x % K] = x\nreturn T',
      'quotient for remainder': 'T = {}\nfor x in xs:\n    T[x // K] = T.get(x // K, 0) + x\nreturn T',
    },
    reference: ([v], k) => {
      const sums = new Map<Py, number>();
      const m = k as number;
      for (const x of xs(v)) {
        const r = ((x % m) + m) % m;
        sums.set(r, (sums.get(r) ?? 0) + x);
      }
      return sums;
    },
  },
];
