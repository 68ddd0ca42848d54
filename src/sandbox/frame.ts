/**
 * The boundary for sites that send no headers: a frame without an origin (`sandbox="allow-scripts"`)
 * whose document carries the policy, and the Python workers inside it. A worker made from a blob
 * inherits the policy of the document that made it, and has that document's opaque origin: no
 * storage, no cookies, nothing of the page's. The frame runs no Python itself.
 */
import { SandboxStartError } from './errors.ts';
import { framePolicy } from './policy.ts';
import type { WorkerHandle } from './interpreter-worker.ts';

/**
 * What the frame needs, as it cannot fetch: texts of the worker and of pyodide.asm.js, and Python's files.
 */
export interface FrameContents {
  readonly worker: string;
  readonly script: string;
  readonly wasm: ArrayBuffer;
  readonly stdlib: ArrayBuffer;
  readonly lock: string;
}

/** Sent to a frame's port: start a worker that talks through `port`, or end one. */
export type FrameRequest =
  { readonly spawn: number; readonly port: MessagePort } | { readonly terminate: number };

/** Comes from a frame's port: a worker failed. */
export interface FrameReport {
  readonly ended: number;
  readonly reason: string;
}

/**
 * The frame's script. It compiles Python once and hands the module to each worker. Chromium loads no module
 * worker from a blob of an opaque origin, but a classic one, which may import the module; it keeps the first
 * message until that is there. The page's own policy, which the frame inherits, knows it by its hash
 * (scripts/page-policy.ts).
 */
export const frameScript = `
addEventListener('message', async ({ data, source }) => {
  if (source !== parent) return;
  const address = (text) => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  const { port, contents } = data;
  const worker = address(
    'onmessage = ({ data }) => { onmessage = null; import("' + address(contents.worker) + '")' +
    '.then(() => dispatchEvent(new MessageEvent("message", { data }))); };' +
    'onunhandledrejection = ({ reason }) => { throw reason; };'
  );
  const { stdlib, lock } = contents;
  const workers = new Map();
  try {
    const files = { script: address(contents.script), wasm: await WebAssembly.compile(contents.wasm), stdlib, lock };
    port.onmessage = ({ data: request }) => {
      if ('terminate' in request) {
        workers.get(request.terminate)?.terminate();
        workers.delete(request.terminate);
        return;
      }
      const id = request.spawn;
      const python = new Worker(worker, { name: 'python' });
      workers.set(id, python);
      python.onerror = (event) => port.postMessage({ ended: id, reason: event.message || 'the worker script failed' });
      python.postMessage({ port: request.port, files }, [request.port]);
    };
    port.postMessage('ready');
  } catch (error) {
    port.postMessage({ failed: String(error) });
  }
}, { once: true });
`;

const startsWithin = 60_000;

/**
 * Adds the hidden frame to the page and resolves with the port that `spawnInFrame`
 * takes, once the frame is ready. The frame lives as long as the page.
 * @throws SandboxStartError
 */
export async function openFrame(contents: FrameContents): Promise<MessagePort> {
  const nonce = crypto.randomUUID();
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.hidden = true;
  frame.title = 'Python';
  frame.srcdoc = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${framePolicy(nonce)}"><script nonce="${nonce}">${frameScript}</script>`;
  const loaded = new Promise<void>((resolve) => {
    frame.addEventListener('load', () => resolve(), { once: true });
  });
  document.body.append(frame);
  await loaded;
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise<unknown>((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(() => resolve({ failed: 'the frame did not answer' }), startsWithin);
  });
  // An opaque origin has no name to address: the frame was made here, and nothing else can be in it.
  frame.contentWindow?.postMessage({ port: port2, contents }, '*', [port2, contents.wasm, contents.stdlib]);
  const said = await answer;
  if (said !== 'ready') {
    frame.remove();
    throw new SandboxStartError(`the frame for Python failed: ${(said as { failed: string }).failed}`);
  }
  port1.onmessage = null;
  return port1;
}

let spawned = 0;

/** A worker inside the frame behind `frame`. */
export function spawnInFrame(frame: MessagePort): WorkerHandle {
  const id = ++spawned;
  const { port1, port2 } = new MessageChannel();
  const send = (request: FrameRequest, transfer: Transferable[] = []) => frame.postMessage(request, transfer);
  send({ spawn: id, port: port2 }, [port2]);
  const stop = new AbortController();
  return {
    endpoint: port1,
    onEnd(listener) {
      const report = ({ data }: MessageEvent<FrameReport>) => {
        if (data.ended === id) listener(data.reason);
      };
      frame.addEventListener('message', report, { signal: stop.signal });
      frame.start();
    },
    keepAlive() {},
    async terminate() {
      stop.abort();
      port1.close();
      send({ terminate: id });
    },
  };
}
