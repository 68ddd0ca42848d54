/**
 * What a chat template of somebody else's is given, as transformers gives it: no
 * tools, no documents, a date, the special tokens.
 */
import { expect, it } from 'vitest';
import { chatTemplate } from '../../../src/policy/tokenizer/chat-template.ts';

const asked = (chat_template: unknown, more: Record<string, unknown> = {}): string =>
  chatTemplate({ chat_template, ...more }).chat!([{ role: 'user', content: 'hi' }]);

it('has no tools and no documents, which a template may test as none or as false', () => {
  const test = (name: string) =>
    `{{ ${name} is none }} {{ ${name} is defined }} {% if not ${name} %}no{% endif %}`;
  expect(asked(test('tools'))).toBe('true true no');
  expect(asked(test('documents'))).toBe('true true no');
  expect(asked('{%- if tools is not none %}tools{% else %}plain{% endif %}')).toBe('plain');
});

it('is asked for the answer to come, and has a date', () => {
  expect(asked('{% if add_generation_prompt %}go{% endif %}')).toBe('go');
  expect(asked("{{ strftime_now('%Y') }}")).toBe(String(new Date().getFullYear()));
  expect(asked('{%- generation -%}{{ messages[0].content }}{%- endgeneration -%}')).toBe('hi');
});

it('has every special token of the configuration, as text or as an object', () => {
  const tokens = { bos_token: '<s>', eos_token: { content: '</s>' }, sep_token: '<sep>' };
  expect(asked('{{ bos_token }}{{ eos_token }}{{ sep_token }}', tokens)).toBe('<s></s><sep>');
});

it('is the one called default among several', () => {
  const several = [
    { name: 'tool_use', template: 'tools' },
    { name: 'default', template: 'plain' },
  ];
  expect(asked(several)).toBe('plain');
  expect(chatTemplate({ chat_template: several.slice(0, 1) })).toEqual({});
});
