/** Medians of repeated timings. */

/** Adds what was measured once to the samples of each name. */
export function addSamples(
  samples: Record<string, number[]>,
  measured: Readonly<Record<string, number>>,
  named: (name: string) => string = (name) => name,
): void {
  for (const [name, value] of Object.entries(measured)) (samples[named(name)] ??= []).push(value);
}

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly n: number;
}

export function summary(samples: readonly number[]): Summary {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] =
    sorted.length % 2 === 0 ? [sorted[middle - 1], sorted[middle]] : [sorted[middle], sorted[middle]];
  return {
    median: ((low ?? NaN) + (high ?? NaN)) / 2,
    min: sorted[0] ?? NaN,
    max: sorted.at(-1) ?? NaN,
    n: sorted.length,
  };
}
