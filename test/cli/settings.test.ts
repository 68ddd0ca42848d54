/** `settings`: what --set takes, so that nobody has to read the source for it. */
import { expect, test } from 'vitest';
import { SCHEMA } from '../../src/learning/config-schema.ts';
import { parseAssignments } from '../../src/learning/config.ts';
import { tracewise } from './command-line.ts';

test('lists every setting in the form that --set takes', async () => {
  const { code, out } = await tracewise(['settings']);
  expect(code).toBe(0);
  const assignments = out.filter((line) => /^\S/.test(line));
  expect(Object.keys(parseAssignments(assignments))).toEqual(Object.keys(SCHEMA));
});

test('shows what a preset changes, and as JSON', async () => {
  const preset = await tracewise(['settings', '--preset', 'rlvr-equal-total']);
  expect(preset.out.filter((line) => line.endsWith('  (preset)'))).toEqual([
    'code.prompts=32  (preset)',
    'optimizer.decay=0.4  (preset)',
  ]);
  const { out } = await tracewise(['settings', '--preset', 'rlvr-equal-total', '--json']);
  expect(JSON.parse(out[0]!)).toMatchObject({ 'code.prompts': { type: 'integer', default: 16, value: 32 } });
});

test('names the presets where one is not known', async () => {
  const { code, progress } = await tracewise(['settings', '--preset', 'grpo']);
  expect([code, progress.join('\n')]).toEqual([
    2,
    expect.stringMatching(/"grpo"; there are rlvr, coderl-plus/),
  ]);
});

test('says which settings have no effect, and at what', async () => {
  const { out } = await tracewise(['settings']);
  const below = (key: string): string => {
    const rest = out.slice(out.findIndex((line) => line.startsWith(`${key}=`)) + 1);
    return rest
      .slice(
        0,
        rest.findIndex((line) => /^\S/.test(line)),
      )
      .join('\n');
  };
  expect(below('loss.clipHigh')).toContain('Without effect at loss.miniBatches=1, loss.iterations=1.');
  expect(below('kl.on')).toContain('Without effect at kl.coefficient=0.');
  expect(below('loss.miniBatches')).not.toContain('Without effect');
  const json = await tracewise(['settings', '--json']);
  expect(JSON.parse(json.out[0]!)).toMatchObject({ 'kl.on': { withoutEffectBy: ['kl.coefficient'] } });
});
