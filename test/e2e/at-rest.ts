/** Waits until a page is at rest: nothing of what is drawn changes any more. It is a state, not a time. */
import type { Page } from 'playwright-core';

/** Resolves when fonts are there, nothing moves, and nothing was changed for a number of frames in a row. */
export async function atRest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const FRAMES = 20;
    await document.fonts.ready;
    let changes = 0;
    const observer = new MutationObserver(() => (changes += 1));
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    for (let quiet = 0; quiet < FRAMES;) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const isMoving = document.getAnimations().some(({ playState, effect }) => {
        const isEndless = effect?.getTiming().iterations === Infinity;
        return playState === 'running' && !isEndless;
      });
      quiet = changes > 0 || isMoving ? 0 : quiet + 1;
      changes = 0;
    }
    observer.disconnect();
  });
}
