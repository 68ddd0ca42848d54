/**
 * A run from an adapter that the visitor brought: whether the settings are for it,
 * and the page back at the start of a run. It reads no file.
 */
import type { ErrorData } from '../view/error-data.ts';
import { adapterSettings } from '../../learning/settings.ts';
import type { AdapterFile } from '../../learner/protocol.ts';
import { inWords, toErrorData } from '../strings/failures.ts';
import { s } from '../strings/index.ts';
import { LearnerLeasedError } from './leased-error.ts';
import type { Loading } from './loading.svelte.ts';
import type { Visit } from './visit.svelte.ts';

export interface BroughtAdapter extends AdapterFile {
  /** Of its largest matrices. */
  readonly rank: number;
}

const refusal = (message: string, advice: string): ErrorData =>
  toErrorData(new Error(message), { kept: s.brought.adapterKept, advice });

export class Adopting {
  readonly #visit: Visit;
  readonly #loading: Loading;

  constructor(visit: Visit, loading: Loading) {
    this.#visit = visit;
    this.#loading = loading;
  }

  /**
   * The next run begins from the adapter, with the settings of the knobs.
   * @throws ErrorData when they are not for it
   */
  async adopt({ name, bytes, config: adapterConfig, rank }: BroughtAdapter): Promise<void> {
    const visit = this.#visit;
    const { config } = visit.knobs;
    this.#checkNotLeased();
    const later = refusal(s.brought.adapterLater, s.brought.adapterLater);
    if (!visit.go('adopt')) throw later;
    const asked = adapterSettings(config);
    // One of a smaller rank is filled up with zeros, and another alpha is made up for: both change nothing of
    // what it does.
    if (rank > asked.rank)
      throw refusal(s.brought.adapterRank(rank, asked.rank), s.brought.adapterAdvice(`adapter.rank=${rank}`));
    if (!this.#loading.fits(config)) await this.#loading.load();
    // Meanwhile another room may have taken it: its run would be replaced.
    this.#checkNotLeased();
    const { learner } = visit.line;
    if (learner === null || !visit.go('adapter-given')) throw later;
    const file = { name, bytes, ...(adapterConfig !== undefined && { config: adapterConfig }) };
    const error = await learner.adopt(file, config).finally(() => visit.go('not-awaited'));
    if (error) throw inWords(error);
    if (!visit.go('adopted', { config, adopted: file })) throw later;
    // Knobs turned meanwhile.
    visit.settings.apply();
  }

  #checkNotLeased(): void {
    if (this.#visit.isLeased)
      throw toErrorData(new LearnerLeasedError(), {
        kept: s.brought.adapterKept,
        advice: s.brought.adapterLater,
      });
  }
}
