/**
 * The lint rule `words/in-catalogue`: what a visitor can read stands in src/ui/strings, where every language
 * has it. The rule looks at texts between tags, attributes that people read, and strings that look like a
 * sentence. It does not know where a string is shown.
 */

/** Attributes that a browser or a screen reader says to people. */
const READ = ['title', 'placeholder', 'alt', 'label', 'aria-label', 'aria-description', 'aria-valuetext'];

/** Two words in a row, as in no name, path, selector or list of classes here. */
const SENTENCE = /[a-z]{2}[,.:;]? [a-z]/i;
/** In markup one word is enough, but for the name of a format (PNG) and an id with an owner (owner/name). */
const WORD = /\p{L}{2}/u;
const NAME = /^([A-Z]+|[\w.-]+(\/[\w.-]+)+)$/;
/** A font, a length, a colour, a line of Python. */
const CODE = /\d(px|rem) |color-mix\(|^def /;

/** Functions whose strings are names for programs. */
const NAMES = ['Symbol', 'matchMedia', 'MediaQuery', 'closest', 'querySelector', 'querySelectorAll'];

/** Strings that are compared, split, or name something to a program are read by nobody. */
function isName(node) {
  const { parent } = node;
  if (parent.type === 'BinaryExpression' && parent.operator === '+') return isName(parent);
  if (parent.type === 'BinaryExpression') return /^[!=]==?$/.test(parent.operator);
  if (parent.type === 'MemberExpression') return parent.property.name === 'split';
  if (parent.type === 'Property' || parent.type === 'PropertyDefinition') return parent.key === node;
  if (parent.type === 'TSLiteralType' || parent.type === 'ImportDeclaration') return true;
  if (parent.type !== 'CallExpression') return false;
  const { callee } = parent;
  return NAMES.includes((callee.property ?? callee).name);
}

const isSentence = (text) => SENTENCE.test(text) && !CODE.test(text);
const isWord = (text) => WORD.test(text) && !NAME.test(text.trim());

const inCatalogue = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const report = (node, text) =>
      context.report({ node, message: `The words "${text.trim().slice(0, 60)}" belong in src/ui/strings.` });
    return {
      Literal(node) {
        if (typeof node.value === 'string' && isSentence(node.value) && !isName(node))
          report(node, node.value);
      },
      TemplateElement(node) {
        if (isSentence(node.value.raw)) report(node, node.value.raw);
      },
      SvelteText(node) {
        if (node.parent.type !== 'SvelteStyleElement' && isWord(node.value)) report(node, node.value);
      },
      SvelteLiteral(node) {
        if (READ.includes(node.parent.key?.name) && isWord(node.value)) report(node, node.value);
      },
    };
  },
};

export const words = { rules: { 'in-catalogue': inCatalogue } };
