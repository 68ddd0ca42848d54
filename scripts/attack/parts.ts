/** Reads the Python parts of composed attacks: each top-level function of a file, by name. */
import { readFileSync } from 'node:fs';

export type Parts = ReadonlyMap<string, string>;

/** @param name of a file in parts/, without extension */
export function readParts(name: string): Parts {
  const source = readFileSync(new URL(`./parts/${name}.py`, import.meta.url), 'utf8');
  const found = new Map<string, string>();
  for (const block of source.split(/^(?=def )/m).slice(1)) {
    found.set(/^def (\w+)/.exec(block)![1]!, block.trimEnd());
  }
  return found;
}

/** The function, and another name for it. */
export function named(text: string, name: string, alias: string): string {
  return `${text}\n\n\n${alias} = ${name}`;
}
