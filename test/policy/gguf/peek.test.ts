/** The sizes of a GGUF model from its first bytes alone, against those of the whole header. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { CheckpointError, PolicyError } from '../../../src/policy/errors.ts';
import { peekArchitecture } from '../../../src/policy/gguf/peek.ts';
import { openGgufModel } from '../../../src/policy/sources/open-model.ts';
import { bytesSource } from '../../../src/policy/files/range-source.ts';

const read = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL(`../vectors/gguf/${name}.gguf`, import.meta.url)));

describe('the first bytes of a GGUF file', () => {
  it.each(['llama', 'qwen2'])('say the sizes of %s', async (name) => {
    const bytes = await read(name);
    const { architecture } = await openGgufModel(bytesSource(bytes, name));
    const found = peekArchitecture(bytes.subarray(0, 4096), name);
    expect({ ...found, tiedHead: architecture.tiedHead }).toEqual(architecture);
  });

  it('say nothing where they end too early', async () => {
    expect(peekArchitecture((await read('llama')).subarray(0, 80), 'a')).toBeNull();
  });

  it('are refused when they are of another file or architecture', async () => {
    expect(() => peekArchitecture(new Uint8Array(100), 'a')).toThrow(CheckpointError);
    const bytes = await read('llama');
    const at = new TextDecoder('latin1').decode(bytes).indexOf('llama');
    bytes.set(new TextEncoder().encode('mamba'), at);
    expect(() => peekArchitecture(bytes.subarray(0, 4096), 'a')).toThrow(PolicyError);
  });
});
