/** How a model is asked: bare text, or its chat template; how a program is taken out of either answer. */
import { describe, expect, it } from 'vitest';
import { extractProgram } from '../../src/learning/judge.ts';
import { codePrompt, PromptStyleError, questionPrompt, settingsFor } from '../../src/learning/prompts.ts';
import { chatTemplate } from '../../src/policy/tokenizer/chat-template.ts';
import { TokenizerError } from '../../src/policy/tokenizer/tokenizer.ts';
import { alignmentFormats } from '../../src/tasks/alignment/index.ts';
import { plainTokenizer } from '../policy/tiny-model.ts';

const template =
  "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";
const base = plainTokenizer(50);
const instruct = { ...base, ...chatTemplate({ chat_template: template, eos_token: { content: '</s>' } }) };
const task = { prompt: 'def f(x):\n    """Double x."""\n', entryPoint: 'f' };

describe('prompts', () => {
  it('are the bare text for a base model', () => {
    expect(codePrompt(task, base, 'completion')).toBe('def f(x):\n    """Double x."""');
    expect(settingsFor(base)).toMatchObject({ 'prompt.style': 'completion', 'code.extraction': 'body' });
  });

  it('are a message with the function in a fence for an instruct model', () => {
    const prompt = codePrompt(task, instruct, 'chat');
    expect(prompt).toMatch(/^<user>Complete this Python function\./);
    expect(prompt).toContain('```python\ndef f(x):\n    """Double x."""\n```</s><assistant>');
    expect(settingsFor(instruct)).toMatchObject({ 'prompt.style': 'chat', 'code.extraction': 'fence' });
  });

  it('say so when a model has no template, or one that cannot be used', () => {
    expect(() => questionPrompt('hi', base, 'chat')).toThrow(PromptStyleError);
    expect(() => chatTemplate({ chat_template: '{% for %}' })).toThrow(TokenizerError);
    expect(chatTemplate({})).toEqual({});
  });

  it('take the default of several templates', () => {
    const several = [
      { name: 'tools', template: 'no' },
      { name: 'default', template: 'yes' },
    ];
    expect(chatTemplate({ chat_template: several }).chat?.([])).toBe('yes');
  });
});

describe('a program in an answer', () => {
  it('of a base model ends where the function ends', () => {
    const answer = '\n    return x * 2\n\n\ndef g(y):\n    return y\nprint(f(2))';
    expect(extractProgram(task, answer, 'body')).toBe(`${task.prompt}    return x * 2\n\n`);
    expect(extractProgram(task, '\n    x\n', 'body')).toBe(`${task.prompt}    x\n`);
    expect(extractProgram(task, '\n\nprint(1)', 'body')).toBeNull();
  });
});

describe('alignment questions', () => {
  it('ask for reasoning or for the line alone; the example in both is valid JSON', () => {
    const question = { program: 'def f(x):\n    y = x\n    return y', entryPoint: 'f', args: '1' };
    const [long, direct] = [
      alignmentFormats.json.prompt(question)!,
      alignmentFormats['json-direct'].prompt(question)!,
    ];
    expect(long).toContain('Work out by hand');
    expect(direct).toContain('write nothing else');
    for (const text of [long, direct]) {
      const example = text.split('\n').find((line) => line.startsWith('{'))!;
      expect(JSON.parse(example)).toHaveProperty('return');
    }
    expect(alignmentFormats['json-direct'].parse('{"y": 1, "return": 1}')).toHaveProperty('values');
  });
});
