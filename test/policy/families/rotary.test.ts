/**
 * Rotary positions as config.json has them, against transformers' own frequencies
 * (scripts/vectors/rope.py), and what is refused.
 */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { PolicyError } from '../../../src/policy/errors.ts';
import { parseArchitecture } from '../../../src/policy/model/architecture.ts';
import { rotaryTables } from '../../../src/policy/model/decoder.ts';

interface Case {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly frequencies: readonly number[];
  readonly attention: number;
}
const path = new URL('../vectors/rope.json', import.meta.url);
const cases = JSON.parse(await readFile(path, 'utf8')) as readonly Case[];
const rest = { model_type: 'llama', vocab_size: 8, num_hidden_layers: 1, intermediate_size: 8 };

describe('rotary positions', () => {
  it.each(cases)('are those of transformers: $name', ({ config, frequencies, attention }) => {
    const architecture = parseArchitecture({ ...rest, ...config });
    const position = 77;
    const { cos, sin } = rotaryTables(architecture, position, 1);
    expect(cos).toHaveLength(2 * frequencies.length);
    frequencies.forEach((frequency, i) => {
      // transformers has float32 frequencies.
      expect(Math.abs(cos[i]! - attention * Math.cos(position * frequency))).toBeLessThan(2e-5);
      expect(Math.abs(sin[i]! - attention * Math.sin(position * frequency))).toBeLessThan(2e-5);
      expect(cos[i + frequencies.length]).toBe(cos[i]);
    });
  });

  it('hold up to the tokens that short factors are for', () => {
    const { config } = cases.find(({ name }) => name === 'longrope')!;
    expect(parseArchitecture({ ...rest, ...config }).contextLength).toBe(1024);
  });

  const { config } = cases[0]!;
  it.each([
    [{ rope_scaling: { rope_type: 'mrope' } }, 'scaled by "mrope"'],
    // The first name of longrope.
    [{ rope_scaling: { rope_type: 'su' } }, 'not 16 positive numbers'],
    [{ rope_scaling: { rope_type: 'linear' } }, 'factor of its rotary positions is undefined'],
    [{ rope_scaling: { rope_type: 'linear', factor: -1 } }, 'factor of its rotary positions is -1'],
    [{ rope_scaling: { rope_type: 'longrope', short_factor: [1] } }, 'not 16 positive numbers'],
    [{ rope_scaling: 4 }, 'rope_scaling is 4'],
    [{ rope_scaling: null, rope_theta: 0 }, 'rope_theta of its rotary positions is 0'],
    [{ partial_rotary_factor: 1.5 }, 'partial_rotary_factor is 1.5'],
    [{ partial_rotary_factor: 0.1 }, 'partial_rotary_factor is 0.1'],
    [{ quantization_config: { quant_method: 'awq' } }, 'quantised by "awq"'],
    [{ quantization_config: { quant_method: 'gptq' } }, 'quantised by "gptq"'],
  ])('are refused by name: %o', (change, problem) => {
    const read = () => parseArchitecture({ ...rest, ...config, ...change });
    expect(read).toThrow(PolicyError);
    expect(read).toThrow(problem);
  });
});
