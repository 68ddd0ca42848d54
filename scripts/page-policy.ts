/**
 * What the page may load and reach, as a Content-Security-Policy. It stands in the built page itself, so that
 * a host need not be configured. The headers of our server carry it too, and say in addition who may show the
 * page in a frame. The Python workers have a stricter policy of their own.
 */
import { createHash } from 'node:crypto';
import { frameScript } from '../src/sandbox/frame.ts';

const sha256 = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * - `script-src`: the site's own files, and WebAssembly. The frame for Python on hosts
 *   without headers inherits this policy on top of its own: its one script is let through
 *   by its hash, and its workers are blobs, which only code that runs already can make.
 * - `connect-src`: models come from the Hub and the storage it redirects to, or from
 *   a mirror that the address names; `http:` of this machine alone.
 * - `style-src`: the interface sets styles on elements.
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  `script-src 'self' 'wasm-unsafe-eval' blob: ${sha256(frameScript)}`,
  "worker-src 'self' blob:",
  "frame-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self' https: http://localhost:* http://127.0.0.1:* data: blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "object-src 'none'",
].join('; ');

/**
 * With who may show the page in a frame, which only a header can say.
 * @param ancestors sources as in the policy, e.g. `https://course.example`; nobody else but the site itself
 */
export function pagePolicy(ancestors: readonly string[] = []): string {
  const bad = ancestors.find((source) => !/^(https?:\/\/[^\s;,'"]+|\*)$/.test(source));
  if (bad !== undefined)
    throw new RangeError(`${JSON.stringify(bad)} is no origin; write https://course.example`);
  return `${PAGE_POLICY}; frame-ancestors ${["'self'", ...ancestors].join(' ')}`;
}

/** The built page with the policy, before anything in it that the policy is about. */
export const withPolicy = (html: string): string =>
  html.replace(
    /<meta charset="utf-8" \/>/,
    (charset) => `${charset}\n    <meta http-equiv="Content-Security-Policy" content="${PAGE_POLICY}" />`,
  );
