/**
 * Asks the browser to keep the site (workers/site-cache.js). Where it cannot, every visit is a first one and
 * nothing else changes.
 */

export async function registerServiceWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  try {
    await serviceWorker.register('./sw.js', { scope: './', updateViaCache: 'none' });
    if (serviceWorker.controller === null)
      await new Promise((resolve) =>
        serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
      );
    tellWhatWasLoaded(serviceWorker.controller);
  } catch {
    // Private windows and some frames refuse.
  }
}

/**
 * What was asked for before the worker was there went past it. It is told of each such file once it has come,
 * so that one visit is enough for the next to need no network.
 */
function tellWhatWasLoaded(worker: ServiceWorker | null): void {
  const since = performance.now();
  worker?.postMessage({ keep: [] });
  new PerformanceObserver((list) => {
    const before = list.getEntries().filter(({ startTime }) => startTime < since);
    if (before.length > 0) worker?.postMessage({ keep: before.map(({ name }) => name) });
  }).observe({ type: 'resource', buffered: true });
}
