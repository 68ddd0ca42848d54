/**
 * Pages of the library's interface, from the comments in the sources: what each import gives, with its signature
 * and what its comment says. Types are those that the compiler sees; nothing is written by hand.
 */
import { join } from 'node:path';
import ts from 'typescript';
import { DOORS } from '../library.ts';

/** Markdown by file name, one page an import. */
export function apiPages(root: string): ReadonlyMap<string, string> {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tsconfig.library.json'),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
        throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
      },
    },
  );
  if (config === undefined) throw new Error('tsconfig.library.json cannot be read');
  const program = ts.createProgram(config.fileNames, config.options);
  const checker = program.getTypeChecker();
  return new Map(
    Object.entries(DOORS).map(([door, file]) => {
      const source = program.getSourceFile(join(root, 'src', 'library', `${file}.ts`));
      const module = source && checker.getSymbolAtLocation(source);
      if (module === undefined) throw new Error(`src/library/${file}.ts exports nothing`);
      const entries = checker
        .getExportsOfModule(module)
        .map((symbol) => entryOf(symbol, checker))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const title = door === '.' ? 'tracewise' : `tracewise/${door.slice(2)}`;
      const parts = entries.flatMap(({ name, code, about }) => [
        `## ${name}`,
        '',
        '```ts',
        code,
        '```',
        '',
        ...(about === '' ? [] : [about, '']),
      ]);
      return [`api-${file}.md`, [`# ${title}`, '', ...parts].join('\n')] as const;
    }),
  );
}

interface Entry {
  readonly name: string;
  readonly code: string;
  readonly about: string;
}

function entryOf(exported: ts.Symbol, checker: ts.TypeChecker): Entry {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const { name } = exported;
  const [declaration] = symbol.declarations ?? [];
  const about = ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\s*\n\s*/g, ' ');
  const tags = symbol.getJsDocTags(checker).map((tag) => {
    const text = ts.displayPartsToString(tag.text).replace(/\s*\n\s*/g, ' ');
    return `- _${tag.name}_ ${text}`;
  });
  return {
    name,
    code: codeOf(name, symbol, declaration, checker),
    about: [about, ...tags].filter(Boolean).join('\n\n'),
  };
}

/** Most members of a type that are shown. */
const LONGEST = 40;

function codeOf(
  name: string,
  symbol: ts.Symbol,
  declaration: ts.Declaration | undefined,
  checker: ts.TypeChecker,
): string {
  if (declaration === undefined) return name;
  if (ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration)) {
    const lines = declaration
      .getText()
      .replace(/^export /, '')
      .split('\n');
    return lines.length > LONGEST ? [...lines.slice(0, LONGEST), '  // ...'].join('\n') : lines.join('\n');
  }
  const type = checker.getTypeOfSymbolAtLocation(symbol, declaration);
  const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;
  if (ts.isClassDeclaration(declaration)) return `class ${name}`;
  const shown = type
    .getCallSignatures()
    .map((signature) => `function ${name}${checker.signatureToString(signature, declaration, flags)}`);
  return shown.length > 0 ? shown.join('\n') : `const ${name}: ${checker.typeToString(type, declaration)}`;
}
