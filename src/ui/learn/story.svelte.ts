/**
 * What the chapters show of the recording that is open: the examples found in it, each by
 * its rule, and the recordings to choose from. It loads through Replay and plays nothing.
 */
import { getContext, setContext } from 'svelte';
import type { Recording } from '../../experiment/recorded.ts';
import type { Config } from '../../learning/config.ts';
import { carriedExample, judgeCarried } from './carried.ts';
import { Replay } from '../session/replay.svelte.ts';
import { advantageExample, judgeExample, policyExample, traceExample } from './examples.ts';
import { readStudy, type Study } from './study.ts';

/** A site without a study asks nobody for one: whether there is one is known when it is built. */
const STUDY = import.meta.glob<unknown>('../../../public/runs/study.json', { import: 'default' });

export type StudyState =
  { readonly state: 'loading' | 'none' | 'broken' } | { readonly state: 'ready'; readonly study: Study };

export class LearnStory {
  readonly replay: Replay;
  /** Another recording with the same tasks, for the last chapter; null when there is none. */
  readonly other: Replay;
  #otherId: string | undefined;
  study: StudyState = $state.raw({ state: 'loading' });

  /** `base`: absolute address of the site's folder. */
  constructor(base: string) {
    this.replay = new Replay(base);
    this.other = new Replay(base);
  }

  readonly recording = $derived.by((): Recording | null => this.replay.recording);
  readonly config = $derived.by((): Config | null => {
    const first = this.recording?.events[0];
    return first?.type === 'run-started' ? first.config : null;
  });
  readonly #events = $derived(this.recording?.events ?? []);
  /** One example through all chapters, where the recording holds one. */
  readonly carried = $derived(this.recording === null ? null : carriedExample(this.recording));
  /** Chapter 1 shows probabilities: it takes the example only where its tokens were kept. */
  readonly policy = $derived.by(() => {
    const code = this.carried?.code;
    const hasTokens = code?.group.rollouts.every(({ tokens }) => tokens.length > 0) === true;
    return code !== undefined && hasTokens ? code : policyExample(this.#events);
  });
  /** What the recording was asked at other steps; null until it has come, and where there is none. */
  readonly moments = $derived.by(() => {
    const { moments } = this.replay;
    return moments.phase === 'ready' ? moments.moments : null;
  });
  readonly judge = $derived(
    this.carried === null
      ? judgeExample(this.#events, this.policy?.group.prompt)
      : judgeCarried(this.carried),
  );
  readonly advantage = $derived(this.carried?.code ?? advantageExample(this.#events));
  readonly trace = $derived(this.carried?.trace ?? traceExample(this.#events));

  /** Opens the recording that has both kinds of rollouts, else the first one, and the study. */
  async open(): Promise<void> {
    const listed = await this.replay.list().catch(() => []);
    const both = listed.find(({ config }) => (config['alignment.prompts'] ?? 0) > 0);
    this.#otherId = (
      listed.find(({ id }) => id !== both?.id && id !== listed[0]?.id) ??
      listed.find(({ id }) => id !== both?.id)
    )?.id;
    await this.replay.open(both?.id);
    void this.replay.loadMoments();
    await this.#openStudy();
  }

  /** Fetches the other recording, once: only who comes near the last chapter needs it. */
  async openOther(): Promise<void> {
    const id = this.#otherId;
    this.#otherId = undefined;
    if (id !== undefined) await this.other.open(id);
  }

  async #openStudy(): Promise<void> {
    const load = Object.values(STUDY)[0];
    if (load === undefined) {
      this.study = { state: 'none' };
      return;
    }
    const study = readStudy(await load().catch(() => null));
    this.study = study === null ? { state: 'broken' } : { state: 'ready', study };
  }
}

const CONTEXT = Symbol('story');
export const provideStory = (story: LearnStory): LearnStory => setContext(CONTEXT, story);
export const getStory = (): LearnStory => getContext<LearnStory>(CONTEXT);
