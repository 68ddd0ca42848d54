/** Builds, in the learner's worker, what a run needs: policy, interpreters, tasks. It starts no run. */
import { planMemory } from '../../experiment/memory.ts';
import type { AdapterSettings } from '../../policy/adapter.ts';
import { parseArchitecture, type Architecture } from '../../policy/architecture.ts';
import { loadPolicy } from '../../policy/load.ts';
import type { MemoryPrediction } from '../../policy/memory.ts';
import type { GenerateRequest, Policy } from '../../policy/types.ts';
import { createSandbox } from '../../sandbox/browser.ts';
import type { Sandbox } from '../../sandbox/types.ts';
import { loadBuiltIn } from '../../tasks/built-in.ts';
import type { Task } from '../../tasks/types.ts';
import type { Config } from '../../learning/config.ts';
import { heapLimit } from '../../learning/harness.ts';
import type { LoadRequest, LoadStage } from '../protocol.ts';
import { chooseDevice } from './choose-device.ts';
import { downloadSite, type Files } from './downloads.ts';
import { DownloadError } from './fetch-progress.ts';

export interface Engine {
  readonly policy: Policy;
  readonly sandbox: Sandbox;
  readonly tasks: readonly Task[];
  readonly architecture: Architecture;
  readonly adapter: AdapterSettings;
  readonly memory: MemoryPrediction;
  dispose(): Promise<void>;
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
  const adapter = { rank: request.config['adapter.rank'], alpha: request.config['adapter.alpha'] };
  const architecture = parseArchitecture(JSON.parse(new TextDecoder().decode(await read('config.json'))));
  // Refused before anything large is made.
  const machine = { device, pythonWorkers: pythonWorkers() };
  const { sizes, prediction } = planMemory(request.config, architecture, machine);
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
    ...adapter,
    seed: request.config.seed,
    sizes,
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
      architecture,
      adapter,
      memory: prediction,
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
