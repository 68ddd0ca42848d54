/** What `run` begins with beside its settings: a trained adapter, reward functions from a file. */
import type { ConfigOverrides } from '../learning/config.ts';
import type { OpenedAdapter } from '../policy/lora/read-adapter.ts';
import { readAdapterFile } from './adapter-file.ts';
import { readFileText } from './files.ts';

export interface RunStart {
  /** Settings that follow from it. */
  readonly layer: ConfigOverrides;
  /** Null: the model without an adapter. */
  readonly adapter: OpenedAdapter | null;
}

/** @throws UsageError when a file is missing or no adapter */
export async function readStart(from: string | undefined, reward: string | undefined): Promise<RunStart> {
  const adapter = from === undefined ? null : await readAdapterFile(from);
  return {
    layer: {
      ...(adapter && { 'adapter.rank': adapter.rank, 'adapter.alpha': adapter.alpha }),
      ...(reward !== undefined && { 'reward.functions': await readFileText(reward) }),
    },
    adapter,
  };
}
