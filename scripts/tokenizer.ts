/**
 * Builds nano's tokenizer from its corpora: whole pieces (words and operators with an optional leading
 * space, newline with indentation, single digits), the special tokens of the trajectory notation, and
 * single bytes for everything else. No merges are learned: a piece is one token or falls apart into bytes.
 *
 *   npx tsx scripts/tokenizer.ts [--out public/models/nano] [--corpus .cache/corpus] [--limit 1024]
 *
 * Reads every *.jsonl of the corpus folder ({prompt, completion}); with none there, samples the domain.
 */
import { createReadStream, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { traceTokens } from '../src/tasks/alignment/vocabulary.ts';
import { createRandom } from '../src/base/random.ts';
import { sampleProgram } from './corpus/domain/index.ts';

const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: 'public/models/nano' },
    corpus: { type: 'string', default: '.cache/corpus' },
    limit: { type: 'string', default: '1024' },
  },
});
const limit = Number(options.limit);
/** Pieces seen less often are left to the bytes. */
const LEAST = 5;
/** Documents read from a file and programs sampled from the domain. */
const ENOUGH = 60000;

/** Alternatives in order: newline and indentation; a word; a digit; an operator; any one character. */
const PIECES = String.raw`\n(?: {4})*| ?[A-Za-z_]+| ?[0-9]| ?(?:\*\*=|//=|\*\*|//|[-+*/%=!<>]=|\):|\(\)|\[\]|'')| ?[!-/:-@\[-^{-~]|[\s\S]`;

/**
 * ByteLevel's printable stand-ins for the 256 bytes: printable Latin-1 stands for
 * itself, the rest follows from U+0100 on.
 */
function byteSymbols(): string[] {
  let next = 0x100;
  const printable = (b: number): boolean =>
    (b >= 0x21 && b <= 0x7e) || (b >= 0xa1 && b <= 0xac) || (b >= 0xae && b <= 0xff);
  return Array.from({ length: 256 }, (_, b) => String.fromCodePoint(printable(b) ? b : next++));
}

const symbols = byteSymbols();
const encoder = new TextEncoder();
const spellBytes = (piece: string): string => Array.from(encoder.encode(piece), (b) => symbols[b]).join('');

const counts = new Map<string, number>();
const pieces = new RegExp(PIECES, 'gu');
const isTrace = new Set(traceTokens);
const learn = (text: string): void => {
  for (const part of text.split(/(<[^<>\s]+>)/)) {
    if (isTrace.has(part)) continue;
    for (const piece of part.match(pieces) ?? []) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  }
};

let documents = 0;
const corpora = existsSync(options.corpus)
  ? readdirSync(options.corpus)
      .filter((f) => f.endsWith('.jsonl'))
      .sort()
  : [];
for (const name of corpora) {
  let read = 0;
  for await (const line of createInterface({ input: createReadStream(join(options.corpus, name)) })) {
    if (line === '') continue;
    const row = JSON.parse(line) as { prompt?: string; completion?: string };
    learn((row.prompt ?? '') + (row.completion ?? ''));
    documents++;
    if (++read === ENOUGH) break;
  }
}
// The domain itself comes last, so that a rare wording that a corpus file missed still counts.
const random = createRandom('tokenizer');
for (let i = 0; i < ENOUGH / 2; i++, documents++) {
  const { prompt, completion } = sampleProgram(random, 0);
  learn(prompt + completion);
}

// Bytes that well-formed UTF-8 cannot contain need no token.
const bytes = symbols.filter((_, b) => b !== 0xc0 && b !== 0xc1 && b <= 0xf4);
const special = ['<pad>', '<eos>'];
const room = limit - special.length - traceTokens.length - bytes.length;
const wanted = [...counts]
  .filter(([piece, count]) => count >= LEAST && encoder.encode(piece).length > 1)
  .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
const kept = wanted.slice(0, room).map(([piece]) => spellBytes(piece));

const vocab: Record<string, number> = {};
for (const token of [...special, ...traceTokens, ...bytes, ...kept]) vocab[token] = Object.keys(vocab).length;
const added = [...special, ...traceTokens].map((content) => ({
  id: vocab[content],
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: special.includes(content),
}));
// Added tokens are no pieces of the model; it holds the rest.
const modelVocab = Object.fromEntries(
  Object.entries(vocab).filter(([token]) => !special.includes(token) && !isTrace.has(token)),
);

const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
const tokenizer = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: added,
  normalizer: null,
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      { type: 'Split', pattern: { Regex: PIECES }, behavior: 'Isolated', invert: false },
      byteLevel,
    ],
  },
  post_processor: null,
  decoder: byteLevel,
  model: {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: true,
    vocab: modelVocab,
    merges: [],
  },
};
const config = {
  tokenizer_class: 'PreTrainedTokenizerFast',
  eos_token: '<eos>',
  pad_token: '<pad>',
  split_special_tokens: true,
  clean_up_tokenization_spaces: false,
  add_bos_token: false,
  model_max_length: 512,
};
mkdirSync(options.out, { recursive: true });
writeFileSync(join(options.out, 'tokenizer.json'), `${JSON.stringify(tokenizer, null, 1)}\n`);
writeFileSync(join(options.out, 'tokenizer_config.json'), `${JSON.stringify(config, null, 2)}\n`);
console.log(
  `${options.out}: ${Object.keys(vocab).length} tokens (${kept.length} pieces of ${wanted.length} seen at least ${LEAST} times, ` +
    `${traceTokens.length} of the notation, ${bytes.length} bytes) from ${documents} documents of ${corpora.length} files and the domain`,
);
