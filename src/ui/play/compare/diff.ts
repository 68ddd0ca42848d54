/**
 * Two programs line by line: what is common, what only one has. Longest common
 * subsequence; programs here have few lines.
 */

export interface DiffRow {
  readonly kind: 'same' | 'base' | 'now';
  readonly text: string;
}

export function diffLines(base: string, now: string): readonly DiffRow[] {
  const [a, b] = [linesOf(base), linesOf(now)];
  /** Length of the longest common subsequence of a[i..] and b[j..]. */
  const longest = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i]![j] =
        a[i] === b[j] ? longest[i + 1]![j + 1]! + 1 : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!);
    }
  }
  const rows: DiffRow[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      rows.push({ kind: 'same', text: a[i]! });
      [i, j] = [i + 1, j + 1];
    } else if (j >= b.length || (i < a.length && longest[i + 1]![j]! >= longest[i]![j + 1]!)) {
      rows.push({ kind: 'base', text: a[i++]! });
    } else {
      rows.push({ kind: 'now', text: b[j++]! });
    }
  }
  return rows;
}

const linesOf = (text: string): readonly string[] => text.replace(/^\n+|\s+$/g, '').split('\n');
