/**
 * What the page is measured to take. Browsers tell different parts of it, or nothing. What is not told is
 * null and never guessed.
 */

/** The browser's own figure takes seconds to come: asked for at most this often, in milliseconds. */
const EVERY_MS = 60_000;

interface Measuring {
  measureUserAgentSpecificMemory?(): Promise<{ readonly bytes: number }>;
}

export class MemoryState {
  /** Bytes of the learner's WebAssembly heaps. */
  heap: number | null = $state(null);
  /**
   * Bytes of the page and its workers as the browser counts them; only on isolated pages of some browsers.
   */
  page: number | null = $state(null);
  #askedAt = -Infinity;

  async onHeap(bytes: number): Promise<void> {
    this.heap = bytes;
    const measuring = globalThis.performance as Measuring;
    const now = performance.now();
    if (!measuring.measureUserAgentSpecificMemory || now - this.#askedAt < EVERY_MS) return;
    this.#askedAt = now;
    this.page = (await measuring.measureUserAgentSpecificMemory().catch(() => null))?.bytes ?? null;
  }
}
