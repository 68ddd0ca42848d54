/** The adapter as it is now, in PEFT's layout and as GGUF, with its parity card (parity.ts). */
import { exportAdapter, type PeftFiles } from '../../policy/lora/peft.ts';
import type { AdapterSettings } from '../../policy/model/adapter.ts';
import type { Architecture } from '../../policy/model/architecture.ts';
import type { Policy } from '../../policy/types.ts';
import { parityCard, type ParityCard } from './parity.ts';

export interface AdapterExport {
  readonly files: PeftFiles;
  readonly parity: ParityCard;
}

/** Between runs or while paused: the policy must not change between the two. */
export const adapterExport = async (
  policy: Policy,
  architecture: Architecture,
  settings: AdapterSettings,
): Promise<AdapterExport> => ({
  files: exportAdapter(await policy.snapshot(), architecture, settings, policy.info),
  parity: await parityCard(policy),
});
