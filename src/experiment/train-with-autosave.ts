/**
 * The trainer with its instruments, and with its run saved as it goes: every `save.every` steps, after an
 * evaluation and at the end. It yields the trainer's own events, in their order.
 */
import { liveCompass } from '../instruments/compass/live.ts';
import { selfVerification } from '../instruments/verify/evaluation.ts';
import type { Config } from '../learning/config.ts';
import { TrainerControl } from '../learning/control.ts';
import type { TrainerEvent } from '../learning/events.ts';
import { train, type TrainOptions } from '../learning/trainer.ts';
import type { RunAutosave } from './autosave.ts';

const INSTRUMENTS = { instruments: [liveCompass], measurers: [selfVerification] };

/** @throws what `train` throws; a store that fails is told to the autosave's listener and stops nothing */
export async function* trainWithAutosave(
  options: TrainOptions,
  autosave: RunAutosave,
): AsyncGenerator<TrainerEvent, void, void> {
  const control = options.control ?? new TrainerControl();
  let config = options.state?.config ?? options.config;
  for await (const event of train({ ...INSTRUMENTS, ...options, control })) {
    autosave.take(event);
    if (event.type === 'changed') config = { ...config, [event.key]: event.to } as Config;
    // Between two events the trainer rests, so that the state is the one after this event.
    if (isSaveDue(event, config['save.every'])) await autosave.save(await control.save());
    yield event;
  }
}

/** Times come last: of a step, and of an evaluation, which is too long to be done twice. */
function isSaveDue(event: TrainerEvent, every: number): boolean {
  if (event.type === 'run-finished') return true;
  if (event.type !== 'timing' || every === 0) return false;
  return 'time/evaluate' in event.seconds || event.step % every === 0;
}
