/** Events as the text of a run log; what depends on the clock has no place in it. */
import { eventLine } from '../../src/experiment/run-log.ts';
import type { TrainerEvent } from '../../src/learning/events.ts';

export async function logText(events: Iterable<TrainerEvent> | AsyncIterable<TrainerEvent>): Promise<string> {
  let text = '';
  for await (const event of events) if (event.type !== 'timing') text += `${eventLine(event)}\n`;
  return text;
}
