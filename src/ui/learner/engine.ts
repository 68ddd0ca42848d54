/** Builds, in the learner's worker, what a run needs: policy, interpreters, tasks. It starts no run. */
import { loadPolicy } from '../../policy/load.ts';
import type { GenerateRequest, Policy } from '../../policy/types.ts';
import { createSandbox } from '../../sandbox/browser.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import { loadBuiltIn } from '../../tasks/built-in.ts';
import type { Task } from '../../tasks/types.ts';
import type { Config } from '../../learning/config.ts';
import { heapLimit } from '../../learning/harness.ts';
import type { DeviceWish, LoadRequest, LoadStage } from '../protocol.ts';
import { downloadSite, type Files } from './downloads.ts';
import { DownloadError } from './fetch-progress.ts';

export interface Engine {
  readonly policy: Policy;
  readonly sandbox: Sandbox;
  readonly tasks: readonly Task[];
  dispose(): Promise<void>;
}

/**
 * The device to try: a wish is taken at its word; otherwise WebGPU where there is a real adapter. An adapter in software is correct
 * and far slower than WASM.
 */
export async function chooseDevice(wish: DeviceWish): Promise<'webgpu' | 'wasm'> {
  if (wish !== 'auto') return wish;
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  if (!adapter) return 'wasm';
  const info = adapter.info as (GPUAdapterInfo & { isFallbackAdapter?: boolean }) | undefined;
  const software =
    info?.isFallbackAdapter === true ||
    /swiftshader|llvmpipe/i.test(`${info?.architecture} ${info?.description}`);
  return software ? 'wasm' : 'webgpu';
}

/** Fetches and builds everything, reporting each stage. What was built before a failure is freed. @throws the rooms' typed errors */
export async function openEngine(request: LoadRequest, onStage: (stage: LoadStage) => void): Promise<Engine> {
  const device = await chooseDevice(request.device);
  const files = await downloadSite({ ...request, device }, (parts) =>
    onStage({ stage: 'downloading', parts }),
  );
  const read = (name: string) => readOf(files, request.base, name);
  onStage({ stage: 'building' });
  const { tasks } = await loadBuiltIn(read);
  // Python starts beside the building of the policy.
  const starting = createSandbox({
    indexURL: new URL('pyodide/', request.base).href,
    workers: pythonWorkers(),
    frame: request.frame,
    heapLimit: heapLimit(request.config),
  });
  starting.catch(() => undefined); // awaited below
  const loading = loadPolicy({
    name: request.model.split('/').findLast((part) => part !== '') ?? 'model',
    read,
    device: { device, wasmFolder: new URL('ort/', request.base).href },
    rank: request.config['adapter.rank'],
    alpha: request.config['adapter.alpha'],
    seed: request.config.seed,
  });
  try {
    const policy = await loading;
    onStage({ stage: 'starting-python' });
    const sandbox = await starting;
    onStage({ stage: 'warming-up' });
    await warmUp(policy, tasks, request.config);
    return {
      policy,
      sandbox,
      tasks,
      async dispose() {
        await Promise.allSettled([policy.dispose(), sandbox.dispose()]);
      },
    };
  } catch (error) {
    const free = (part: Promise<{ dispose(): Promise<void> }>) => part.then((built) => built.dispose());
    await Promise.allSettled([free(loading), free(starting)]);
    throw error;
  }
}

function readOf(files: Files, base: string, name: string): Promise<Uint8Array> {
  const bytes = files.get(name);
  if (bytes) return Promise.resolve(bytes);
  return Promise.reject(new DownloadError(new URL(name, base).href, 'it was not asked for', true));
}

/** One core stays free for the page. */
const pythonWorkers = (): number => Math.max(1, Math.min(4, (navigator.hardwareConcurrency || 2) - 1));

/** Compiles the graphs of the first rollouts: begins to write and stops at the first tokens. */
async function warmUp(policy: Policy, tasks: readonly Task[], config: Config): Promise<void> {
  const chosen = tasks.filter(({ split }) => split === 'train').slice(0, config['code.prompts']);
  const prompts = chosen.flatMap(({ prompt }) => {
    const ids = policy.tokenizer.encode(prompt);
    return Array.from({ length: config['code.groupSize'] }, () => ids);
  });
  if (prompts.length === 0) return;
  const maxNewTokens = config['code.maxNewTokens'];
  const stop = new AbortController();
  const request: GenerateRequest = {
    prompts,
    maxNewTokens,
    temperature: 0,
    uniforms: new Float32Array(prompts.length * maxNewTokens),
    signal: stop.signal,
    onProgress: () => stop.abort(),
  };
  await policy.generate(request).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
}

/** The same policy, telling how many tokens of a call to `generate` have been written. */
export function watchTokens(policy: Policy, onTokens: (tokens: number) => void): Policy {
  return {
    info: policy.info,
    tokenizer: policy.tokenizer,
    generate: (request) =>
      policy.generate({
        ...request,
        onProgress(tokens) {
          onTokens(tokens);
          request.onProgress?.(tokens);
        },
      }),
    score: (request) => policy.score(request),
    update: (rows, settings) => policy.update(rows, settings),
    snapshot: () => policy.snapshot(),
    restore: (snapshot) => policy.restore(snapshot),
    reset: (seed) => policy.reset(seed),
    dispose: () => policy.dispose(),
  };
}
