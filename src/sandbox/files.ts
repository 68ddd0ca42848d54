/**
 * Small helpers for the files that workers start from, for Node and browsers alike. Where the files lie is
 * not known here.
 */

/** A copy that all workers can read without a copy each, where the platform has shared memory. */
export function shared(bytes: Uint8Array): ArrayBufferLike {
  if (typeof SharedArrayBuffer === 'undefined') return bytes.slice().buffer;
  const buffer = new SharedArrayBuffer(bytes.byteLength);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}

/**
 * pyodide-lock.json names packages to download: an interpreter that knows of none
 * asks for none. @throws SyntaxError
 */
export function lockWithoutPackages(lock: string): string {
  const { info } = JSON.parse(lock) as { info: unknown };
  return JSON.stringify({ info, packages: {} });
}
