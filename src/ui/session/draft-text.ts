/**
 * Tests as one writes them: an input a line, and behind an arrow the value expected. Text in, data out;
 * nothing is run.
 */

export interface WrittenTest {
  readonly args: string;
  readonly expected: string | null;
}

/** `[1, 2] -> 3`; `f([1, 2]) == 3` is understood as well. Blank lines and comments are left out. */
export function readTests(text: string): readonly WrittenTest[] {
  return text.split('\n').flatMap((line): WrittenTest[] => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const [left, right] = splitOnce(trimmed);
    const call = /^(?:assert\s+)?[A-Za-z_]\w*\((.*)\)$/s.exec(left);
    return [{ args: call?.[1] ?? left, expected: right }];
  });
}

/**
 * The arrow or the equals sign outside of quotes and brackets of the expected value: the last one that stands
 * outside of a string.
 */
function splitOnce(line: string): readonly [string, string | null] {
  let quote: string | null = null;
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (quote !== null) {
      if (c === '\\') i++;
      else if (c === quote) quote = null;
    } else if (c === "'" || c === '"') quote = c;
    else if (line.startsWith('->', i) || line.startsWith('==', i) || c === '→') {
      const width = c === '→' ? 1 : 2;
      const right = line.slice(i + width).trim();
      return [line.slice(0, i).trim(), right === '' ? null : right];
    }
  }
  return [line, null];
}

/** The text of tests, for a field. */
export const writeTests = (tests: readonly WrittenTest[]): string =>
  tests.map(({ args, expected }) => (expected === null ? args : `${args} -> ${expected}`)).join('\n');
