/** One sentence for what is happening now, from the session's states, and what one waits for. */
import { hasStopped, isOfBase, type Activity, type Waiting } from '../session/run-state.svelte.ts';
import type { ModelPhase } from '../session/model-state.svelte.ts';
import type { TransportState } from '../../learner/protocol.ts';
import { s } from '../strings/index.ts';
import { countedOf, secondsLeft, shareWritten } from '../view/waiting.ts';

export function nowLine(
  model: ModelPhase,
  transport: TransportState,
  activity: Activity,
  failed: boolean,
  /** Whether this browser has stored the run as it is. */
  isStored: boolean,
  /** The run is being put back to its start. */
  isResetting = false,
): string {
  if (model.phase === 'idle') return s.now.idle;
  if (model.phase === 'loading') return `${s.load.stages[model.stage]}.`;
  if (model.phase === 'failed' || failed) return s.now.failed;
  if (isResetting) return s.now.resetting;
  if (transport === 'idle') return s.now.ready;
  if (transport === 'finished') return over(activity);
  if (transport === 'paused') return isStored ? s.now.paused : s.now.pausedUnstored;
  if (transport === 'stopping') return pausing(activity);
  return doing(activity);
}

function doing(activity: Activity): string {
  switch (activity.doing) {
    case 'nothing':
      return s.now.starting;
    case 'measuring':
      return counting(measured(activity), activity);
    case 'writing':
      return counting(s.now.writing(activity.code, activity.alignment), activity);
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

/** What the pause waits for. */
function pausing(activity: Activity): string {
  switch (activity.doing) {
    case 'measuring':
      return counting(s.now.pausingAfter.measuring, activity);
    case 'writing':
      return counting(s.now.pausingAfter.writing, activity);
    case 'updating':
      return `${s.now.pausingAfter.updating}.`;
    default:
      return `${s.now.pausingAfter.other}.`;
  }
}

const measured = (activity: Extract<Activity, { doing: 'measuring' }>): string =>
  isOfBase(activity) ? s.now.measuringBase : s.now.measuring;

/** How far it has come, e.g. `37 of 160 programs, about 20 s left`; empty while nothing is known. */
export function waitLine(activity: Waiting): string {
  const { writing, rollouts, since, at, before } = activity;
  const counted = countedOf(writing, rollouts);
  const left = secondsLeft(shareWritten(writing, rollouts), (at - since) / 1000, before);
  const parts = [
    counted === null ? '' : s.now.counted[counted.kind](counted.done, counted.of),
    left === null ? '' : s.now.left(left),
  ];
  return parts.filter((part) => part !== '').join(s.now.comma);
}

function counting(what: string, activity: Waiting): string {
  const line = waitLine(activity);
  return line === '' ? `${what}.` : s.now.counting(what, line);
}

const over = (activity: Activity): string => (hasStopped(activity) ? s.now.stopped : s.now.done);
