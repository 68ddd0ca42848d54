/** An adapter file, read and put on a model, as opening one does (src/policy/lora/open-adapter.ts). */
import { fitAdapter } from '../../src/policy/lora/fit-adapter.ts';
import { openPeft } from '../../src/policy/lora/read-adapter.ts';
import type { ModelIdentity } from '../../src/policy/lora/same-model.ts';
import type { AdapterSettings } from '../../src/policy/model/adapter.ts';
import type { Architecture } from '../../src/policy/model/architecture.ts';
import type { PolicySnapshot } from '../../src/policy/types.ts';

/** @param name of the file, for messages @param loaded the model that it is put on; absent: any */
export const importAdapter = (
  bytes: Uint8Array,
  architecture: Architecture,
  settings: AdapterSettings,
  name: string,
  loaded?: ModelIdentity,
): PolicySnapshot => fitAdapter(openPeft({ bytes, name }), architecture, settings, loaded);
