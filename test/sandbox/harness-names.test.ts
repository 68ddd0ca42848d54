/**
 * The harness's Python sources share one namespace: a name that two of them bind at
 * their top level is another thing than one of them meant.
 */
import { expect, test } from 'vitest';
import { harnessSources } from '../../src/sandbox/python/index.ts';

/**
 * Names bound by statements in the first column, imports under a name of their own
 * left out: those may be the same in two files.
 */
function boundNames(text: string): Set<string> {
  const names = new Set<string>();
  for (const line of text.split('\n')) {
    const [, defined] = /^(?:async )?(?:def|class) (\w+)/.exec(line) ?? [];
    if (defined !== undefined) names.add(defined);
    const [, targets] = /^(\w+(?:, *\w+)*(?: *= *\w+)*) *=(?!=)/.exec(line) ?? [];
    for (const name of targets?.split(/[ ,=]+/) ?? []) if (/^[A-Za-z_]/.test(name)) names.add(name);
  }
  return names;
}

test('no two sources of the harness bind one name', () => {
  const owners = new Map<string, string[]>();
  for (const { name, text, exports } of harnessSources) {
    for (const bound of exports ?? boundNames(text)) owners.set(bound, [...(owners.get(bound) ?? []), name]);
  }
  expect(owners.size).toBeGreaterThan(100);
  expect([...owners].filter(([, sources]) => sources.length > 1)).toEqual([]);
});
