/**
 * What the chapters show of the recording that is open: the examples found in it, each by
 * its rule, and the recordings to choose from. It loads through Replay and plays nothing.
 */
import { getContext, setContext } from 'svelte';
import type { Recording } from '../../experiment/recorded.ts';
import type { Config } from '../../learning/config.ts';
import { askedExample } from './asked-example.ts';
import { carriedExample, judgeCarried } from './carried.ts';
import type { RecordingShelf } from '../session/recording-shelf.svelte.ts';
import { Replay } from '../session/replay.svelte.ts';
import { fetchStudyFile } from '../session/study-file.ts';
import { advantageExample, judgeExample, policyExample, traceExample } from './examples.ts';
import { studyOf, type Study } from './study.ts';
import { readShippedStudy } from '../../experiment/shipped-study.ts';
import { readTransfer, type Transfer } from '../../experiment/transfer.ts';

/** The evidence whether executing carries over to writing: a site without it asks nobody for it. */
const TRANSFER = import.meta.glob<unknown>('../../../public/runs/transfer.json', { import: 'default' });

export type StudyState =
  { readonly state: 'loading' | 'none' | 'broken' } | { readonly state: 'ready'; readonly study: Study };

export class LearnStory {
  readonly replay: Replay;
  /** Another recording with the same tasks, for the last chapter; null when there is none. */
  readonly other: Replay;
  study: StudyState = $state.raw({ state: 'loading' });
  /** Null until it has come, on a site without it, and when its file is none. */
  transfer: Transfer | null = $state.raw(null);

  constructor(shelf: RecordingShelf) {
    this.replay = new Replay(shelf);
    this.other = new Replay(shelf);
  }

  readonly recording = $derived.by((): Recording | null => this.replay.recording);
  readonly config = $derived.by((): Config | null => {
    const first = this.recording?.events[0];
    return first?.type === 'run-started' ? first.config : null;
  });
  /** What the recording was asked at other steps; null until it has come, and where there is none. */
  readonly moments = $derived.by(() => {
    const { moments } = this.replay;
    return moments.phase === 'ready' ? moments.moments : null;
  });
  /** An example of the log alone. */
  readonly #logged = $derived(this.recording === null ? null : carriedExample(this.recording));
  /**
   * Whether it is known what the chapters show. A recording whose policy was asked nothing in training waits
   * for what it was asked beside it.
   */
  readonly isReady = $derived.by(() => {
    if (this.recording === null) return false;
    return this.#logged !== null || !['there', 'loading'].includes(this.replay.moments.phase);
  });
  readonly #events = $derived(this.isReady ? (this.recording?.events ?? []) : []);
  /** One example through all chapters, where the recording holds one. */
  readonly carried = $derived(
    this.#logged ?? (this.moments === null ? null : askedExample(this.#events, this.moments)),
  );
  /** Chapter 1 shows probabilities: it takes the example only where its tokens were kept. */
  readonly policy = $derived.by(() => {
    const code = this.carried?.code;
    const hasTokens = code?.group.rollouts.every(({ tokens }) => tokens.length > 0) === true;
    return code !== undefined && hasTokens ? code : policyExample(this.#events);
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
    const listed = await this.replay.shelf.list().catch(() => []);
    const both = listed.find(({ config }) => (config['alignment.prompts'] ?? 0) > 0);
    await this.choose(both?.id);
    await Promise.all([this.#openStudy(), this.#openTransfer()]);
  }

  /** Opens another recording, or the first one. */
  async choose(id?: string): Promise<void> {
    await this.replay.open(id);
    void this.replay.loadMoments();
  }

  /** Fetches the other recording: only who comes near the last chapter needs it. */
  async openOther(): Promise<void> {
    const own = this.recording?.manifest?.id;
    const id = (this.replay.listed ?? []).find((one) => one.id !== own)?.id;
    if (own === undefined || id === undefined || this.other.recording?.manifest?.id === id) return;
    await this.other.open(id);
  }

  async #openTransfer(): Promise<void> {
    const data = await Object.values(TRANSFER)[0]?.().catch(() => null);
    try {
      this.transfer = data === undefined ? null : readTransfer(data);
    } catch (error) {
      console.warn(error);
    }
  }

  async #openStudy(): Promise<void> {
    if (fetchStudyFile === undefined) {
      this.study = { state: 'none' };
      return;
    }
    const data = await fetchStudyFile().catch(() => null);
    try {
      this.study = { state: 'ready', study: studyOf(readShippedStudy(data)) };
    } catch (error) {
      console.warn(error);
      this.study = { state: 'broken' };
    }
  }
}

const CONTEXT = Symbol('story');
export const provideStory = (story: LearnStory): LearnStory => setContext(CONTEXT, story);
export const getStory = (): LearnStory => getContext<LearnStory>(CONTEXT);
