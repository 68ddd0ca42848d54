/** Layers of two kinds: counted by hand. */
import { expect, test } from 'vitest';
import {
  areLastOfEach,
  lastOfEach,
  listedKinds,
  otherLayers,
} from '../../../src/policy/families/layer-kinds.ts';

test('the last of every so many, and the others', () => {
  expect(lastOfEach(8, 4)).toEqual([3, 7]);
  expect(lastOfEach(3, 4)).toEqual([]);
  expect(otherLayers(8, [3, 7])).toEqual([0, 1, 2, 4, 5, 6]);
  expect(areLastOfEach([3, 7], 8, 4)).toBe(true);
  expect(areLastOfEach([3, 6], 8, 4)).toBe(false);
  expect(areLastOfEach([3], 8, 4)).toBe(false);
});

test('kinds are listed for every layer or not at all', () => {
  const refuse = (message: string): never => {
    throw new Error(message);
  };
  const of = (config: Readonly<Record<string, unknown>>) =>
    listedKinds({ config, layers: 2, refuse }, 'layer_types');
  expect(of({})).toBeNull();
  expect(of({ layer_types: null })).toBeNull();
  expect(of({ layer_types: ['a', 'b'] })).toEqual(['a', 'b']);
  expect(() => of({ layer_types: ['a'] })).toThrow('layer_types does not have an entry for each of 2 layers');
  expect(() => of({ layer_types: 'ab' })).toThrow('layer_types');
});
