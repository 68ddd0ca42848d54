/**
 * Asks the browser to keep the site (workers/site-cache.js). Where it cannot, every visit is a first one and
 * nothing else changes.
 */

export async function registerServiceWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  try {
    await navigator.serviceWorker.register('./sw.js', { scope: './', updateViaCache: 'none' });
  } catch {
    // Private windows and some frames refuse.
  }
}
