/**
 * The way the product goes: the sandbox's pool traces a program, the format writes
 * question and answer from what came back.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toLiteral } from '../../../src/sandbox/literal.ts';
import { createSandbox } from '../../../src/sandbox/node.ts';
import type { Sandbox } from '../../../src/sandbox/types.ts';
import type { Value } from '../../../src/sandbox/value.ts';
import { renderTrajectory, traceFormat } from '../../../src/tasks/alignment/index.ts';
import { readDefinition, tokensOf } from '../../../src/tasks/alignment/notation.ts';
import { programs, unsupported } from './programs.ts';

/** A value without the marks of sharing. */
const bare = (value: Value): object =>
  JSON.parse(JSON.stringify(value, (key, v: unknown) => (key === 'id' ? undefined : v))) as object;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1, spare: false });
});
afterAll(() => sandbox.dispose());

describe('a program traced in the sandbox', () => {
  it('has a trajectory whose last values are those of the trace', async () => {
    for (const [name, code, args] of programs) {
      const result = await sandbox.operations({ code, call: { entryPoint: 'f', args } });
      expect(result.outcome, name).toBe('ok');
      expect(result.trajectory, name).toBeDefined();
      expect(traceFormat.prompt({ program: code, entryPoint: 'f', args }), name).not.toBeNull();
      const trajectory = result.trajectory ?? '';
      // The tracer of the sandbox and the interpreter of operations are two programs; they have to agree.
      const tokens = tokensOf(trajectory);
      for (const { name: variable, value } of result.definitions) {
        const last = tokens.findLastIndex(
          (token, at) => token === variable && readDefinition(tokens, at) !== null,
        );
        expect(readDefinition(tokens, last)?.value, `${name}: ${variable}`).toMatchObject(bare(value));
      }
      const returned = renderTrajectory(trajectory).at(-1);
      expect(returned?.variable, name).toBe('return');
      expect(returned?.value, name).toBe(toLiteral(result.value as Value));
      const truth = { variables: result.definitions, returned: result.value ?? null, trajectory };
      expect(traceFormat.answer(truth), name).toMatch(/<ans>.*<ret>.*<;>$/);
    }
  });

  it('keeps its trace where it has no trajectory', async () => {
    const [, code, args] = unsupported.find(([name]) => name === 'a value above 160') ?? ['', '', ''];
    const result = await sandbox.operations({ code, call: { entryPoint: 'f', args } });
    expect(result).toMatchObject({ outcome: 'ok', value: { type: 'int', value: 169 } });
    expect(result.trajectory).toBeUndefined();
  });
});
