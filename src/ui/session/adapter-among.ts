/**
 * Whether files that were brought together are an adapter as PEFT saves it. Told by their names; brought.ts
 * reads them.
 */
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS } from '../../policy/lora/read-adapter.ts';

export interface AdapterFiles {
  readonly file: File;
  /** For people. */
  readonly name: string;
  readonly config?: File;
}

/** Null where there is no adapter among them. @param folder they lay in */
export function adapterAmong(files: readonly File[], folder?: string): AdapterFiles | null {
  const config = files.find(({ name }) => name === ADAPTER_CONFIG);
  const weights = files.filter(({ name }) => name.endsWith('.safetensors'));
  const file = weights.find(({ name }) => name === ADAPTER_WEIGHTS) ?? (config && weights[0]);
  return file ? { file, name: folder ?? file.name, ...(config && { config }) } : null;
}
