/**
 * For how long the page tries to read a stored run. A worker that a reload has just
 * ended may still hold a file that it was writing, as long as its last step takes:
 * that it cannot be read at that moment does not mean that there is none.
 */

/** Milliseconds from one try to the next. */
const PAUSE_MS = 600;
/** For half a minute. */
const READ_TRIES = 50;

/** @throws what the last try throws */
export async function readPatiently<T>(read: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await read();
    } catch (error) {
      if (tries === READ_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
