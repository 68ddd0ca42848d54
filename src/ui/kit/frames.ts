/**
 * Spreads drawing over frames: at most one job per frame, the latest job of a key wins. This keeps a step's
 * news from becoming one long task on the main thread. It knows nothing of what is drawn.
 */

const jobs = new Map<object, () => void>();
let asked = false;

function runOne(): void {
  asked = false;
  const first = jobs.entries().next().value;
  if (!first) return;
  jobs.delete(first[0]);
  if (jobs.size > 0) ask();
  first[1]();
}

function ask(): void {
  if (asked) return;
  asked = true;
  requestAnimationFrame(runOne);
}

/** Runs `job` in a coming frame, replacing a waiting job of the same key. */
export function draw(key: object, job: () => void): void {
  jobs.set(key, job);
  ask();
}

export function cancelDraw(key: object): void {
  jobs.delete(key);
}
