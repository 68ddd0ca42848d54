/**
 * `export --format hf`: nano, or another model from a folder, as a folder that
 * transformers loads, with an adapter merged or without.
 */
import { resolve } from 'node:path';
import { readWeights } from '../policy/files/read-weights.ts';
import { writeSafetensors } from '../policy/files/safetensors.ts';
import { checkpointTensors, completeConfig, completeTokenizer } from '../policy/files/write-model.ts';
import { fitAdapter } from '../policy/lora/fit-adapter.ts';
import { readAdapterFile } from './adapter-file.ts';
import { UsageError } from './errors.ts';
import { readFileText } from './files.ts';
import { NANO, openModelAt } from './models.ts';

/** Files by name. @throws UsageError, PolicyError */
export async function modelFiles(
  path: string | undefined,
  adapterPath: string | undefined,
  progress: (line: string) => void,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const folder = path ?? NANO;
  const file = adapterPath === undefined ? undefined : await readAdapterFile(adapterPath);
  const json = async (name: string) =>
    JSON.parse(await readFileText(resolve(folder, name))) as Record<string, unknown>;
  const model = await openModelAt(path, progress, signal);
  if (model.format !== 'safetensors') throw new UsageError(`${folder}: only a folder is written as a folder`);
  const { architecture } = model;
  const weights = await readWeights(model.checkpoint, architecture, 'fp32');
  const settings = file && { rank: file.rank, alpha: file.alpha };
  const adapter = file && settings && { settings, snapshot: fitAdapter(file, architecture, settings) };
  const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  const config = completeConfig(await json('config.json'), model.tokenizer);
  return new Map<string, string | Uint8Array>([
    ['config.json', text(config)],
    [
      'generation_config.json',
      text({ bos_token_id: config['bos_token_id'], eos_token_id: config['eos_token_id'] }),
    ],
    ['tokenizer.json', text(completeTokenizer(await json('tokenizer.json')))],
    ['tokenizer_config.json', text(await json('tokenizer_config.json'))],
    ['model.safetensors', writeSafetensors(checkpointTensors(weights, adapter), { format: 'pt' })],
  ]);
}
