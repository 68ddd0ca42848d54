/**
 * Finds where a text stops being JSON. Engines do not agree on how they say it, and some say it only for some
 * texts. A message without a line helps nobody.
 */

const TOKEN = /[[\]{},:]|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const SPACE = /[ \t\r\n]*/y;
/**
 * Inside a string: what stands for itself, and an escape. Two patterns, because one
 * that repeats a choice overflows on long strings.
 */
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** What may come next: a value, a key, a colon, or a comma or closing bracket. */
type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing';

/**
 * Offset of the first character that cannot continue a JSON text (its length where it
 * ends too early), or -1 where it is valid.
 */
export function firstJsonError(text: string): number {
  const open: ('[' | '{')[] = [];
  let expected: Expected = 'value';
  let offset = 0;
  for (;;) {
    offset += matchAt(SPACE, text, offset)?.length ?? 0;
    if (offset === text.length) return expected === 'nothing' ? -1 : offset;
    const token = text[offset] === '"' ? stringAt(text, offset) : matchAt(TOKEN, text, offset);
    const next: Expected | null = token === undefined ? null : after(token, expected, open);
    if (token === undefined || next === null) return offset;
    expected = next;
    offset += token.length;
  }
}

function matchAt(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}

/** The string that begins at `offset`, with its quotes. */
function stringAt(text: string, offset: number): string | undefined {
  let end = offset + 1;
  for (;;) {
    end += matchAt(PLAIN, text, end)?.length ?? 0;
    const escape = matchAt(ESCAPE, text, end);
    if (escape === undefined) break;
    end += escape.length;
  }
  return text[end] === '"' ? text.slice(offset, end + 1) : undefined;
}

/** The state after a token, keeping the stack of open brackets; null where the token must not stand. */
function after(token: string, expected: Expected, open: ('[' | '{')[]): Expected | null {
  const done = (): Expected => (open.length > 0 ? 'comma or end' : 'nothing');
  const mayClose =
    expected === 'comma or end' || expected === (token === ']' ? 'value or end' : 'key or end');
  switch (token) {
    case ']':
    case '}':
      if (!mayClose || open.at(-1) !== (token === ']' ? '[' : '{')) return null;
      open.pop();
      return done();
    case ',':
      return expected !== 'comma or end' ? null : open.at(-1) === '[' ? 'value' : 'key';
    case ':':
      return expected === 'colon' ? 'value' : null;
    default:
  }
  if (expected === 'key' || expected === 'key or end') return token.startsWith('"') ? 'colon' : null;
  if (expected !== 'value' && expected !== 'value or end') return null;
  if (token !== '[' && token !== '{') return done();
  open.push(token);
  return token === '[' ? 'value or end' : 'key or end';
}
