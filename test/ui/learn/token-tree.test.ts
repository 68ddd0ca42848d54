/** Rollouts of one prompt as a tree of tokens. */
import { describe, expect, test } from 'vitest';
import {
  branchesAt,
  companions,
  differentPrograms,
  tokenPieces,
  splitsOf,
  treeOf,
  type TokenPiece,
} from '../../../src/ui/learn/token-tree.ts';

const word = (text: string) => text.match(/\s*\S+/g) ?? [];
const path = (text: string, probabilities: readonly number[] = []): readonly TokenPiece[] =>
  [...word(text), ''].map((piece, i) => ({ text: piece, probability: probabilities[i] ?? null }));

const rollouts = [
  path('a b c', [1, 0.7, 0.5, 0.9]),
  path('a b d', [1, 0.7, 0.25, 0.9]),
  path('a e', [1, 0.2, 0.9]),
  path('a b c', [1, 0.7, 0.5, 0.9]),
];

describe('pieces of a rollout', () => {
  const logged = { completion: 'a b', tokens: [5, 6, 1], logProbs: [0, Math.log(0.5), Math.log(0.25)] };
  const vocabulary = (token: number) => ({ 5: 'a', 6: ' b' })[token] ?? '?';

  test('tokens with the probabilities they were drawn with, the end as an empty one', () => {
    const pieces = tokenPieces({ ...logged, finish: 'eos' }, vocabulary, word);
    expect(pieces.map(({ text }) => text)).toEqual(['a', ' b', '']);
    expect(pieces[1]!.probability).toBeCloseTo(0.5, 12);
  });

  test('a vocabulary that is not the one it was written with is not used', () => {
    const pieces = tokenPieces({ ...logged, finish: 'eos' }, () => 'x', word);
    expect(pieces).toEqual([
      { text: 'a', probability: null },
      { text: ' b', probability: null },
      { text: '', probability: null },
    ]);
  });

  test('a log without tokens still gives pieces, and a rollout cut off has no end', () => {
    const cut = tokenPieces(
      { completion: 'a b', tokens: [], logProbs: [], finish: 'length' },
      vocabulary,
      word,
    );
    expect(cut.map(({ text }) => text)).toEqual(['a', ' b']);
  });
});

describe('where rollouts part', () => {
  test('companions share the path so far', () => {
    expect(companions(rollouts, 0, 1)).toEqual([0, 1, 2, 3]);
    expect(companions(rollouts, 0, 2)).toEqual([0, 1, 3]);
    expect(companions(rollouts, 1, 3)).toEqual([1]);
  });

  test('branches at a place: what was drawn there, likeliest first', () => {
    expect(branchesAt(rollouts, 1, 2)).toEqual([
      { text: ' c', probability: 0.5, rollouts: [0, 3] },
      { text: ' d', probability: 0.25, rollouts: [1] },
    ]);
  });

  test('splits along a rollout', () => {
    expect(splitsOf(rollouts, 0)).toEqual([1, 2]);
    expect(splitsOf(rollouts, 2)).toEqual([1]);
  });

  test('different programs are counted once', () => {
    expect(differentPrograms(['a', 'b', 'a'])).toBe(2);
  });
});

describe('the tree as drawn', () => {
  test('a row for every program; a stretch ends where rollouts part', () => {
    const { stretches, leaves, longest } = treeOf(rollouts);
    expect(leaves).toEqual([
      { row: 0, end: 4, rollouts: [0, 3] },
      { row: 1, end: 4, rollouts: [1] },
      { row: 2, end: 3, rollouts: [2] },
    ]);
    expect(stretches.map(({ from, to, row }) => [from, to, row])).toEqual([
      [0, 1, 1.25],
      [1, 2, 0.5],
      [2, 4, 0],
      [2, 4, 1],
      [1, 3, 2],
    ]);
    expect(stretches.map(({ parentRow }) => parentRow)).toEqual([1.25, 1.25, 0.5, 0.5, 1.25]);
    expect(longest).toBe(4);
  });

  test('equal rollouts are one line; no rollouts, no tree', () => {
    expect(treeOf([rollouts[0]!, rollouts[3]!]).stretches).toHaveLength(1);
    expect(treeOf([]).stretches).toHaveLength(0);
  });

  test('a rollout cut off where another goes on ends there', () => {
    const cut = rollouts[0]!.slice(0, 2);
    expect(treeOf([rollouts[0]!, cut]).leaves.map(({ end }) => end)).toEqual([4, 2]);
  });
});
