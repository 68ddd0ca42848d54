/**
 * Counts what the learner's worker asks of the graphics card: launches, submissions, pipelines, buffers,
 * waits. The counters stand before the worker's own script, so the site is measured as it was built. The
 * counts are those of any adapter; only the seconds are the card's.
 */
import type { BrowserContext, Page, Worker } from 'playwright-core';

/** Totals since the worker began. */
export interface GpuCounts {
  readonly dispatches: number;
  readonly submits: number;
  readonly pipelines: number;
  readonly buffers: number;
  readonly waits: number;
}

const LEARNER = /\/assets\/learner-[^/]*\.js$/;
const NAME = 'gpuCounts';

/** What is counted, by class and method. */
const COUNTED: Readonly<Record<keyof GpuCounts, readonly (readonly [owner: string, method: string])[]>> = {
  dispatches: [
    ['GPUComputePassEncoder', 'dispatchWorkgroups'],
    ['GPUComputePassEncoder', 'dispatchWorkgroupsIndirect'],
  ],
  submits: [['GPUQueue', 'submit']],
  pipelines: [
    ['GPUDevice', 'createComputePipeline'],
    ['GPUDevice', 'createComputePipelineAsync'],
  ],
  buffers: [['GPUDevice', 'createBuffer']],
  waits: [['GPUBuffer', 'mapAsync']],
};

const COUNTERS = `(() => {
  const counts = (globalThis.${NAME} = {});
  for (const [what, methods] of Object.entries(${JSON.stringify(COUNTED)})) {
    counts[what] = 0;
    for (const [owner, method] of methods) {
      const prototype = globalThis[owner]?.prototype;
      const own = prototype?.[method];
      if (!own) continue;
      prototype[method] = function (...values) {
        counts[what] += 1;
        return own.apply(this, values);
      };
    }
  }
})();\n`;

/** To be called before the page is opened. */
export async function countGpu(context: BrowserContext): Promise<void> {
  await context.route(LEARNER, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: COUNTERS + (await response.text()) });
  });
}

/** Totals so far; null where the worker has no counters. */
export async function gpuCounts(page: Page): Promise<GpuCounts | null> {
  const learner = page.workers().find((worker: Worker) => LEARNER.test(new URL(worker.url()).pathname));
  const counts = await learner?.evaluate(
    (name) => (globalThis as unknown as Record<string, GpuCounts | undefined>)[name],
    NAME,
  );
  return counts ?? null;
}
