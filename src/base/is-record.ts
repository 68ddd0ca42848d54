/** Whether data that was read (JSON, a file's header) is an object with keys: no list, and not null. */
export function isRecord(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}
