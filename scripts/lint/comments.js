/**
 * The lint rule that keeps comments in lines of at most so many characters, indentation included. `eslint
 * --fix` fills a long paragraph anew; lists, tags and indented lines keep their lines. It reads TypeScript,
 * JavaScript and Svelte with its HTML; Python's lines are ruff's (python.ts).
 */

/** Comments that tools read; a break would change what they say. */
const DIRECTIVE =
  /^\W*(eslint|prettier-ignore|@ts-|@vite-|@vitest|@__PURE__|#__|<reference|svelte-ignore|spellchecker)/;

/** Where a paragraph begins although no blank line stands before it: a tag, an item of a list. */
const OPENER = /^(@\w+|[-*] |\d+\. )/;

/** Words of a text; what stands in backticks is one word. */
const wordsOf = (text) => text.match(/(?:`[^`]*`|\S)+/g) ?? [];

/** Words in lines of at most `width` characters, those after the first behind `hang`. A word is never cut. */
function wrap(words, width, hang) {
  const lines = [];
  let line = '';
  for (const word of words) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length > width && line !== '') {
      lines.push(line);
      line = hang + word;
    } else line = longer;
  }
  return [...lines, line];
}

/** A paragraph in as few lines as `width` allows, and these about even, so that no last word stands alone. */
function fill(text, width, hang) {
  const words = wordsOf(text);
  const lines = wrap(words, width, hang);
  for (let narrower = width - 24; narrower < width; narrower++) {
    const even = wrap(words, narrower, hang);
    if (even.length === lines.length) return even;
  }
  return lines;
}

/**
 * The lines of a comment without its stars or slashes, each paragraph that has a line of more than `width`
 * characters filled anew. Lines that are indented (tables, layouts, code) and fenced ones stay as they are.
 */
export function filled(lines, width) {
  const done = [];
  let paragraph = [];
  let fenced = false;
  const end = () => {
    if (paragraph.some((line) => line.length > width)) {
      const mark = /^([-*] |\d+\. )/.exec(paragraph[0])?.[0] ?? '';
      done.push(...fill(paragraph.join(' '), width, ' '.repeat(mark.length)));
    } else done.push(...paragraph);
    paragraph = [];
  };
  for (const line of lines) {
    const fence = line.startsWith('```');
    // The second line of an item stands under the first one's text and belongs to it.
    const hangs = /^ {2,3}\S/.test(line) && /^([-*] |\d+\. )/.test(paragraph[0] ?? '');
    if (fenced || fence || line === '' || (/^\s/.test(line) && !hangs)) {
      end();
      done.push(line);
      if (fence) fenced = !fenced;
      continue;
    }
    if (OPENER.test(line)) end();
    paragraph.push(line);
  }
  end();
  return done;
}

/**
 * A block comment anew, or null where its form is not one that can be filled. `indent` is what stands before
 * it on its line.
 */
export function filledBlock(text, indent, max) {
  const opening = /^\/\*\*?/.exec(text)[0];
  const inner = text.slice(opening.length, -2).split('\n');
  const [first, ...rest] = inner;
  const last = rest.length > 0 ? rest.pop() : undefined;
  if (rest.some((line) => !/^\s*\*( |$)/.test(line)) || (last !== undefined && !/^\s*(\* .*)?$/.test(last)))
    return null;
  const bare = (line) => line.replace(/^\s*\* ?/, '').trimEnd();
  const lines = [
    ...(first.trim() === '' ? [] : [first.trim()]),
    ...rest.map(bare),
    ...(last === undefined || last.trim() === '' ? [] : [bare(last)]),
  ];
  const starred = filled(lines, max - indent.length - 3).map((line) => `${indent} * ${line}`.trimEnd());
  return [opening, ...starred, `${indent} */`].join('\n');
}

/** A comment of HTML anew, its text indented by two below its mark. */
export function filledMarkup(value, indent, max) {
  // However far the text stood in before, it is one paragraph after the other.
  const lines = value
    .trim()
    .split('\n')
    .map((line) => line.trim());
  const one = `<!-- ${lines.join(' ')} -->`;
  if (lines.every((line) => line !== '') && indent.length + one.length <= max) return one;
  const text = filled(lines, max - indent.length - 2).map((line) => `${indent}  ${line}`.trimEnd());
  return ['<!--', ...text, `${indent}-->`].join('\n');
}

