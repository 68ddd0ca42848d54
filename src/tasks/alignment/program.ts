/**
 * The program of an alignment question: its one function, with body lines numbered as the trajectory numbers
 * them. It reads lines and no syntax; the sandbox says whether Python accepts the program.
 */

/** One numbered line: `<L1>` is the first line of the body that holds code. */
export interface BodyLine {
  readonly k: number;
  /** 1-based line in the source as given. */
  readonly sourceLine: number;
  readonly text: string;
}

export interface ProgramText {
  readonly header: string;
  readonly parameters: readonly string[];
  readonly body: readonly BodyLine[];
}

/** Most lines that the notation can number. */
export const maxBodyLines = 16;

const nameOnly = /^[A-Za-z_]\w*$/;

/**
 * Splits a program into header and numbered body lines; blank and comment lines have no number,
 * whatever stands before the function is left out. Null when this is not one plain function on
 * lines of its own (no default values, at most `maxBodyLines` lines, nothing after it).
 */
export function readProgram(program: string, entryPoint: string): ProgramText | null {
  const lines = program.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`def ${entryPoint}(`));
  const header = lines[start]?.trimEnd();
  if (header === undefined) return null;
  const inside = /^def \w+\(([^()]*)\)\s*(?:->[^:]*)?:$/.exec(header)?.[1];
  if (inside === undefined) return null;
  const parameters = inside.trim() === '' ? [] : inside.split(',').map((p) => (p.split(':')[0] ?? '').trim());
  if (!parameters.every((p) => nameOnly.test(p))) return null;
  const body: BodyLine[] = [];
  for (let i = start + 1; i < lines.length; i++) {
    const text = (lines[i] ?? '').trimEnd();
    if (text.trim() === '' || text.trim().startsWith('#')) continue;
    if (!/^\s/.test(text)) return null;
    body.push({ k: body.length + 1, sourceLine: i + 1, text });
  }
  if (body.length === 0 || body.length > maxBodyLines) return null;
  return { header, parameters, body };
}

/** `def f(xs):` and the body, each line with its marker after the indentation. */
function markProgram(program: ProgramText): string {
  const lines = program.body.map(({ k, text }) => {
    const indentation = /^\s*/.exec(text)?.[0] ?? '';
    return `\n${indentation}<L${k}>${text.slice(indentation.length)}`;
  });
  return program.header + lines.join('');
}

/** The question in nano's notation; `inputs` are the arguments, spelled: name, value, name, value ... */
export function traceQuestion(program: ProgramText, inputs: string): string {
  return `${markProgram(program)}<in>${inputs}<trace>`;
}
