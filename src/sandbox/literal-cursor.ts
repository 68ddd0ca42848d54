/**
 * A place in the text of an answer, and the steps forward that its grammar is made of. It knows no values.
 */

/**
 * What is read: `json`, a `python` literal, or a `literal` from a trusted source,
 * which may also be NaN or infinite.
 */
export type Dialect = 'json' | 'python' | 'literal';

/** Thrown inside, never out of literal.ts. */
export class Malformed extends Error {
  constructor(
    readonly reason: string,
    readonly at: number,
  ) {
    super(reason);
  }
}

/** Goes from left to right and never back but by hand. */
export class Cursor {
  at = 0;

  constructor(
    readonly text: string,
    readonly dialect: Dialect,
  ) {}

  /** The character here; nothing at the end. */
  get here(): string {
    return this.text[this.at] ?? '';
  }

  fail(reason: string): never {
    throw new Malformed(reason, this.at);
  }

  space(): void {
    while (this.at < this.text.length && ' \t\r\n'.includes(this.text[this.at]!)) this.at += 1;
  }

  peek(): string {
    this.space();
    return this.here;
  }

  take(char: string): boolean {
    if (this.peek() !== char) return false;
    this.at += 1;
    return true;
  }

  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}