/** Comments of slashes that follow each other line by line, alone on their lines, as one. */
function runs(comments, text) {
  const found = [];
  for (const comment of comments) {
    const alone = /^\s*$/.test(text.lines[comment.loc.start.line - 1].slice(0, comment.loc.start.column));
    if (comment.type !== 'Line' || !alone) continue;
    const run = found.at(-1);
    const before = run?.at(-1);
    if (
      before?.loc.end.line === comment.loc.start.line - 1 &&
      before.loc.start.column === comment.loc.start.column
    )
      run.push(comment);
    else found.push([comment]);
  }
  return found;
}

const maxLength = {
  meta: { type: 'layout', fixable: 'whitespace', schema: [{ type: 'integer', minimum: 40 }] },
  create(context) {
    const max = context.options[0] ?? 110;
    const source = context.sourceCode;
    /** Lines that are too long and could be shorter; one of a single long word (an address) could not. */
    const isLong = (number, column) => {
      const line = source.lines[number - 1];
      return line.length > max && /\S\s+\S.*\s/.test(line.slice(column));
    };
    const report = (comment, long, fix) =>
      context.report({
        loc: { line: long, column: 0 },
        message: `A comment's line has ${source.lines[long - 1].length} characters, more than ${max}.`,
        fix,
      });
    const longLine = ({ loc }) => {
      for (let line = loc.start.line; line <= loc.end.line; line++)
        if (isLong(line, line === loc.start.line ? loc.start.column : 0)) return line;
      return null;
    };
    const checkRun = (run) => {
      const long = run.map(longLine).find((line) => line !== null) ?? null;
      if (long === null || run.some(({ value }) => DIRECTIVE.test(value))) return;
      const indent = source.lines[run[0].loc.start.line - 1].slice(0, run[0].loc.start.column);
      const lines = run.map(({ value }) => value.replace(/^ /, '').trimEnd());
      const text = filled(lines, max - indent.length - 3).map((line) => `// ${line}`.trimEnd());
      report(run[0], long, (fixer) =>
        fixer.replaceTextRange([run[0].range[0], run.at(-1).range[1]], text.join(`\n${indent}`)),
      );
    };
    /** A comment behind code goes above its line. */
    const checkTrailing = (comment) => {
      const long = longLine(comment);
      if (long === null || DIRECTIVE.test(comment.value)) return;
      const line = source.lines[long - 1];
      const code = line.slice(0, comment.loc.start.column);
      const start = comment.range[0] - comment.loc.start.column;
      const indent = /^\s*/.exec(code)[0];
      const movable = /^[^})\]]/.test(code.trim()) && comment.type === 'Line';
      report(
        comment,
        long,
        !movable
          ? null
          : (fixer) => [
              fixer.insertTextBeforeRange([start, start], `${indent}//${comment.value}\n`),
              fixer.removeRange([start + code.trimEnd().length, comment.range[1]]),
            ],
      );
    };
    return {
      /** What Svelte's parser makes of `<!-- -->`. */
      SvelteHTMLComment(comment) {
        const { loc, value, range } = comment;
        const long = longLine(comment);
        if (long === null || DIRECTIVE.test(value)) return;
        const before = source.lines[loc.start.line - 1].slice(0, loc.start.column);
        const after = source.lines[loc.end.line - 1].slice(loc.end.column);
        const isAlone = before.trim() === '' && after.trim() === '';
        const anew = isAlone ? filledMarkup(value, before, max) : null;
        const isBetter = anew !== null && anew !== source.getText().slice(...range);
        report(comment, long, isBetter ? (fixer) => fixer.replaceTextRange(range, anew) : null);
      },
      Program() {
        const comments = source.getAllComments();
        for (const run of runs(comments, source)) checkRun(run);
        for (const comment of comments) {
          const { loc, type, value } = comment;
          const before = source.lines[loc.start.line - 1].slice(0, loc.start.column);
          const after = source.lines[loc.end.line - 1].slice(loc.end.column);
          if (before.trim() !== '' && loc.start.line === loc.end.line) checkTrailing(comment);
          else if (type === 'Block') {
            const long = longLine(comment);
            if (long === null || DIRECTIVE.test(value)) continue;
            const text = source.getText().slice(...comment.range);
            const anew = before.trim() === '' && after.trim() === '' ? filledBlock(text, before, max) : null;
            report(
              comment,
              long,
              anew === null || anew === text ? null : (fixer) => fixer.replaceTextRange(comment.range, anew),
            );
          }
        }
      },
    };
  },
};

export const comments = { rules: { 'max-length': maxLength } };
