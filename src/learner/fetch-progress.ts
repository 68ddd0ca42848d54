/**
 * Fetches with honest progress: bytes as they arrive, totals as the server says them. It keeps nothing and
 * knows no model.
 */
import { ProblemError, type LearnerProblem } from './errors.ts';

type WithPath<P> = P extends { readonly path: string } ? Omit<P, 'path'> : never;

/** A file of the site that did not come. */
export class SiteDownloadError extends ProblemError {
  constructor(url: string, problem: WithPath<LearnerProblem>, options?: ErrorOptions) {
    super('DownloadError', { ...problem, path: new URL(url).pathname } as LearnerProblem, options);
  }
}

/** Called with bytes so far and the total, null while unknown. */
export type OnBytes = (loaded: number, total: number | null) => void;

/**
 * Reads a file to its end. With `keep` false the bytes are let go as they come: the browser's cache then
 * holds the file for whoever asks for it next. @throws SiteDownloadError
 */
export async function downloadCounted(
  url: string,
  onBytes: OnBytes,
  keep = true,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url, signal ? { signal } : {});
  } catch (cause) {
    throw new SiteDownloadError(url, { code: 'no-answer' }, { cause });
  }
  if (!response.ok || !response.body) {
    throw new SiteDownloadError(url, { code: 'status', status: response.status });
  }
  if (response.headers.get('content-type')?.startsWith('text/html')) {
    // A development server answers unknown addresses with the page itself.
    throw new SiteDownloadError(url, { code: 'no-such-file' });
  }
  const type = response.headers.get('content-type') ?? '';
  if (/\.m?js$/.test(new URL(url).pathname) && !isScript(type)) {
    // Said now, before everything else has been fetched for nothing.
    throw new SiteDownloadError(url, { code: 'no-script', status: response.status, type });
  }
  const length = Number(response.headers.get('content-length') ?? '');
  // A compressed answer is longer than its header says.
  const total = length > 0 && !response.headers.get('content-encoding') ? length : null;
  const chunks: Uint8Array[] = [];
  let loaded = 0;
  onBytes(0, total);
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      loaded += value.byteLength;
      if (keep) chunks.push(value);
      onBytes(loaded, total);
    }
  } catch (cause) {
    throw new SiteDownloadError(url, { code: 'broke-off', bytes: loaded }, { cause });
  }
  onBytes(loaded, loaded);
  return joined(chunks);
}

/**
 * Whether browsers import what is sent as this type
 * (https://mimesniff.spec.whatwg.org, JavaScript MIME types).
 */
const isScript = (type: string): boolean =>
  /^(text|application)\/(x-)?(java|ecma)script\s*(;|$)/i.test(type.trim());

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
