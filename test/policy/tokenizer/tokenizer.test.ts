/**
 * nano's tokenizer as shipped: exact round trips, one token where one is promised,
 * and files that are refused.
 */
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawProblem, promptOf, sampleProgram } from '../../../scripts/corpus/domain/index.ts';
import { loadTokenizer, withChat } from '../../../src/policy/tokenizer/tokenizer.ts';
import { traceTokens } from '../../../src/tasks/alignment/vocabulary.ts';
import { createRandom } from '../../../src/base/random.ts';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../public/models/nano/${name}`, import.meta.url), 'utf8'));
const json = read('tokenizer.json') as Record<string, unknown>;
const config = read('tokenizer_config.json') as Record<string, unknown>;
const tokenizer = loadTokenizer(json, config);

const roundTrips = (text: string): void => {
  expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
};

describe("nano's tokenizer", () => {
  it('has at most 1,024 tokens', () => {
    expect(tokenizer.vocabSize).toBeLessThanOrEqual(1024);
    expect(tokenizer.eosId).toBeLessThan(tokenizer.vocabSize);
  });

  it('gives any well-formed text back exactly', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), roundTrips), {
      seed: 21,
      numRuns: 1000,
    });
  });

  it('gives code, special tokens and spelled special tokens back exactly', () => {
    const parts = fc.constantFrom(
      ...traceTokens,
      '<eos>',
      '<pad>',
      '<',
      '<<eos>',
      'eos>',
      ' ',
      '\n',
      '\n        ',
      'def f(xs):',
      'é',
      '\t',
      '12',
    );
    fc.assert(
      fc.property(
        fc.array(parts).map((p) => p.join('')),
        roundTrips,
      ),
      { seed: 22, numRuns: 500 },
    );
  });

  it("gives the domain's programs back exactly, held-out ones too", () => {
    const random = createRandom('tokenizer test');
    for (let i = 0; i < 300; i++) {
      const { prompt, completion } = sampleProgram(random, 0);
      roundTrips(prompt + completion);
      roundTrips(promptOf(drawProblem(random, 'heldout'), random));
    }
  });

  it('never breaks a token over the end of a prompt', () => {
    const random = createRandom('prompt boundary');
    for (let i = 0; i < 200; i++) {
      const { prompt, completion } = sampleProgram(random, 0);
      expect(tokenizer.encode(prompt + completion)).toEqual([
        ...tokenizer.encode(prompt),
        ...tokenizer.encode(completion),
      ]);
    }
  });

  it('holds every token of the trajectory notation whole, also side by side', () => {
    for (const token of traceTokens) expect(tokenizer.encode(token), token).toHaveLength(1);
    const all = tokenizer.encode(traceTokens.join(''));
    expect(all).toHaveLength(traceTokens.length);
    expect(new Set(all).size).toBe(traceTokens.length);
  });

  it('holds a word with its space, an indentation and a digit in one token each', () => {
    for (const piece of [' return', 'def', '\n    ', '\n        ', ' 7', '7', ' xs', ' +=', ' %']) {
      expect(tokenizer.encode(piece), piece).toHaveLength(1);
    }
    expect(tokenizer.encode('123')).toHaveLength(3);
  });

  it('cannot be made to end a sequence by text, and leaves the end out of text', () => {
    expect(tokenizer.encode('a<eos>')).not.toContain(tokenizer.eosId);
    expect(tokenizer.decode([...tokenizer.encode('return'), tokenizer.eosId])).toBe('return');
    expect(tokenizer.decode([])).toBe('');
  });
});

describe('a tokenizer file that cannot be used', () => {
  it('is refused with advice', () => {
    expect(() => loadTokenizer('<html>', config)).toThrow(/tokenizer.json is not a JSON object/);
    expect(() => loadTokenizer({}, config)).toThrow(/could not be built/);
    expect(() => loadTokenizer(json, {})).toThrow(/eos_token/);
  });

  it('gets a chat template only where its configuration holds one', async () => {
    expect(await withChat(tokenizer, config)).toBe(tokenizer);
    const chat = await withChat(tokenizer, { chat_template: "{{ messages[0]['content'] }}" });
    expect(chat.chat!([{ role: 'user', content: 'hi' }])).toBe('hi');
    await expect(withChat(tokenizer, { chat_template: '{% for %}' })).rejects.toThrow(/chat template/);
  });

  it('may name the end of sequence as an object', () => {
    expect(loadTokenizer(json, { ...config, eos_token: { content: '<eos>' } }).eosId).toBe(tokenizer.eosId);
  });
});
