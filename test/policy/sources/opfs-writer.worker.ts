/** Writes into the browser's file system as the learner's worker does, and says what became of it. */
import { opfsFolder } from '../../../src/policy/sources/opfs-folder.ts';

self.onmessage = async ({ data }: MessageEvent<readonly [string, number, Uint8Array<ArrayBuffer>][]>) => {
  const handles = FileSystemFileHandle.prototype;
  // What would copy the file once for each piece.
  handles.createWritable = () => Promise.reject(new Error('a worker needs no stream for a piece'));
  try {
    const folder = opfsFolder(await navigator.storage.getDirectory());
    for (const [name, at, bytes] of data) await folder.write(name, at, bytes);
    self.postMessage(null);
  } catch (error) {
    self.postMessage((error as Error).message);
  }
};
