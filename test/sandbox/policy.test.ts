/**
 * Whether a site's own policy is as strict as the sandbox's door, directive by
 * directive; what a browser enforces is test/e2e/attacks.e2e.test.ts.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { framePolicy, isStrictEnough, parsePolicy, PYTHON_WORKER_POLICY } from '../../src/sandbox/policy.ts';

test('the policy is the one that SECURITY.md promises', () => {
  const security = readFileSync(new URL('../../SECURITY.md', import.meta.url), 'utf8');
  expect(security).toContain(`\`${PYTHON_WORKER_POLICY}\``);
  expect(security).toContain('src/sandbox/policy.ts');
});

describe('is as strict', () => {
  test.each([
    ['the same', PYTHON_WORKER_POLICY],
    ['in another order', "connect-src 'none'; script-src 'wasm-unsafe-eval' 'self'; default-src 'none'"],
    ['in other letters and spaces', " DEFAULT-SRC 'NONE' ;;\tScript-Src  'Self' 'wasm-unsafe-eval' ; "],
    ['connect-src left to default-src', "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"],
    ['with less', "default-src 'none'; script-src 'self'"],
    ['with nothing at all', 'default-src'],
    ['without default-src, but with each directive', everyDirective()],
    ['beside another policy', `default-src *, ${PYTHON_WORKER_POLICY}`],
    ['of a directive named twice the first', "default-src 'none'; connect-src 'none'; connect-src *"],
    ['with what only forbids', `${PYTHON_WORKER_POLICY}; frame-ancestors 'self'; upgrade-insecure-requests`],
  ])('%s', (_name, header) => {
    expect(isStrictEnough(header)).toBe(true);
  });
});

describe('is not as strict', () => {
  test.each([
    ['no header', null],
    ['an empty one', ''],
    ['any address may be reached', "default-src 'none'; connect-src *"],
    ['the site itself may be reached', `default-src 'none'; script-src 'self'; connect-src 'self'`],
    ['a directive named twice, the first open', "default-src 'none'; connect-src *; connect-src 'none'"],
    [
      'none beside an address, which is the address',
      "default-src 'none'; connect-src 'none' https://a.example",
    ],
    ['scripts from elsewhere', "default-src 'none'; script-src 'self' https://a.example"],
    ['scripts from blobs', "default-src 'none'; script-src 'self' blob:"],
    ['text is evaluated', "default-src 'none'; script-src 'self' 'unsafe-eval'"],
    ['text is evaluated, in other letters', "default-src 'none'; script-src 'self' 'Unsafe-Eval'"],
    ['workers from anywhere', "default-src 'none'; script-src 'self'; worker-src *"],
    ['pictures from anywhere, which carry words in their addresses', "default-src 'none'; img-src https:"],
    ['no default, and not every directive', "script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'"],
    ['its name is only the beginning of another', "default-src-elem 'none'; script-src 'self'"],
    ['a directive that is not known', `${PYTHON_WORKER_POLICY}; beacon-src *`],
    ['reports go to an address', `${PYTHON_WORKER_POLICY}; report-uri https://a.example`],
    ['two policies, each open elsewhere', "default-src 'none'; connect-src *, default-src 'none'; img-src *"],
  ])('%s', (_name, header) => {
    expect(isStrictEnough(header)).toBe(false);
  });
});

test('the frame allows one script by its nonce, blobs, and nothing else', () => {
  expect(Object.fromEntries(parsePolicy(framePolicy('abc')))).toEqual({
    'default-src': ["'none'"],
    'script-src': ["'nonce-abc'", 'blob:', "'wasm-unsafe-eval'"],
    'worker-src': ['blob:'],
    'connect-src': ["'none'"],
  });
});

/** As long as default-src alone, written out: every fetch directive of CSP Level 3. */
function everyDirective(): string {
  const names = 'child connect font frame img manifest media object prefetch script style worker'.split(' ');
  return names.map((name) => `${name}-src 'none'`).join('; ');
}
