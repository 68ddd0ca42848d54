// Entry of a worker thread in Node: lets Node read TypeScript, then starts the worker. Plain JavaScript, because a
// thread's entry file is loaded before any loader can be registered.
import { register } from 'tsx/esm/api';

register();
await import('./worker-node.ts');
