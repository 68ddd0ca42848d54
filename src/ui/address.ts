/** Reading and changing single words of an address. Pure: it touches neither the page nor its history. */

/** The first value of a name in a query text, or null. */
export const wordOf = (search: string, name: string): string | null => new URLSearchParams(search).get(name);

/** The same address with one word set (null: taken out), all others as they were. */
export function withWord(href: string, name: string, value: string | null): string {
  const url = new URL(href);
  if (value === null) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  return url.href;
}
