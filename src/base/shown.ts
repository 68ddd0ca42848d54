/**
 * Data from a file as it may stand in a message: one line, of bounded length, with nothing in it that a
 * terminal or a page would obey. It is no serialiser: a nested value is named by its kind alone, because it
 * may be nested deeper than any recursion goes.
 */

/**
 * Text as one line of at most `longest` characters; control characters and halves of
 * characters are written as escapes.
 */
export function oneLine(text: string, longest = 300): string {
  const cut = text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  return cut.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (c) => named[c] ?? `\\u{${c.codePointAt(0)!.toString(16)}}`);
}

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Any data for a message: text in quotes, numbers and the like as they are, lists and objects by their kind.
 */
export function shown(data: unknown, longest = 60): string {
  if (typeof data === 'string') return `"${oneLine(data, longest)}"`;
  if (data === null || data === undefined) return String(data);
  if (typeof data === 'number' || typeof data === 'boolean') return String(data);
  return Array.isArray(data) ? 'a list' : typeof data === 'object' ? 'an object' : `a ${typeof data}`;
}
