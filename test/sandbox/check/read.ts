/**
 * The programs of cases.txt with CPython's verdicts
 * (scripts/vectors/check_verdicts.py). Reads files; runs nothing.
 */

export interface Case {
  readonly name: string;
  readonly entryPoint: string;
  readonly prompt: string;
  readonly completion: string;
  readonly check: string;
  readonly verdict: 'pass' | 'fail';
}

/** @param text cases.txt, `verdicts` verdicts.json beside it */
export function readCases(text: string, verdicts: Readonly<Record<string, string>>): readonly Case[] {
  return text
    .split('\n=== ')
    .slice(1)
    .map((block) => {
      const [, head = '', prompt = '', completion = '', test = ''] =
        /^(.*)\n--- prompt\n([\s\S]*?)\n--- completion\n([\s\S]*?)\n--- test\n([\s\S]*)$/.exec(block) ?? [];
      const [name = '', entryPoint = ''] = head.split(' | ').map((part) => part.trim());
      const verdict = verdicts[name];
      if (verdict !== 'pass' && verdict !== 'fail') throw new Error(`no verdict of CPython on ${name}`);
      return {
        name,
        entryPoint,
        prompt: `${prompt}\n`,
        completion: `${completion}\n`,
        check: `${test.trimEnd()}\n`,
        verdict,
      };
    });
}
