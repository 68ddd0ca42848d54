/**
 * The 40 easy tasks, by level: what is asked, a right body, and which inputs to draw.
 * Level 1 is one expression a model knows from anywhere, level 4 needs a loop with a
 * condition. Data only; making the file is ../easy-tasks.ts.
 */
import type { Draw } from './draw.ts';

export interface Problem {
  readonly level: 1 | 2 | 3 | 4;
  readonly name: string;
  readonly parameters: string;
  readonly says: string;
  /** Lines of the body, without indentation of the function. */
  readonly body: readonly string[];
  /** One argument list, as Python literals. */
  readonly input: (draw: Draw) => string;
}

const p = (
  level: Problem['level'],
  header: string,
  says: string,
  body: string | readonly string[],
  input: Problem['input'],
): Problem => {
  const [, name, parameters] = /^(\w+)\((.*)\)$/.exec(header)!;
  return {
    level,
    name: name!,
    parameters: parameters!,
    says,
    body: typeof body === 'string' ? [body] : body,
    input,
  };
};

const int = (d: Draw): string => d.int(-20, 20);
const two = (d: Draw): string => `${d.int(-20, 20)}, ${d.int(-20, 20)}`;
const ints = (d: Draw): string => d.ints(0, 8);
const someInts = (d: Draw): string => d.ints(1, 8);
const word = (d: Draw): string => d.word(0, 9);
const sentence = (d: Draw): string => d.sentence();

