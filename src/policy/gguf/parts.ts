/**
 * A GGUF model in several files, `NAME-00001-of-00003.gguf`, by the names of its
 * parts. header.ts reads them together.
 */

const PART = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/;

/** More come from no tool. */
const MOST_PARTS = 999;

/** Names of all parts of the model that `name` is a part of, in order; the name alone where it is none. */
export function partNames(name: string): readonly string[] {
  const [, stem, , count] = PART.exec(name) ?? [];
  const parts = Number(count);
  if (stem === undefined || parts < 1 || parts > MOST_PARTS) return [name];
  return Array.from(
    { length: parts },
    (_, i) => `${stem}-${String(i + 1).padStart(5, '0')}-of-${count}.gguf`,
  );
}

/**
 * The files among `names` that are one GGUF model, in order: the only one, or the
 * parts of the only one; null where there are more, or none.
 */
export function onlyGguf(names: readonly string[]): readonly string[] | null {
  const ggufs = names.filter((name) => name.endsWith('.gguf'));
  if (ggufs.length === 0) return null;
  const parts = partNames(ggufs[0]!);
  return ggufs.every((name) => parts.includes(name)) ? parts : null;
}
