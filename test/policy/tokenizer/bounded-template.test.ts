/**
 * Chat templates of strangers: what the library renders is rendered the same, and
 * what would hang or fill the memory is refused in time.
 */
import { Template } from '@huggingface/jinja';
import { describe, expect, it } from 'vitest';
import { boundedTemplate } from '../../../src/policy/tokenizer/bounded-template.ts';
import { chatTemplate } from '../../../src/policy/tokenizer/chat-template.ts';
import { TokenizerError } from '../../../src/policy/tokenizer/tokenizer-error.ts';
import { computed } from '../../fuzz.ts';

const variables = {
  bos_token: '<s>',
  eos_token: '</s>',
  messages: [
    { role: 'system', content: ' Be brief. ' },
    { role: 'user', content: 'line one\nline "two" — ü\n\n' },
    { role: 'assistant', content: 'yes\t' },
    { role: 'user', content: '' },
  ],
  add_generation_prompt: true,
};

describe('what templates do is rendered as the library renders it', () => {
  it.each([
    [
      'turns',
      "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    ],
    [
      'a system turn apart, slices and tests',
      "{%- if messages[0]['role'] == 'system' -%}{%- set system = messages[0].content | trim -%}{%- set rest = messages[1:] -%}{%- else -%}{%- set rest = messages -%}{%- endif -%}{{ bos_token }}{% for m in rest if m.content is defined %}{{ loop.index }}/{{ loop.length }}{% if loop.first and system is defined %}{{ system }}{% endif %}{% if loop.last %}!{% endif %}{{ m.content | tojson }}{% endfor %}",
    ],
    [
      'a namespace, a macro, break and continue',
      "{% macro turn(m, end='.') %}[{{ m.role | upper }}: {{ m.content.strip().replace('\n', ' / ') }}{{ end }}]{% endmacro %}{% set ns = namespace(n=0, last='') %}{% for m in messages %}{% if m.role == 'system' %}{% continue %}{% endif %}{% set ns.n = ns.n + 1 %}{% set ns.last = m.role %}{{ turn(m, end=';') }}{% if ns.n == 2 %}{% break %}{% endif %}{% endfor %}{{ ns.n }}{{ ns.last }}",
    ],
    [
      'filters',
      "{{ messages | map(attribute='role') | join(', ') }} {{ messages | selectattr('role', 'equalto', 'user') | list | length }} {{ 'a\nb' | indent(2) }} {{ 'aXbX' | replace('X', '--') }} {{ [3, 1, 2] | sort | string }} {{ {'a': [1, {'b': none}]} | tojson(indent=2) }} {{ 'q w'.split() | join }} {{ 'x' | default('y') }}{{ nope | default('z') }}{{ messages[0] | items | first }}",
    ],
    [
      'ranges and arithmetic',
      "{% for i in range(3) %}{{ i }}{% endfor %}{% for i in range(5, -1, -2) %}{{ i }}{% endfor %}{{ 7 // 2 }}{{ -7 % 3 }}{{ 2 ** 3 }}{{ 1.0 }}{{ not true }}{{ None }}{{ 'u' in ['u'] and 'x' not in 'abc' }}",
    ],
    ['the date', "{{ strftime_now('%d %b %Y') }}"],
  ])('%s', (_what, source) => {
    expect(boundedTemplate(source)(variables)).toBe(new Template(source).render(variables));
  });

  it('long prompts, many turns', () => {
    const source =
      "{% for m in messages %}<{{ m.role }}>{{ m.content | trim | replace('a', 'bb') }}\n{% endfor %}";
    const messages = Array.from({ length: 100 }, (_, i) => ({
      role: i % 2 ? 'assistant' : 'user',
      content: 'a '.repeat(2000),
    }));
    expect(boundedTemplate(source)({ messages })).toBe(new Template(source).render({ messages }));
  });

  it('what a template raises gets through', () => {
    const { chat } = chatTemplate({ chat_template: "{{ raise_exception('roles must alternate') }}" });
    expect(() => chat!([])).toThrow(/roles must alternate/);
  });
});

const nested = (depth: number, text: string): string =>
  '{% for a in r %}'.repeat(depth) + text + '{% endfor %}'.repeat(depth);

describe('what would not end is refused in time', () => {
  it.each<[string, string]>([
    ['nested loops', '{% for i in range(3000) %}{% for j in range(3000) %}{{ i }}{% endfor %}{% endfor %}'],
    [
      'nested loops without a body',
      '{% for i in range(3000) %}{% for j in range(3000) %}{% endfor %}{% endfor %}',
    ],
    ['loops over a list that is there', `{% set r = range(99) %}${nested(6, '')}`],
    ['a range without end', '{% for i in range(10**15) %}{% endfor %}'],
    [
      'a range that is no number',
      "{% for i in range('a'.b) %}{% endfor %}{% for i in range(0, 10**300 * 10**300) %}{% endfor %}",
    ],
    [
      'a text that doubles',
      "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}",
    ],
    [
      'a list that doubles',
      '{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x | length }}',
    ],
    [
      'a list of itself twice',
      '{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | tojson }}',
    ],
    ['a namespace in itself', '{% set ns = namespace(x=1) %}{% set ns.x = ns %}{{ ns | tojson }}'],
    ['a macro that calls itself', '{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}'],
    [
      'join',
      "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(14) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ range(9999) | join(ns.x) }}",
    ],
    [
      'replace',
      "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(14) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x | replace('a', ns.x) }}",
    ],
    [
      'replace, as a method',
      "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(14) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x['replace']('a', ns.x) }}",
    ],
    [
      'replace of nothing',
      "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(14) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x.replace('', ns.x) }}",
    ],
    ['indent', "{{ ('a\n' * 1) | indent(10**9) }}{{ 'a\nb' | indent(width=10**9, first=true) }}"],
    ['indented JSON', '{{ [1, [2]] | tojson(indent=10**9) }}'],
    [
      'upper over and over',
      "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(14) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{% for i in range(90000) %}{% set y = ns.x | upper %}{% endfor %}",
    ],
    ['white space without end', `${' '.repeat(200_000)}{{ 1 }}`],
    ['a template without end', '{{ 1 }}'.repeat(100_000)],
    ['brackets without end', `{{ ${'('.repeat(100_000)}1 }}`],
  ])('%s', (_what, source) => {
    const start = computed();
    // Refused when it is read or when it is used, in either case as what it is.
    expect(() => chatTemplate({ chat_template: source }).chat!([])).toThrow(TokenizerError);
    expect(computed() - start).toBeLessThan(10_000);
  });
});
