/** One sentence for what is happening now, from the session's states. */
import { hasStopped, type Activity } from '../session/run-state.svelte.ts';
import type { ModelPhase } from '../session/model-state.svelte.ts';
import type { TransportState } from '../../learner/protocol.ts';
import { s } from '../strings/index.ts';

export function nowLine(
  model: ModelPhase,
  transport: TransportState,
  activity: Activity,
  failed: boolean,
  /** Whether this browser has stored the run as it is. */
  isStored: boolean,
): string {
  if (model.phase === 'idle') return s.now.idle;
  if (model.phase === 'loading') return `${s.load.stages[model.stage]}.`;
  if (model.phase === 'failed' || failed) return s.now.failed;
  if (transport === 'idle') return s.now.ready;
  if (transport === 'finished') return over(activity);
  if (transport === 'paused') return isStored ? s.now.paused : s.now.pausedUnstored;
  return doing(activity);
}

function doing(activity: Activity): string {
  switch (activity.doing) {
    case 'nothing':
      return s.now.starting;
    case 'measuring':
      return withTokens(activity.step === 0 ? s.now.measuringBase : s.now.measuring, activity.tokens);
    case 'writing':
      return withTokens(s.now.writing(activity.code, activity.alignment), activity.tokens);
    case 'updating':
      return s.now.updating;
    case 'step-done':
      return s.now.finishedStep(activity.added);
    case 'evaluated':
      return s.now.evaluated;
    case 'finished':
      return over(activity);
  }
}

const over = (activity: Activity): string => (hasStopped(activity) ? s.now.stopped : s.now.done);

const withTokens = (line: string, tokens: number): string =>
  tokens > 0 ? `${line} ${s.now.tokens(tokens)}` : line;
