/**
 * Measures the most memory that a training run takes, beside what was predicted before it loaded. Each
 * setting is a run of the command line in a process of its own, or of the built page in Chromium. A run takes
 * minutes. The settings of a real model are measured only where its file is. `--repeat` does not apply.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { realModelCache, SMOLLM2_FILE } from '../scripts/smollm2-path.ts';
import { measurePage } from './memory-page.ts';
import { randomModel } from './random-model.ts';

/** Evaluations as small as they may be: they are not what is measured. */
const QUIET = {
  'eval.baseline': false,
  'eval.every': 0,
  'eval.tasks': 1,
  'eval.samples': 1,
  'eval.k': 1,
  'eval.alignmentRecords': 0,
  'eval.reasoningTasks': 0,
  'eval.testOutputTasks': 0,
};

/** Later ones take no more than a second but for other lengths. */
const STEPS = 2;

export interface Setting {
  readonly name: string;
  /** `page`: the built page in Chromium on WASM. */
  readonly device: 'wasm' | 'native' | 'page';
  /**
   * The model's file, where it is at hand, or one made here with random weights in
   * the sizes of another. Absent: nano.
   */
  readonly model?: 'real' | 'random';
  readonly preset?: 'rlvr' | 'coderl-plus';
  readonly steps?: number;
  readonly adapterLayers?: number | 'all';
  readonly set?: Readonly<Record<string, string | number | boolean>>;
}

const FEW = { 'code.prompts': 4 };
const LONG = { 'code.prompts': 4, 'code.maxNewTokens': 96 };

/** One step of a real model: its second would be another few minutes. */
const real = { model: 'real', steps: 1 } as const;
/**
 * Random weights pass no test, and their entropy is nearly the most there is: it
 * takes a strong entropy term to make an update.
 */
const random = {
  model: 'random',
  steps: 1,
  set: {
    'code.prompts': 2,
    'code.groupSize': 2,
    'code.maxNewTokens': 16,
    'kl.coefficient': 0.01,
    'entropy.coefficient': 50,
    'loss.constantGroups': 'keep',
  },
} as const;

export const SETTINGS: readonly Setting[] = [
  { name: 'nano rlvr', device: 'wasm', preset: 'rlvr' },
  { name: 'nano coderl-plus', device: 'wasm', preset: 'coderl-plus' },
  { name: 'nano rlvr', device: 'page', preset: 'rlvr' },
  { name: 'nano rlvr', device: 'native', preset: 'rlvr' },
  { name: 'nano coderl-plus', device: 'native', preset: 'coderl-plus' },
  {
    name: 'nano coderl-plus, cap 1100',
    device: 'native',
    preset: 'coderl-plus',
    set: { 'memory.capMiB': 1100 },
  },
  { ...real, name: 'real, 4 x 4 x 32', device: 'wasm', set: FEW },
  { ...real, name: 'real, defaults (8 x 4 x 32)', device: 'native' },
  { ...real, name: 'real, 4 x 4 x 32', device: 'native', set: FEW },
  { ...real, name: 'real, 4 x 4 x 96', device: 'native', set: LONG },
  {
    ...real,
    name: 'real, 15 x 4 x 40',
    device: 'native',
    // In its first step rollouts come before the graphs of the update; only from the
    // second on do both count at once.
    steps: 2,
    set: { 'code.prompts': 15, 'code.maxNewTokens': 40 },
  },
  {
    ...real,
    name: 'real, 4 x 4 x 32, all layers, rank 32',
    device: 'native',
    adapterLayers: 'all',
    set: { ...FEW, 'adapter.rank': 32 },
  },
  { ...real, name: 'real, defaults, cap 2000', device: 'native', set: { 'memory.capMiB': 2000 } },
  { ...random, name: 'random in the sizes of Qwen2.5-Coder-0.5B', device: 'native' },
];

export interface Measured {
  /** MiB */
  readonly predicted: number;
  /** MiB, the most at once of the whole process. */
  readonly peak: number;
}

export function argumentsOf(
  { device, preset = 'rlvr', steps = STEPS, adapterLayers, set = {} }: Setting,
  model: string | undefined,
): string[] {
  return [
    ...[
      'run',
      '--preset',
      preset,
      '--steps',
      String(steps),
      '--seed',
      '1',
      '--device',
      device,
      '--threads',
      '1',
    ],
    ...(model === undefined ? [] : ['--model', model, '--tasks', 'easy']),
    ...(adapterLayers === undefined ? [] : ['--adapter-layers', String(adapterLayers)]),
    ...Object.entries({ ...QUIET, ...set }).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
  ];
}

/** A run of the command line in a process of its own. */
export function measure(argv: readonly string[]): Promise<Measured> {
  const script = join(import.meta.dirname, 'memory-child.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...argv], {
    cwd: join(import.meta.dirname, '..'),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(out.trim().split('\n').at(-1)!) as Measured);
      else reject(new Error(`${argv.join(' ')} ended with ${code}: ${err.slice(-2000)}`));
    });
  });
}

const labelOf = ({ name, device }: Setting): string => `${name}, ${device}`;

/** @throws RangeError when none has this in its name */
function settingsWith(text = ''): readonly Setting[] {
  const chosen = SETTINGS.filter((setting) => labelOf(setting).includes(text));
  if (chosen.length === 0) {
    throw new RangeError(
      `No setting has "${text}" in its name; there are\n  ${SETTINGS.map(labelOf).join('\n  ')}`,
    );
  }
  return chosen;
}

const modelOf = ({ model }: Setting, real: string | undefined): Promise<string | undefined> =>
  model === 'random'
    ? randomModel(realModelCache(), 'qwen2.5-0.5b')
    : Promise.resolve(model === 'real' ? real : undefined);

export async function benchMemory(
  progress: (line: string) => void,
  { model, filter }: { readonly model?: string; readonly filter?: string } = {},
): Promise<Record<string, readonly number[]>> {
  const cached = join(realModelCache(), SMOLLM2_FILE);
  const path = model ?? (existsSync(cached) ? cached : undefined);
  if (path === undefined) progress('memory: no real model (--model FILE)');
  const samples: Record<string, number[]> = {};
  for (const setting of settingsWith(filter)) {
    const label = labelOf(setting);
    if (setting.model === 'real' && path === undefined) continue;
    const { predicted, peak } = await (setting.device === 'page'
      ? measurePage(setting.preset ?? 'rlvr', STEPS, { ...QUIET, ...setting.set })
      : measure(argumentsOf(setting, await modelOf(setting, path))));
    progress(`${label}: predicted ${predicted} MiB, measured ${peak} MiB`);
    samples[`${label}: predicted MiB`] = [predicted];
    samples[`${label}: measured MiB`] = [peak];
    samples[`${label}: predicted / measured`] = [predicted / peak];
  }
  return samples;
}
