/**
 * Patterns of tokenizers: those in use are accepted, those that would hang are
 * refused before they run, and what is accepted is quick.
 */
import { describe, expect, it } from 'vitest';
import { checkPatterns, degreeOf, LONGEST_FOR_SQUARE } from '../../../src/policy/tokenizer/token-patterns.ts';
import { loadTokenizer } from '../../../src/policy/tokenizer/tokenizer.ts';
import { TokenizerError } from '../../../src/policy/tokenizer/tokenizer-error.ts';
import { computed } from '../../fuzz.ts';

const inUse: readonly string[] = [
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
  "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  // The form of o200k: words in upper and lower case, with a contraction.
  "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  '\\s?\\p{L}+',
  '[\\r\\n]',
  '[0-9][0-9][0-9]',
  ' {2,}',
  ' ?[^(\\s|[.,!?…。，、।۔،])]+',
  "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
  '[一-龥\u0800-一가-\ud7ff]+',
  '[\\p{Han}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lo}&&[^\\p{Han}]]*[\\p{Ll}\\p{M}&&[^\\p{Han}]]+',
  '(?=\\p{N})(?:\\p{N}{3})+|x',
  '\\d{1,3}(?=(?:\\d{3})*\\b)',
];

const hangs: readonly string[] = [
  '(a+)+$',
  '(a*)*b',
  '(?:a|a)*b',
  '(?:a|ab|b)*$',
  '(a?){40}a{40}',
  '(?:a{1,20}){1,20}b',
  'a*a*a*b',
  '(.*)(.*)(.*)x',
  '(?:\\w+\\s?)+$',
  '([a-z]+)*\\d',
  '(?=(a+)+b)',
  '(a)\\1*',
  '(?:(?:(?:a|a){4}){4}){4}b',
  '(?:a?b?)*c',
  `${'(?:'.repeat(50)}a${')'.repeat(50)}`,
];

describe('patterns', () => {
  it.each(inUse)('in use is accepted: %s', (pattern) => {
    expect([0, 1]).toContain(degreeOf(pattern));
  });

  it.each(hangs)('that takes too long is refused: %s', (pattern) => {
    expect(() => degreeOf(pattern)).toThrow(/is not used/);
  });

  it('the square is told from the line', () => {
    expect(degreeOf('a+')).toBe(0);
    expect(degreeOf('a+b?c*')).toBe(1);
    expect(degreeOf('a+b')).toBe(1);
    expect(degreeOf('x|a+b|y')).toBe(1);
    expect(degreeOf('\\s+(?!\\S)|\\s+')).toBe(0);
  });

  it('what is accepted is quick on the worst text that it may meet', () => {
    for (const pattern of inUse.filter((one) => !/&&|\[\^\(/.test(one)))
      for (const char of ['a', ' ', '\n', '1', "'", 'A', '!']) {
        const regex = new RegExp(pattern.replace('(?i:', '(?:').replace('\\p{Han}', '\\p{Script=Han}'), 'gu');
        const start = computed();
        expect([...`${char.repeat(LONGEST_FOR_SQUARE)}é`.matchAll(regex)].length).toBeGreaterThanOrEqual(0);
        expect(computed() - start).toBeLessThan(10_000);
      }
  });
});

describe('a tokenizer.json with a pattern that hangs', () => {
  const tokenizer = (extra: object): object => ({
    added_tokens: [{ id: 1, content: '<eos>', special: true }],
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    model: { type: 'BPE', vocab: { a: 0 }, merges: [] },
    ...extra,
  });
  const split = (Regex: string): object => ({
    type: 'Split',
    pattern: { Regex },
    behavior: 'Isolated',
    invert: false,
  });
  const config = { eos_token: '<eos>' };

  it('is refused when it is loaded, wherever the pattern stands', () => {
    const inSequence = { type: 'Sequence', pretokenizers: [split('a'), split('(a+)+$')] };
    for (const extra of [
      { pre_tokenizer: split('(a+)+$') },
      { pre_tokenizer: inSequence },
      { normalizer: { type: 'Replace', pattern: { Regex: '(a+)+$' }, content: 'a' } },
      {
        decoder: {
          type: 'Sequence',
          decoders: [{ type: 'Replace', pattern: { Regex: '(a+)+$' }, content: '' }],
        },
      },
    ])
      expect(() => loadTokenizer(tokenizer(extra), config)).toThrow(TokenizerError);
    expect(() => loadTokenizer(tokenizer({ pre_tokenizer: split('(a+)+$') }), config)).toThrow(
      /could not be built \(its pattern \(a\+\)\+\$ is not used/,
    );
  });

  it('with one that may take the square encodes texts up to a length', () => {
    const { encode } = loadTokenizer(tokenizer({ pre_tokenizer: split('a+b') }), config);
    const start = computed();
    expect(encode('a'.repeat(LONGEST_FOR_SQUARE))).toHaveLength(LONGEST_FOR_SQUARE);
    expect(computed() - start).toBeLessThan(20_000);
    expect(() => encode('a'.repeat(LONGEST_FOR_SQUARE + 1))).toThrow(/texts of 32768 characters/);
  });

  it('that makes a text grow without end is refused', () => {
    const doubling = { type: 'Replace', pattern: { String: 'a' }, content: 'aa' };
    const normalizers = Array.from({ length: 40 }, () => doubling);
    expect(() => checkPatterns({ normalizer: { type: 'Sequence', normalizers } })).toThrow(
      /many times longer/,
    );
    expect(checkPatterns({ normalizer: { type: 'Sequence', normalizers: [doubling] } })).toBe(Infinity);
  });
});
