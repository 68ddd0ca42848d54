/**
 * Opens a model of the visitor's in the learner's worker: from files of this machine, or from the Hub through
 * the browser's private file system, where a download resumes and stays. No weight is read here. What the
 * model would take is said before, by src/ui/session/models.
 */
import { partNames } from '../policy/gguf/parts.ts';
import { openGgufModel, openModel, type OpenedModel } from '../policy/sources/open-model.ts';
import { blobSource } from '../policy/files/range-source.ts';
import { ProblemError } from './errors.ts';
import { openModelCache } from './model-cache.ts';
import type { Download, OwnModel } from './protocol.ts';

/** Least milliseconds between two reports. */
const REPORT_EVERY = 60;

/** @throws PolicyError and TokenizerError with advice */
export function openOwnModel(own: OwnModel, onBytes: (part: Download) => void): Promise<OpenedModel> {
  return own.kind === 'files' ? openFiles(own.name, own.files) : openFromHub(own, onBytes);
}

/** Files of this machine. @throws PolicyError, TokenizerError, ProblemError */
export function openFiles(name: string, files: readonly File[]): Promise<OpenedModel> {
  const byName = new Map(files.map((file) => [file.name, file]));
  const gguf = files.find((file) => file.name.endsWith('.gguf'));
  if (gguf) {
    const parts = partNames(gguf.name).flatMap((part) => byName.get(part) ?? []);
    return openGgufModel(...parts.map((part) => blobSource(part, part.name)));
  }
  return openModel({
    name,
    has: (file) => Promise.resolve(byName.has(file)),
    open(file) {
      const found = byName.get(file);
      if (found) return Promise.resolve(blobSource(found, file));
      return Promise.reject(new ProblemError('ModelAccessError', { code: 'incomplete-folder', name, file }));
    },
  });
}

/** A model that is there whole is opened without a connection. */
async function openFromHub(
  own: OwnModel & { readonly kind: 'hub' },
  onBytes: (part: Download) => void,
): Promise<OpenedModel> {
  // Its client is large and of no use to a visitor of the site's own model.
  const { describeHubModel, openCachedModel, openHubModel } = await import('../policy/sources/hub.ts');
  const cache = await openModelCache();
  const { kind: _, ...request } = own;
  const cached = await openCachedModel(request, cache);
  if (cached !== null) return cached;
  const model = await describeHubModel(request);
  const loaded = new Map<string, number>();
  let reported = 0;
  return openHubModel(request, model, cache, {
    onProgress({ path, bytes }) {
      loaded.set(path, bytes);
      const sum = [...loaded.values()].reduce((a, b) => a + b, 0);
      const now = performance.now();
      if (sum < model.bytes && now - reported < REPORT_EVERY) return;
      reported = now;
      onBytes({ part: 'model', loaded: sum, total: model.bytes });
    },
  });
}
