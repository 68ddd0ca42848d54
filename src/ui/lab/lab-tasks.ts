/** The tasks that exported runs name. It keeps nothing. */
import { loadBuiltIn } from '../../tasks/built-in.ts';
import type { Task } from '../../tasks/types.ts';
import type { Session } from '../session/session.svelte.ts';
import { s } from '../strings/index.ts';

/** From the learner when it is there, else from the site. @throws when the site does not answer */
export async function exportedTasks(session: Session, ids: readonly string[]): Promise<readonly Task[]> {
  if (session.model.model !== null && session.source === 'live') {
    const found = await Promise.all(ids.map((id) => session.task(id)));
    return found.filter((task) => task !== null);
  }
  const { base } = session;
  const read = async (path: string): Promise<Uint8Array> => {
    const response = await fetch(base + path);
    if (!response.ok) throw new Error(s.problem.status(path, response.status));
    return new Uint8Array(await response.arrayBuffer());
  };
  const sets = await Promise.all([loadBuiltIn(read), loadBuiltIn(read, 'easy')]);
  return sets.flatMap(({ tasks }) => tasks.filter(({ id }) => ids.includes(id)));
}
