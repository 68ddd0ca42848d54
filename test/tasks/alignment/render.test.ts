/** A trajectory as people read it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderTrajectory } from '../../../src/tasks/alignment/index.ts';
import { traceTokens } from '../../../src/tasks/alignment/vocabulary.ts';

const texts = (text: string): string[] => renderTrajectory(text).map((line) => line.text);

describe('a rendered trajectory', () => {
  it('has a line per executed line, with signs and Python values', () => {
    const text =
      '<L1>t<0><L2>x<5><|><2><7><L3><5><gt><3><=><T><L4><0><+><5><=><5>t<5><L2><end><L5><ret><5><ans>t<5><;><ret><5><;>';
    expect(renderTrajectory(text).map(({ line, text: shown }) => [line, shown])).toEqual([
      [1, 't = 0'],
      [2, 'x = 5 | then 2, 7'],
      [3, '5 > 3 = True'],
      [4, '0 + 5 = 5; t = 5'],
      [2, 'end'],
      [5, 'return 5'],
      [null, 't = 5'],
      [null, 'return 5'],
    ]);
  });

  it('names the variable that a line defined, and its value', () => {
    const [line] = renderTrajectory('<L4><0><+><5><=><5>t<[><@0><5><]>');
    expect(line).toMatchObject({ line: 4, variable: 't', value: '[5]', final: false });
    expect(renderTrajectory('<L1><ret><">b<"><ret><"><a><^><b><">').at(-1)).toMatchObject({
      variable: 'return',
      value: "'aB'",
    });
  });

  it('shows subscripts, calls and comprehensions', () => {
    expect(texts('<L1>xs<@1><=><7>len<:>xs<=><2>')).toEqual(['xs[1] = 7; len: xs = 2']);
    expect(texts('<L1>xs<-1><@2><=><7>xs<@0><=><4><7><-><4><=><3><ret><3>')).toEqual([
      'xs[-1] = 7; xs[0] = 4; 7 - 4 = 3; return 3',
    ]);
    expect(texts('<L1>sum<:><0><@0><+><5><=><5>t<5>')).toEqual(['sum: 0, [0] + 5 = 5; t = 5']);
    expect(texts('<L1>max<:><@0><5><,><5><@1><2><,><5><ret><5>')).toEqual([
      'max: [0] 5, 5, [1] 2, 5; return 5',
    ]);
    expect(texts('<L1>i<0>x<4><|><@1><7><@2><8>')).toEqual(['i = 0; x = 4 | then [1] 7, [2] 8']);
    expect(texts('<L1>xs<[><1><:><]><=><[><@0><2><]>')).toEqual(['xs[1: ] = [2]']);
    expect(texts('<L1>x<4><|><7><4><+><1><=><5><.><[><@0><5><]>')[0]).toContain('so far [5]');
  });

  it('covers the text without a gap, also where a model wrote nonsense', () => {
    const nonsense = fc.array(
      fc.oneof(fc.constantFrom(...traceTokens), fc.constantFrom('t', ' ', '<', '>', 'é')),
    );
    fc.assert(
      fc.property(nonsense, (tokens) => {
        const text = tokens.join('');
        const lines = renderTrajectory(text);
        expect(lines.map(({ start, end }) => text.slice(start, end)).join('')).toBe(text);
      }),
      { seed: 15 },
    );
  });
});
