/**
 * Which experiment's runs are under way, for the page after a reload. Kept in the tab: it outlives a reload,
 * and no other tab begins the same runs.
 */

const MOVING_KEY = 'tracewise.lab.moving';

/** @param experiment its id; null: none is */
export function markMoving(experiment: string | null): void {
  try {
    if (experiment === null) sessionStorage.removeItem(MOVING_KEY);
    else sessionStorage.setItem(MOVING_KEY, experiment);
  } catch {
    // Without storage a reload ends the queue, as closing the tab does.
  }
}

/** Id of the experiment whose runs were under way when the page was left. */
export function movingBefore(): string | null {
  try {
    return sessionStorage.getItem(MOVING_KEY);
  } catch {
    return null;
  }
}
