/**
 * The program of a rollout, for readers: what was judged, or all that was written where no program could be
 * taken out.
 */
import { extractProgram, type Extraction } from '../../learning/extract.ts';

export function programOf(prompt: string, completion: string, extraction: Extraction): string {
  const entryPoint = [...prompt.matchAll(/^def (\w+)\(/gm)].at(-1)?.[1] ?? '';
  return extractProgram({ prompt, entryPoint }, completion, extraction) ?? `${prompt}${completion}`;
}