export const PROBLEMS: readonly Problem[] = [
  p(1, 'add(a, b)', 'Return the sum of a and b.', 'return a + b', two),
  p(1, 'multiply(a, b)', 'Return the product of a and b.', 'return a * b', two),
  p(1, 'subtract(a, b)', 'Return a minus b.', 'return a - b', two),
  p(1, 'square(n)', 'Return n squared.', 'return n * n', int),
  p(1, 'is_even(n)', 'Return True if n is even, False otherwise.', 'return n % 2 == 0', int),
  p(1, 'negate(n)', 'Return n with the opposite sign.', 'return -n', int),
  p(1, 'string_length(s)', 'Return the number of characters in the string s.', 'return len(s)', word),
  p(1, 'list_sum(xs)', 'Return the sum of the numbers in the list xs.', 'return sum(xs)', ints),
  p(1, 'largest(xs)', 'Return the largest number in the non-empty list xs.', 'return max(xs)', someInts),
  p(1, 'to_upper(s)', 'Return the string s in upper case.', 'return s.upper()', word),
  p(2, 'smaller(a, b)', 'Return the smaller one of a and b.', 'return min(a, b)', two),
  p(2, 'absolute(n)', 'Return the absolute value of n.', 'return abs(n)', int),
  p(2, 'first_element(xs)', 'Return the first element of the non-empty list xs.', 'return xs[0]', someInts),
  p(2, 'last_element(xs)', 'Return the last element of the non-empty list xs.', 'return xs[-1]', someInts),
  p(2, 'reverse_string(s)', 'Return the string s reversed.', 'return s[::-1]', word),
  p(
    2,
    'sorted_list(xs)',
    'Return a new list with the numbers of xs in ascending order.',
    'return sorted(xs)',
    ints,
  ),
  p(2, 'is_positive(n)', 'Return True if n is greater than zero, False otherwise.', 'return n > 0', int),
  p(
    2,
    'repeat(s, n)',
    'Return the string s repeated n times.',
    'return s * n',
    (d) => `${d.word(0, 5)}, ${d.int(0, 4)}`,
  ),
  p(
    2,
    'contains(xs, x)',
    'Return True if x is in the list xs, False otherwise.',
    'return x in xs',
    (d) => `${d.ints(0, 8)}, ${d.int(-9, 9)}`,
  ),
  p(2, 'join_words(words)', 'Return the words joined by single spaces.', "return ' '.join(words)", (d) =>
    d.words(0, 5),
  ),
  p(
    2,
    'word_count(s)',
    'Return the number of words in the string s, separated by spaces.',
    'return len(s.split())',
    sentence,
  ),
  p(
    2,
    'average(xs)',
    'Return the arithmetic mean of the numbers in the non-empty list xs.',
    'return sum(xs) / len(xs)',
    someInts,
  ),
  p(
    3,
    'even_numbers(xs)',
    'Return a list of the even numbers in xs, in order.',
    'return [x for x in xs if x % 2 == 0]',
    ints,
  ),
  p(
    3,
    'positive_numbers(xs)',
    'Return a list of the numbers in xs that are greater than zero, in order.',
    'return [x for x in xs if x > 0]',
    ints,
  ),
  p(
    3,
    'double_all(xs)',
    'Return a list with every number of xs multiplied by two.',
    'return [x * 2 for x in xs]',
    ints,
  ),
  p(
    3,
    'squares(n)',
    'Return a list of the squares of 1, 2, ..., n.',
    'return [i * i for i in range(1, n + 1)]',
    (d) => d.int(0, 9),
  ),
  p(
    3,
    'factorial(n)',
    'Return the factorial of the non-negative integer n.',
    ['result = 1', 'for i in range(2, n + 1):', '    result *= i', 'return result'],
    (d) => d.int(0, 9),
  ),
  p(3, 'sum_to(n)', 'Return the sum of all integers from 1 to n.', 'return n * (n + 1) // 2', (d) =>
    d.int(0, 30),
  ),
  p(
    3,
    'is_palindrome(s)',
    'Return True if s reads the same forwards and backwards, False otherwise.',
    'return s == s[::-1]',
    (d) => d.palindrome(),
  ),
  p(
    3,
    'count_vowels(s)',
    'Return how many of the characters a, e, i, o, u are in the lower-case string s.',
    "return sum(1 for c in s if c in 'aeiou')",
    word,
  ),
  p(
    3,
    'unique(xs)',
    'Return a list of the different numbers in xs in ascending order.',
    'return sorted(set(xs))',
    ints,
  ),
  p(
    3,
    'word_lengths(words)',
    'Return a list with the length of each word.',
    'return [len(w) for w in words]',
    (d) => d.words(0, 5),
  ),
  p(
    3,
    'count_char(s, c)',
    'Return how many times the character c is in the string s.',
    'return s.count(c)',
    (d) => `${d.word(0, 9)}, ${d.word(1, 1)}`,
  ),
  p(
    4,
    'count_even(xs)',
    'Return how many numbers in xs are even.',
    ['count = 0', 'for x in xs:', '    if x % 2 == 0:', '        count += 1', 'return count'],
    ints,
  ),
  p(
    4,
    'running_sum(xs)',
    'Return a list whose element i is the sum of the first i + 1 numbers of xs.',
    ['total = 0', 'out = []', 'for x in xs:', '    total += x', '    out.append(total)', 'return out'],
    ints,
  ),
  p(
    4,
    'fizz_buzz(n)',
    "Return 'FizzBuzz' if n is divisible by 3 and 5, 'Fizz' if only by 3, 'Buzz' if only by 5, and str(n) otherwise.",
    [
      'if n % 15 == 0:',
      "    return 'FizzBuzz'",
      'if n % 3 == 0:',
      "    return 'Fizz'",
      'if n % 5 == 0:',
      "    return 'Buzz'",
      'return str(n)',
    ],
    (d) => d.int(1, 45),
  ),
  p(
    4,
    'is_prime(n)',
    'Return True if n is a prime number, False otherwise.',
    [
      'if n < 2:',
      '    return False',
      'for d in range(2, n):',
      '    if n % d == 0:',
      '        return False',
      'return True',
    ],
    (d) => d.int(0, 60),
  ),
  p(
    4,
    'second_largest(xs)',
    'Return the second largest of the different numbers in xs, which has at least two.',
    'return sorted(set(xs))[-2]',
    (d) => d.distinct(2, 7),
  ),
  p(
    4,
    'char_counts(s)',
    'Return a dictionary from each character of s to the number of times it occurs.',
    ['counts = {}', 'for c in s:', '    counts[c] = counts.get(c, 0) + 1', 'return counts'],
    word,
  ),
  p(
    4,
    'digit_sum(n)',
    'Return the sum of the decimal digits of the non-negative integer n.',
    'return sum(int(d) for d in str(n))',
    (d) => d.int(0, 99999),
  ),
];
