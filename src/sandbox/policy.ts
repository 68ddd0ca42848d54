/**
 * The sandbox's door: the Content-Security-Policy of a Python worker, as its own response carries it or as it
 * inherits it from the frame, and whether a policy that a site sends is as strict. It enforces nothing: the
 * browser does, and a worker without one refuses to start.
 *
 * How a policy is read: Content Security Policy Level 3, https://www.w3.org/TR/CSP3/ (2.2.1 parsing, 6.8.3
 * fallback of directives).
 */

/** A policy's directives by name in lower case, each with its sources as they are written. */
export type SecurityPolicy = ReadonlyMap<string, readonly string[]>;

/**
 * Python's WebAssembly may be instantiated; no text is evaluated, and no address is
 * reached, the site's own included.
 */
const PYTHON_WORKER: SecurityPolicy = new Map([
  ['default-src', ["'none'"]],
  ['script-src', ["'self'", "'wasm-unsafe-eval'"]],
  ['connect-src', ["'none'"]],
]);

/**
 * The value of the header that goes out with the Python worker's file. The worker's
 * other files come to it by message.
 */
export const PYTHON_WORKER_POLICY = formatPolicy(PYTHON_WORKER);

/**
 * The policy of the frame's document, which the workers in it inherit. Scripts come
 * from blobs, which only running code can make.
 * @param nonce lets the frame's one script run
 */
export function framePolicy(nonce: string): string {
  return formatPolicy(
    new Map([
      ['default-src', ["'none'"]],
      ['script-src', [`'nonce-${nonce}'`, 'blob:', "'wasm-unsafe-eval'"]],
      ['worker-src', ['blob:']],
      ['connect-src', ["'none'"]],
    ]),
  );
}

/**
 * Whether a Content-Security-Policy header (null: there was none) leaves a Python
 * worker no more than `PYTHON_WORKER_POLICY` does.
 */
export function isStrictEnough(header: string | null): boolean {
  // Several headers arrive as one with commas between. All of them are in force, so
  // that one strict policy is enough.
  return (header ?? '').split(',').some((text) => allowsNoMore(parsePolicy(text), PYTHON_WORKER));
}

/** One policy's text as directives. Of a directive that is named twice the first counts, as in a browser. */
export function parsePolicy(text: string): SecurityPolicy {
  const policy = new Map<string, readonly string[]>();
  for (const directive of text.split(';')) {
    const [name = '', ...sources] = directive.split(/[\t\n\f\r ]+/).filter((part) => part !== '');
    const key = name.toLowerCase();
    if (key !== '' && !policy.has(key)) policy.set(key, sources);
  }
  return policy;
}

function formatPolicy(policy: SecurityPolicy): string {
  return [...policy].map(([name, sources]) => [name, ...sources].join(' ')).join('; ');
}

/** What a fetch directive falls back to where it is missing, before `default-src`. */
const FALLBACKS: Readonly<Record<string, readonly string[]>> = {
  'child-src': [],
  'connect-src': [],
  'font-src': [],
  'frame-src': ['child-src'],
  'img-src': [],
  'manifest-src': [],
  'media-src': [],
  'object-src': [],
  'prefetch-src': [],
  'script-src': [],
  'script-src-attr': ['script-src'],
  'script-src-elem': ['script-src'],
  'style-src': [],
  'style-src-attr': ['style-src'],
  'style-src-elem': ['style-src'],
  'worker-src': ['child-src', 'script-src'],
};

/**
 * Other directives, none of which opens anything. `report-uri` and `report-to` are
 * not here: reports are sent to an address.
 */
const ONLY_FORBID: ReadonlySet<string> = new Set([
  'base-uri',
  'block-all-mixed-content',
  'form-action',
  'frame-ancestors',
  'require-trusted-types-for',
  'sandbox',
  'trusted-types',
  'upgrade-insecure-requests',
]);

/**
 * Whether all that `policy` allows is allowed by `limit`. A directive that is not
 * known here is taken as one that allows more.
 */
function allowsNoMore(policy: SecurityPolicy, limit: SecurityPolicy): boolean {
  for (const name of policy.keys())
    if (name !== 'default-src' && !Object.hasOwn(FALLBACKS, name) && !ONLY_FORBID.has(name)) return false;
  return Object.keys(FALLBACKS).every((name) => {
    const most = sourcesFor(name, limit);
    return sourcesFor(name, policy).every((source) => most.includes(source));
  });
}

/**
 * Sources that a fetch directive comes down to; without any directive for it all are
 * allowed. `'none'` says nothing beside others.
 */
function sourcesFor(name: string, policy: SecurityPolicy): readonly string[] {
  const names = [name, ...(FALLBACKS[name] ?? []), 'default-src'];
  const found = names.map((each) => policy.get(each)).find((sources) => sources !== undefined) ?? ['*'];
  return found.map((source) => source.toLowerCase()).filter((source) => source !== "'none'");
}
