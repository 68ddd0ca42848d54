/**
 * A worker thread's port in the shape that comlink talks through (`addEventListener`
 * and events with `data`). Node only.
 */
import type { Endpoint } from 'comlink';
import type { MessagePort, Worker } from 'node:worker_threads';

type Listener = EventListenerOrEventListenerObject;

export function nodeEndpoint(port: MessagePort | Worker): Endpoint {
  const wrapped = new Map<Listener, (data: unknown) => void>();
  return {
    postMessage: (message: unknown, transfer?: Transferable[]) =>
      port.postMessage(message, transfer as never),
    addEventListener(_type: string, listener: Listener) {
      const forward = (data: unknown) => {
        const event = { data } as MessageEvent;
        if (typeof listener === 'function') listener(event);
        else listener.handleEvent(event);
      };
      wrapped.set(listener, forward);
      port.on('message', forward);
    },
    removeEventListener(_type: string, listener: Listener) {
      const forward = wrapped.get(listener);
      if (!forward) return;
      port.off('message', forward);
      wrapped.delete(listener);
    },
  };
}
