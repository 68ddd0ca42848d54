/**
 * Measures the page's main thread through the browser's own trace. It takes CPU time and not time on the
 * wall, so that a busy machine does not count against the page.
 */
import type { CDPSession, Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Thread time, microseconds. */
  readonly tdur?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** CPU milliseconds of each task of the main thread while `work` runs. */
export async function tasksDuring(page: Page, work: () => Promise<void>): Promise<readonly number[]> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', {
    traceConfig: { includedCategories: ['toplevel', '__metadata'] },
    transferMode: 'ReportEvents',
  });
  await work();
  const complete = new Promise<void>((done) => session.once('Tracing.tracingComplete', () => done()));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  const main = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.['name'] === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  return events
    .filter(({ name, pid, tid }) => name.endsWith('RunTask') && main.has(`${pid} ${tid}`))
    .map(({ tdur }) => (tdur ?? 0) / 1000);
}

/** Frames in each second while `work` runs, by the page's own count. */
export async function framesDuring(page: Page, work: () => Promise<void>): Promise<number> {
  // As text: what the compiler does to named functions does not exist in the page.
  await page.evaluate(`{
    const count = (window.frameCount = { frames: 0, from: performance.now() });
    const next = () => {
      count.frames++;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  }`);
  await work();
  return page.evaluate(() => {
    const { frames, from } = (window as unknown as { frameCount: { frames: number; from: number } })
      .frameCount;
    return (1000 * frames) / (performance.now() - from);
  });
}
