/**
 * Counts how often each concept is wrong in a corpus: as it was planned, as it was written, and as execution
 * found it.
 */
import { faultRate } from './domain/problem.ts';
import type { Problem } from './domain/index.ts';
import type { LabelCounts } from './label.ts';

interface Tally {
  bodies: number;
  /** Bodies that show a misconception about this very concept. */
  shown: number;
  /** Bodies with this concept that fail a test, for whatever reason. */
  wrong: number;
}

export interface RateReport {
  readonly bodies: number;
  readonly wrong: number;
  readonly wrongShare: number;
  readonly mutations: number;
  readonly counts: LabelCounts;
  /** Share of concepts whose misconceptions outweigh the right way. */
  readonly majorityWrongShare: number;
  readonly concepts: Readonly<
    Record<
      string,
      { readonly bodies: number; readonly planned: number; readonly shown: number; readonly wrong: number }
    >
  >;
}

const round = (x: number): number => Math.round(x * 1000) / 1000;

export class ConceptRates {
  private readonly tallies = new Map<string, Tally>();
  private bodies = 0;
  private wrong = 0;
  private mutations = 0;

  add(problem: Problem, faults: readonly string[], passes: boolean): void {
    this.bodies++;
    if (!passes) this.wrong++;
    if (faults.includes('mutation')) this.mutations++;
    for (const { name, flaws } of problem.concepts) {
      if (flaws.length === 0) continue;
      const tally = this.tallies.get(name) ?? { bodies: 0, shown: 0, wrong: 0 };
      tally.bodies++;
      if (!passes) tally.wrong++;
      if (faults.some((f) => f.startsWith(`${name}: `))) tally.shown++;
      this.tallies.set(name, tally);
    }
  }

  report(counts: LabelCounts): RateReport {
    const entries = [...this.tallies].sort(([a], [b]) => (a < b ? -1 : 1));
    const concepts = Object.fromEntries(
      entries.map(([name, t]) => [
        name,
        {
          bodies: t.bodies,
          planned: round(faultRate(name)),
          shown: round(t.shown / t.bodies),
          wrong: round(t.wrong / t.bodies),
        },
      ]),
    );
    const majority = entries.filter(([, t]) => t.shown / t.bodies > 0.5).length;
    return {
      bodies: this.bodies,
      wrong: this.wrong,
      wrongShare: round(this.wrong / this.bodies),
      mutations: this.mutations,
      counts,
      majorityWrongShare: round(majority / Math.max(1, entries.length)),
      concepts,
    };
  }

  summary(counts: LabelCounts): string {
    const r = this.report(counts);
    return (
      `${r.bodies} bodies, ${r.wrongShare} wrong, ${r.mutations} mutations kept, ${counts.relabelled} relabelled right, ` +
      `${counts.dropped} dropped, ${Object.keys(r.concepts).length} concepts, ${r.majorityWrongShare} of them wrong in the majority`
    );
  }
}
