/** Builds in the learner's worker what a run needs: policy, interpreters, tasks. It starts no run. */
import { browserMemory, pageWorkers, planMemory, type FormatPlan } from '../experiment/memory.ts';
import {
  ADAPTED_LAYERS,
  fittingTasks,
  longestPrompt,
  planOwnModel,
  realModelSettings,
} from '../experiment/real-model.ts';
import type { AdapterSettings } from '../policy/model/adapter.ts';
import type { Architecture } from '../policy/model/architecture.ts';
import { buildPolicy } from '../policy/lora/load.ts';
import type { MemoryPrediction } from '../policy/lora/memory.ts';
import { openModel, type OpenedModel } from '../policy/sources/open-model.ts';
import { bytesSource } from '../policy/files/range-source.ts';
import { encodePrompt } from '../policy/tokenizer/encode-prompt.ts';
import type { GenerateRequest, Policy } from '../policy/types.ts';
import { createSandbox } from '../sandbox/browser.ts';
import { lazySandbox } from '../sandbox/lazy.ts';
import type { Sandbox } from '../sandbox/types.ts';
import { loadBuiltIn } from '../tasks/built-in.ts';
import type { Task } from '../tasks/types.ts';
import type { Config, ConfigKey, ConfigOverrides } from '../learning/config.ts';
import { adapterSettings, heapLimit } from '../learning/settings.ts';
import { codePrompt } from '../learning/prompts.ts';
import type { Download, DownloadPart, LoadRequest, LoadStage } from './protocol.ts';
import { chooseDevice } from './choose-device.ts';
import { downloadSite, type Files } from './downloads.ts';
import { SiteDownloadError } from './fetch-progress.ts';

export interface LearnerEngine {
  readonly policy: Policy;
  readonly sandbox: Sandbox;
  /** For test programs, apart from the programs under test; it starts with the first of them. */
  readonly trusted: Sandbox;
  readonly tasks: readonly Task[];
  /** What the policy was built from: its files can be read again. */
  readonly model: OpenedModel;
  readonly architecture: Architecture;
  readonly adapter: AdapterSettings;
  readonly memory: MemoryPrediction;
  /** How the matrices of a model that the visitor brought are held, and why. */
  readonly held?: Pick<FormatPlan, 'linears' | 'because'>;
  /** Of a model that the visitor brought: what it asks of a configuration. */
  readonly settings?: ConfigOverrides;
  dispose(): Promise<void>;
}

export type OpenEngine = (
  request: LoadRequest,
  onStage: (stage: LoadStage) => void,
) => Promise<LearnerEngine>;

/**
 * Fetches and builds everything, reporting each stage. What was built before a failure is freed.
 * @param pythonWorker address of the Python worker's script
 * @throws the rooms' typed errors
 */
export async function openEngine(
  pythonWorker: string,
  request: LoadRequest,
  onStage: (stage: LoadStage) => void,
): Promise<LearnerEngine> {
  const begun: Promise<Disposable>[] = [];
  try {
    return await build(pythonWorker, request, onStage, (part) => {
      part.catch(() => undefined); // awaited where it is needed
      begun.push(part);
      return part;
    });
  } catch (error) {
    // Nothing is freed under work that still goes on.
    const ended = await Promise.allSettled(begun);
    await Promise.allSettled(
      ended.map((part) => (part.status === 'fulfilled' ? part.value.dispose() : undefined)),
    );
    throw error;
  }
}

interface Disposable {
  dispose(): Promise<void>;
}

