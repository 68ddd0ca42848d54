/** Goes over to another recording of the same experiment, at the same step, playing or resting as before. */
import type { Session } from '../session/session.svelte.ts';

export async function showArm(session: Session, id: string): Promise<void> {
  const { replay } = session;
  if (replay.recording?.manifest?.id === id) return;
  const [step, isPlaying] = [replay.step, replay.playing];
  await session.watch(id);
  replay.pause();
  replay.seek(step);
  if (isPlaying) replay.play();
}
