/**
 * Ends a program that npm started when npm is gone. npm passes a signal to the shell between itself and the
 * program, and the shell does not pass it on. It does nothing for a program that was started in any other
 * way.
 */
export function whenNpmEnds(stop: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, 250);
  timer.unref();
}
