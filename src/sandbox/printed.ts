/**
 * Whether what a program printed is what was expected, by the rule of LiveCodeBench. White space around the
 * text and around each line does not count. Two lines are the same when they are the same text, or the same
 * decimal numbers in the same order (`1.50 2` and `1.5 2.0`, but not `0.1` and `0.1000001`). No suite of such
 * programs has a stricter rule: APPS and TACO accept all that it accepts, and more. Of that more one part is
 * kept, `close`: an expected number that is no whole one is met by what numpy's `allclose` calls close.
 */

/** How numbers are compared: by value, or fractions within 1e-8 and a relative 1e-5. */
export type Numbers = 'exact' | 'close';

export function samePrinted(printed: string, expected: string, numbers: Numbers = 'exact'): boolean {
  const [got, wanted] = [lines(printed), lines(expected)];
  return (
    got.length === wanted.length &&
    got.every((line, i) => line === wanted[i] || sameNumbers(line, wanted[i]!, numbers))
  );
}

/**
 * Where the first lines differ, for a reader: one line of each, or the number of
 * lines. Null where they do not.
 */
export function firstDifference(
  printed: string,
  expected: string,
  numbers: Numbers = 'exact',
): { readonly got: string; readonly expected: string } | null {
  const [got, wanted] = [lines(printed), lines(expected)];
  const at = wanted.findIndex(
    (line, i) => got[i] !== line && !(i < got.length && sameNumbers(got[i]!, line, numbers)),
  );
  if (at >= 0) return { got: got[at] ?? '', expected: wanted[at]! };
  return got.length === wanted.length
    ? null
    : { got: `${got.length} lines`, expected: `${wanted.length} lines` };
}

const lines = (text: string): readonly string[] => strip(text).split('\n').map(strip);

/**
 * What Python's `str.strip` takes away. JavaScript's `trim` takes a byte order mark
 * as well and leaves the separators 0x1c to 0x1f.
 */
function strip(text: string): string {
  let [begin, end] = [0, text.length];
  while (begin < end && isSpace(text.charCodeAt(begin))) begin++;
  while (end > begin && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(begin, end);
}

const isSpace = (code: number): boolean =>
  (code >= 9 && code <= 13) ||
  (code >= 28 && code <= 32) ||
  code === 0x85 ||
  code === 0xa0 ||
  code === 0x1680 ||
  (code >= 0x2000 && code <= 0x200a) ||
  code === 0x2028 ||
  code === 0x2029 ||
  code === 0x202f ||
  code === 0x205f ||
  code === 0x3000;

function sameNumbers(a: string, b: string, numbers: Numbers): boolean {
  const [left, right] = [a.split(/\s+/), b.split(/\s+/)];
  if (left.length !== right.length) return false;
  return left.every((word, i) => {
    const other = right[i]!;
    if (numbers === 'close' && word === other) return true;
    const [x, y] = [decimal(word), decimal(other)];
    if (x === null || y === null) return false;
    return x === y || (numbers === 'close' && /[.eE]/.test(other) && isClose(word, other));
  });
}

/** As numpy's `isclose` has it, the second being what is expected. */
function isClose(word: string, expected: string): boolean {
  const [a, b] = [word, expected].map((text) => Number(text.replaceAll('_', ''))) as [number, number];
  return Math.abs(a - b) <= 1e-8 + 1e-5 * Math.abs(b);
}

/**
 * A decimal number in one spelling, or null: digits without zeros at either end, and the power of ten of the
 * last. No nan: it equals nothing.
 */
function decimal(word: string): string | null {
  const plain = word.replaceAll('_', '');
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/.exec(plain);
  if (match === null) {
    const infinite = /^([+-]?)inf(?:inity)?$/i.exec(plain);
    return infinite === null ? null : `${infinite[1] === '-' ? '-' : ''}inf`;
  }
  const [, sign, whole = '', fraction = '', power = '0'] = match;
  const digits = whole + fraction;
  if (digits === '') return null;
  let [begin, end] = [0, digits.length];
  while (begin < end && digits[begin] === '0') begin++;
  while (end > begin && digits[end - 1] === '0') end--;
  if (begin === end) return '0';
  const exponent = Number(power) - fraction.length + (digits.length - end);
  return `${sign === '-' ? '-' : ''}${digits.slice(begin, end)}e${exponent}`;
}
