/**
 * A device's name in the page's language. Logs and runtimes write it in English, part by part
 * (`native CPU, 1 thread`); parts that are names, or that nobody knows, stay as they are.
 */
import type { LoadedModel } from '../../learner/protocol.ts';
import { s } from './index.ts';

const numberOf = (word: string): number => (word === 'one' ? 1 : Number(word));

const KNOWN: readonly [pattern: RegExp, words: (n: number) => string][] = [
  [/^native CPU$/, () => s.device.words.native],
  [/^native ONNX Runtime in Node$/, () => s.device.words.runtime],
  [/^(one|\d+) cores? of a server CPU$/, (n) => s.device.words.cores(n)],
  [/^(one|\d+) threads?$/, (n) => s.device.words.threads(n)],
];

function partIn(part: string): string {
  for (const [pattern, words] of KNOWN) {
    const found = pattern.exec(part);
    if (found) return words(numberOf(found[1] ?? ''));
  }
  return part;
}

export function deviceWords(device: string): string {
  const parts = device.split(', ');
  const words = parts.map(partIn);
  // A name with a comma in it, e.g. an adapter's, is no list.
  return words.some((word, i) => word !== parts[i]) ? words.join(s.device.and) : device;
}

/** How a model is held and what it is computed in, each with its reason; a sentence each. */
export function choiceWords({
  held,
  info,
}: Pick<LoadedModel, 'held'> & { readonly info: Pick<LoadedModel['info'], 'precision'> }): string[] {
  const { held: heldIn, formats, precision: computedIn, trial: told } = s.device;
  const { precision } = info;
  const trial = precision?.trial;
  return [
    ...(held ? [heldIn[held.because](formats[held.linears])] : []),
    ...(precision ? [computedIn[precision.because](precision.chosen)] : []),
    ...(trial
      ? [
          told(
            trial.seconds.fp32.toFixed(2),
            trial.seconds.fp16.toFixed(2),
            Number.isFinite(trial.gap) ? trial.gap.toPrecision(2) : '∞',
          ),
        ]
      : []),
  ];
}
