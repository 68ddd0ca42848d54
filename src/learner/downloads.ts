/**
 * Fetches everything that a run needs from the site, side by side and counted by part. It builds nothing from
 * the files.
 */
import type { Download, DownloadPart } from './protocol.ts';
import { downloadCounted } from './fetch-progress.ts';

const MODEL_FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'] as const;
const TASK_FILE = 'tasks/nano.json';
/** For models that were trained elsewhere. */
const EASY_TASKS = 'tasks/easy.json';
/** What the interpreters load by themselves. */
const PYTHON_FILES = [
  'pyodide.js',
  'pyodide.asm.js',
  'pyodide.asm.wasm',
  'python_stdlib.zip',
  'pyodide-lock.json',
];
/** What onnxruntime-web loads by itself: the plain build for WASM, the other for WebGPU. */
const RUNTIME_FILES = {
  wasm: ['ort-wasm-simd-threaded.js', 'ort-wasm-simd-threaded.wasm'],
  webgpu: ['ort-wasm-simd-threaded.asyncify.js', 'ort-wasm-simd-threaded.asyncify.wasm'],
} as const;

export interface Site {
  readonly base: string;
  /** Folder of the site's model; null where the model is the visitor's. */
  readonly model: string | null;
  readonly device: keyof typeof RUNTIME_FILES;
}

/** Files that are read here by name; the others only warm the browser's cache. */
export type Files = ReadonlyMap<string, Uint8Array>;

export interface Wanted {
  readonly part: DownloadPart;
  readonly path: string;
  readonly name: string | null;
}

/** Every file, in the order asked for. */
export function wanted({ model, device }: Omit<Site, 'base'>): readonly Wanted[] {
  const tasks = model === null ? EASY_TASKS : TASK_FILE;
  return [
    ...(model === null ? [] : MODEL_FILES).map((name) => ({
      part: 'model' as const,
      path: `${model}${name}`,
      name,
    })),
    ...RUNTIME_FILES[device].map((file) => ({ part: 'runtime' as const, path: `ort/${file}`, name: null })),
    ...PYTHON_FILES.map((file) => ({ part: 'python' as const, path: `pyodide/${file}`, name: null })),
    { part: 'tasks', path: tasks, name: tasks },
  ];
}

/** Least milliseconds between two reports. */
const REPORT_EVERY = 60;

/**
 * @param onPart told of each part whose files have all come, so that it may be put to
 * use while others still come
 * @throws SiteDownloadError for the first file that does not come; the other downloads are called off then
 */
export async function downloadSite(
  site: Site,
  report: (parts: readonly Download[]) => void,
  onPart: (part: DownloadPart) => void = () => undefined,
): Promise<Files> {
  const files = wanted(site).map((file) => ({ ...file, loaded: 0, total: null as number | null }));
  const left = new Set(files);
  let reported = 0;
  const tell = (final = false): void => {
    const now = performance.now();
    if (!final && now - reported < REPORT_EVERY) return;
    reported = now;
    report(byPart(files));
  };
  const stop = new AbortController();
  const contents = new Map<string, Uint8Array>();
  try {
    await Promise.all(
      files.map(async (file) => {
        const onBytes = (loaded: number, total: number | null) => {
          file.loaded = loaded;
          file.total = total;
          tell();
        };
        const bytes = await downloadCounted(
          new URL(file.path, site.base).href,
          onBytes,
          file.name !== null,
          stop.signal,
        );
        if (file.name !== null) contents.set(file.name, bytes);
        left.delete(file);
        if (![...left].some(({ part }) => part === file.part)) onPart(file.part);
      }),
    );
  } catch (error) {
    stop.abort();
    throw error;
  }
  tell(true);
  return contents;
}

function byPart(files: readonly { part: DownloadPart; loaded: number; total: number | null }[]): Download[] {
  const parts = [...new Set(files.map(({ part }) => part))];
  return parts.map((part) => {
    const own = files.filter((file) => file.part === part);
    const known = own.every(({ total }) => total !== null);
    return {
      part,
      loaded: own.reduce((sum, { loaded }) => sum + loaded, 0),
      total: known ? own.reduce((sum, { total }) => sum + (total ?? 0), 0) : null,
    };
  });
}