/** @param begin notes a part that is freed after a failure */
async function build(
  pythonWorker: string,
  request: LoadRequest,
  onStage: (stage: LoadStage) => void,
  begin: <T extends Disposable>(part: Promise<T>) => Promise<T>,
): Promise<LearnerEngine> {
  const device = await chooseDevice(request.device);
  const { own } = request;
  const python = {
    worker: pythonWorker,
    indexURL: new URL('pyodide/', request.base).href,
    frame: request.frame,
  };
  // Python starts as soon as its files have come, beside the rest of them and the building of the policy.
  let starting: Promise<Sandbox> | undefined;
  const startPython = (): Promise<Sandbox> =>
    (starting ??= begin(
      createSandbox({ ...python, workers: pythonWorkers(), heapLimit: heapLimit(request.config) }),
    ));
  const { files, model } = await fetchAll(request, device, onStage, () => void startPython());
  const read = (name: string) => readOf(files, request.base, name);
  onStage({ stage: 'building' });
  const all = (await loadBuiltIn(read, own ? 'easy' : 'nano')).tasks;
  const opened =
    model ??
    (await openModel({
      name: request.model.split('/').findLast((part) => part !== '') ?? 'model',
      open: async (name) => bytesSource(await read(name), name),
      // Its files are known: there are no shards, and one token ends a text.
      has: () => Promise.resolve(false),
    }));
  const { architecture } = opened;
  const settings = own ? realModelSettings(opened.tokenizer) : undefined;
  // What only the model could tell; the page sets its own configuration by it once it is loaded.
  const open = MODEL_KEYS.filter((key) => !request.asked?.includes(key));
  const config = { ...request.config, ...(settings && pick(settings, open)) } as Config;
  const tasks = own ? fittingTasks(all, opened, config) : all;
  const layers = own ? Math.min(ADAPTED_LAYERS, architecture.layers) : undefined;
  const adapter = { ...adapterSettings(config), ...(layers !== undefined && { layers }) };
  // Refused before anything large is made.
  const machine = { device, pythonWorkers: pythonWorkers(), place: 'page', ...browserMemory() } as const;
  const plan = own
    ? planOwnModel(config, opened, machine, longestPrompt(tasks, opened.tokenizer, config))
    : undefined;
  const { sizes, prediction } = plan ?? planMemory(config, architecture, machine);
  const loading = buildPolicy(opened, {
    name: opened.name,
    device: { device, wasmFolder: new URL('ort/', request.base).href },
    rank: adapter.rank,
    alpha: adapter.alpha,
    ...(layers !== undefined && { adapterLayers: layers }),
    ...(request.precision && { precision: request.precision }),
    seed: config.seed,
    sizes,
    ...(plan && { linears: plan.linears }),
  });
  const policy = await begin(loading);
  // The first graphs are compiled while Python goes on starting.
  const warming = warmUp(policy, tasks, config);
  void begin(warming.then(() => ({ dispose: () => Promise.resolve() })));
  onStage({ stage: 'starting-python' });
  const sandbox = await startPython();
  const openTrusted = () => createSandbox({ ...python, workers: 1, spare: false });
  const trusted = lazySandbox(openTrusted, { boundary: sandbox.boundary, workers: 1 });
  onStage({ stage: 'warming-up' });
  await warming;
  return {
    policy,
    sandbox,
    trusted,
    tasks,
    model: opened,
    architecture,
    adapter,
    memory: prediction,
    ...(plan && { held: { linears: plan.linears, because: plan.because } }),
    ...(settings && { settings }),
    async dispose() {
      await Promise.allSettled([policy.dispose(), sandbox.dispose(), trusted.dispose()]);
    },
  };
}

/**
 * The site's files, and beside them the visitor's model where there is one. @param
 * onPython Python's have come
 */
async function fetchAll(
  { own, base, model }: LoadRequest,
  device: 'webgpu' | 'wasm',
  onStage: (stage: LoadStage) => void,
  onPython: () => void,
): Promise<{ readonly files: Files; readonly model: OpenedModel | null }> {
  const onPart = (part: DownloadPart) => part === 'python' && onPython();
  if (!own) {
    const report = (parts: readonly Download[]) => onStage({ stage: 'downloading', parts });
    return { files: await downloadSite({ base, model, device }, report, onPart), model: null };
  }
  let ofModel: readonly Download[] = [];
  let ofSite: readonly Download[] = [];
  const tell = () => onStage({ stage: 'downloading', parts: [...ofModel, ...ofSite] });
  const { openOwnModel } = await import('./own-model.ts');
  const [opened, files] = await Promise.all([
    openOwnModel(own, (part) => {
      ofModel = [part];
      tell();
    }),
    downloadSite(
      { base, model: null, device },
      (parts) => {
        ofSite = parts;
        tell();
      },
      onPart,
    ),
  ]);
  return { files, model: opened };
}

/** Settings that a model decides and nobody can know before it is read. */
const MODEL_KEYS = ['prompt.style', 'code.extraction', 'alignment.format'] as const;

const pick = (settings: ConfigOverrides, keys: readonly ConfigKey[]): ConfigOverrides =>
  Object.fromEntries(keys.flatMap((key) => (key in settings ? [[key, settings[key]]] : [])));

function readOf(files: Files, base: string, name: string): Promise<Uint8Array> {
  const bytes = files.get(name);
  if (bytes) return Promise.resolve(bytes);
  return Promise.reject(new SiteDownloadError(new URL(name, base).href, { code: 'not-asked-for' }));
}

/** One core stays free for the page. */
const pythonWorkers = (): number => pageWorkers(navigator.hardwareConcurrency || 2);

/** Compiles the graphs of the first rollouts: begins to write and stops at the first tokens. */
async function warmUp(policy: Policy, tasks: readonly Task[], config: Config): Promise<void> {
  const chosen = tasks.filter(({ split }) => split === 'train').slice(0, config['code.prompts']);
  const prompts = chosen.flatMap((task) => {
    const ids = encodePrompt(policy.tokenizer, codePrompt(task, policy.tokenizer, config['prompt.style']));
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
