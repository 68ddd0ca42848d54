/**
 * The corpus as streams of tokens. It reads the JSONL files of scripts/corpus, tokenises them once, and deals
 * packed batches by the recipe's mixture.
 */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pack, type PackedBatch } from '../../src/policy/lora/packing.ts';
import type { Sequence, Tokenizer } from '../../src/policy/types.ts';
import type { Random } from '../../src/base/random.ts';
import type { Recipe } from './recipe.ts';

export interface CorpusDocument extends Sequence {
  readonly length: number;
}

export type Corpus = ReadonlyMap<string, CorpusDocument[]>;

/** All documents of a folder's `*.jsonl`, by kind; those longer than `longest` tokens are left out. */
export async function readCorpus(folder: string, tokenizer: Tokenizer, longest: number): Promise<Corpus> {
  const corpus = new Map<string, CorpusDocument[]>();
  const files = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort();
  for (const file of files) {
    for await (const line of createInterface({ input: createReadStream(join(folder, file)) })) {
      const { kind, prompt, completion } = JSON.parse(line) as Record<
        'kind' | 'prompt' | 'completion',
        string
      >;
      const promptIds = tokenizer.encode(prompt);
      const completionIds = [...tokenizer.encode(completion), tokenizer.eosId];
      const length = promptIds.length + completionIds.length;
      if (length > longest) continue;
      const documents = corpus.get(kind) ?? [];
      documents.push({ prompt: promptIds, completion: completionIds, length });
      corpus.set(kind, documents);
    }
  }
  return corpus;
}

/**
 * Endless documents of one kind under a length cap that may grow: the first epoch in the
 * order of the files (documents are drawn at random when they are made, and so a corpus
 * that is still being extended can be trained on), later ones shuffled by the seed.
 */
class Deck {
  private order: number[] = [];
  epochs = 0;

  constructor(
    private readonly documents: readonly CorpusDocument[],
    private readonly random: Random,
  ) {}

  draw(cap: number): CorpusDocument {
    for (let tries = 0; tries < 10_000; tries++) {
      if (this.order.length === 0) {
        const inFileOrder = this.documents.map((_, index) => index).reverse();
        this.order = this.epochs === 0 ? inFileOrder : this.random.shuffle(inFileOrder);
        this.epochs += 1;
      }
      const document = this.documents[this.order.pop()!]!;
      if (document.length <= cap) return document;
    }
    throw new RangeError(`no document of at most ${cap} tokens`);
  }
}

export class Dealer {
  private readonly decks: { kind: string; share: number; deck: Deck; dealt: number }[];

  constructor(
    corpus: Corpus,
    private readonly recipe: Recipe,
    random: Random,
  ) {
    this.decks = Object.entries(recipe.mixture)
      .filter(([kind]) => (corpus.get(kind)?.length ?? 0) > 0)
      .map(([kind, share]) => ({
        kind,
        share,
        deck: new Deck(corpus.get(kind)!, random.fork(kind)),
        dealt: 0,
      }));
    if (this.decks.length === 0) throw new RangeError('the corpus is empty; run npm run corpus first');
  }

  /** Tokens dealt so far and epochs begun, by kind. */
  get counts(): Record<string, { tokens: number; epochs: number }> {
    return Object.fromEntries(
      this.decks.map(({ kind, dealt, deck }) => [kind, { tokens: dealt, epochs: deck.epochs }]),
    );
  }

  /** The batch of step `t` (from 1), about full, with the sequences it holds. */
  deal(t: number): { batch: PackedBatch; documents: CorpusDocument[]; byKind: string[] } {
    const { rows, sequenceLength, curriculum } = this.recipe;
    const cap = Math.min(
      sequenceLength,
      curriculum.from + (curriculum.to - curriculum.from) * Math.min(1, t / curriculum.steps),
    );
    const documents: CorpusDocument[] = [];
    const byKind: string[] = [];
    let total = 0;
    for (;;) {
      // The kind that is furthest behind its share of all tokens goes next.
      const next = this.decks.reduce((a, b) => (a.dealt / a.share <= b.dealt / b.share ? a : b));
      const document = next.deck.draw(next.kind === 'code' ? sequenceLength : cap);
      if (total + document.length > rows * sequenceLength * 0.97) break;
      next.dealt += document.length;
      total += document.length;
      documents.push(document);
      byKind.push(next.kind);
    }
    // The graph is of one size: where short documents fill a row less, the last one is empty.
    const batch = pack(documents, { rows, sequenceLength, rounding: 'power of 2' })[0]!;
    return { batch, documents, byKind };
  }
}
