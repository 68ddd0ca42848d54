/**
 * Keeps the screen from going dark while something runs. Where the browser has no wake lock nothing happens.
 */

/** Holds the lock, and again whenever the page becomes visible, until the returned function is called. */
export function stayAwake(): () => void {
  let sentinel: WakeLockSentinel | null = null;
  let isWanted = true;
  const hold = async (): Promise<void> => {
    if (!isWanted || document.visibilityState !== 'visible') return;
    try {
      const held = await navigator.wakeLock?.request('screen');
      if (isWanted) sentinel = held ?? null;
      else await held?.release();
    } catch {
      // Refused, as on low battery: training goes on, the screen may go dark.
    }
  };
  const again = (): void => void hold();
  document.addEventListener('visibilitychange', again);
  void hold();
  return () => {
    isWanted = false;
    document.removeEventListener('visibilitychange', again);
    void sentinel?.release();
  };
}
