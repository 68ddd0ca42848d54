/**
 * What readers of rollouts want to know beyond the log: texts of tokens, log-probabilities under the base
 * model and under the policy as it is now, what else a token could have been. Asked for when looked at, kept
 * for as long as it is on the screen. In a replay there is nobody to ask, and that is said.
 */
/* eslint-disable svelte/prefer-svelte-reactivity -- the maps here are replaced whole, never changed */
import type { AlignmentRollout, CodeRollout, Group } from '../../learning/events.ts';
import type { TokenValues } from '../view/overlay.ts';
import { loggedCredit, piecesOf } from '../view/overlay.ts';
import type { Alternative, Inspected, Inspection } from '../../learner/questions.ts';
import type { AskLearner } from './asking.ts';
import type { ErrorData } from '../view/error-data.ts';

type AnyRollout = CodeRollout | AlignmentRollout;
export type Decode = (ids: readonly number[]) => string;

export interface Surroundings {
  readonly ask: AskLearner;
  /** Whether there is a model to ask. */
  readonly canAsk: () => boolean;
  readonly temperature: () => number;
  /** Finished updates. */
  readonly step: () => number;
  /** Texts of ids, for the model of the run. */
  readonly loadDecoder: () => Promise<Decode | null>;
}

/** Inspections kept: some groups of eight. */
const KEPT = 64;
/** How many other tokens are shown. */
const ALTERNATIVES = 5;

const kindOf = (group: Group): Inspected['kind'] => (group.kind === 'code' ? 'code' : 'question');
const groupPrompt = (group: Group): string => (group.kind === 'code' ? group.prompt : group.record.prompt);

export class RolloutReading {
  /** Null until it has come, or when it cannot come. */
  decode: Decode | null = $state.raw(null);
  error: ErrorData | null = $state.raw(null);
  #inspections: ReadonlyMap<AnyRollout, Inspection> = $state.raw(new Map());
  #alternatives: ReadonlyMap<AnyRollout, readonly (readonly Alternative[])[]> = $state.raw(new Map());
  /** The site has no tokenizer for this run. */
  hasNoTexts = $state(false);
  #decoding: Promise<void> | null = null;
  #asking = false;
  #next: { readonly group: Group; readonly step: number } | null = null;
  /** What was asked for; nothing is drawn from it. */
  #asked = new WeakSet<AnyRollout>();
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  get canAsk(): boolean {
    return this.#around.canAsk();
  }

  clear(): void {
    this.#inspections = new Map();
    this.#alternatives = new Map();
    this.#asked = new WeakSet();
    this.error = null;
    // The next run may be another model's.
    this.decode = null;
    this.hasNoTexts = false;
    this.#decoding = null;
  }

  /** Texts of a rollout's tokens; null until the tokenizer is here. */
  pieces(rollout: AnyRollout): readonly string[] | null {
    if (this.decode === null) {
      this.#decoding ??= this.#around.loadDecoder().then((decode) => {
        this.decode = decode;
        this.hasNoTexts = decode === null;
      });
      return null;
    }
    return piecesOf(rollout.tokens, rollout.completion, this.decode);
  }

  inspection(rollout: AnyRollout): Inspection | null {
    return this.#inspections.get(rollout) ?? null;
  }

  /** What overlays are made of, as far as it is known. */
  values(rollout: AnyRollout): TokenValues {
    const seen = this.inspection(rollout);
    return {
      logProbs: rollout.logProbs,
      credit: seen?.credit ?? loggedCredit(rollout),
      base: seen?.base ?? null,
      now: seen?.now ?? null,
      trainer: seen?.trainer ?? null,
    };
  }

  /** Asks for a group, once per update; while an answer is under way only the latest wish is kept. */
  want(group: Group, step: number): void {
    if (!this.canAsk) return;
    const at = this.#around.step();
    if (group.rollouts.every((rollout) => this.#inspections.get(rollout)?.at === at)) return;
    this.#next = { group, step };
    void this.#go();
  }

  async #go(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      while (this.#next) {
        const { group, step } = this.#next;
        this.#next = null;
        const prompt = groupPrompt(group);
        const kind = kindOf(group);
        const items = group.rollouts.map(({ tokens }) => ({ prompt, kind, completion: tokens, step }));
        const answer = await this.#around.ask({
          ask: 'inspect',
          items,
          temperature: this.#around.temperature(),
        });
        if ('error' in answer) {
          this.error = answer.error;
          continue;
        }
        this.error = null;
        const added = group.rollouts.map((rollout, i) => [rollout, answer.value[i]!] as const);
        // At least the whole group: what falls out would be asked for again at once.
        const kept = Math.max(KEPT, added.length);
        this.#inspections = new Map([...this.#inspections, ...added].slice(-kept));
      }
    } finally {
      this.#asking = false;
    }
  }

  alternatives(rollout: AnyRollout): readonly (readonly Alternative[])[] | null {
    return this.#alternatives.get(rollout) ?? null;
  }

  /** Asks what else each token could have been; once per rollout. */
  async wantAlternatives(group: Group, rollout: AnyRollout, step: number): Promise<void> {
    if (!this.canAsk || this.#asked.has(rollout)) return;
    this.#asked.add(rollout);
    const item = { prompt: groupPrompt(group), kind: kindOf(group), completion: rollout.tokens, step };
    const answer = await this.#around.ask({
      ask: 'inspect',
      items: [item],
      temperature: this.#around.temperature(),
      alternatives: ALTERNATIVES,
    });
    const found = 'value' in answer ? answer.value[0] : undefined;
    if (!found?.alternatives) {
      this.#asked.delete(rollout);
      return;
    }
    this.#alternatives = new Map(
      [...this.#alternatives, [rollout, found.alternatives] as const].slice(-KEPT),
    );
    this.#inspections = new Map([...this.#inspections, [rollout, found] as const].slice(-KEPT));
  }
}
