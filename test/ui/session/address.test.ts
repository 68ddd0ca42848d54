/**
 * What the page's address says of device, precision and settings. How settings are
 * written is in test/experiment/sharing.test.ts.
 */
import { expect, test } from 'vitest';
import { realModelSettings } from '../../../src/experiment/real-model.ts';
import { readAddress, withSetup } from '../../../src/ui/session/address.ts';
import { Knobs } from '../../../src/ui/session/knobs.svelte.ts';

test.each([
  ['', 'auto', 'auto'],
  ['?device=webgpu&precision=fp32', 'webgpu', 'fp32'],
  ['?device=wasm&precision=fp16', 'wasm', 'fp16'],
  ['?device=tpu&precision=fp8', 'auto', 'auto'],
])('%j asks for %s in %s', (search, device, precision) => {
  expect(readAddress(search)).toMatchObject({ device, precision, error: null });
});

test.each([
  ['an instruct model', { chat: () => '' }],
  ['a base model', {}],
])(
  'what %s asks for stays with the model: a reload begins with nano and its own settings',
  (_, tokenizer) => {
    const knobs = new Knobs({ steps: 20 });
    knobs.choose('rlvr');
    knobs.useLayer(realModelSettings(tokenizer));
    knobs.set([{ key: 'seed', value: 4 }]);
    const { search } = new URL(withSetup('http://site/?room=play&set=steps=20', knobs));
    expect(search).toBe('?room=play&preset=rlvr&seed=4&steps=20&v=1');
    const { given, setup } = readAddress(search);
    const nano = new Knobs(given, setup);
    expect(nano.offPreset.map(({ key }) => key).sort()).toEqual(['seed', 'steps']);
  },
);

test('a setting of the model that the visitor changed is said', () => {
  const knobs = new Knobs();
  knobs.useLayer(realModelSettings({}));
  knobs.set([{ key: 'code.maxNewTokens', value: 48 }]);
  expect(new URL(withSetup('http://site/', knobs)).searchParams.get('code.maxNewTokens')).toBe('48');
});

test.each([
  ['rlvr', 8, 0],
  ['coderl-plus', 8, 8],
  ['rlvr-equal-total', 16, 0],
  ['coderl-plus-equal-total', 8, 8],
] as const)('%s keeps its proportions with a model of the visitor’s', (preset, code, alignment) => {
  const knobs = new Knobs();
  knobs.useLayer(realModelSettings({}));
  knobs.choose(preset);
  expect(knobs.config).toMatchObject({
    'code.prompts': code,
    'alignment.prompts': alignment,
    'code.groupSize': 4,
    'alignment.groupSize': 4,
  });
  expect(knobs.offPreset).toEqual([]);
});
