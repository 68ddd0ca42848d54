/**
 * The decoding of work.ts in llama.cpp, natively, through node-llama-cpp and its prebuilt libraries for this
 * processor. Nothing of it is typed here but what is used.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Sequence {
  evaluate(
    tokens: readonly number[],
    options: { readonly temperature: number; readonly seed: number; readonly yieldEogToken: boolean },
  ): AsyncIterable<number>;
  clearHistory(): Promise<void>;
}
interface Context {
  getSequence(): Sequence;
}
interface Model {
  tokenize(text: string): number[];
  createContext(options: {
    readonly sequences: number;
    readonly contextSize: number;
    readonly threads: number;
  }): Promise<Context>;
}
interface Llama {
  loadModel(options: { readonly modelPath: string }): Promise<Model>;
  dispose(): Promise<void>;
}
interface NodeLlamaCpp {
  getLlama(options: {
    readonly gpu: false;
    readonly build: 'never';
    readonly maxThreads: number;
    readonly logLevel: 'error';
  }): Promise<Llama>;
}

export interface LlamaCpp {
  /** Seconds, and tokens written. */
  decode(
    rows: number,
    prompt: string,
    tokens: number,
  ): Promise<{ readonly seconds: number; readonly tokens: number }>;
  close(): Promise<void>;
}

/**
 * @param modules the folder that node-llama-cpp is installed in
 * @param most rows at once
 * @throws what it says where there is no library for this machine
 */
export async function openLlamaCpp(
  modules: string,
  modelPath: string,
  threads: number,
  most: number,
): Promise<LlamaCpp> {
  const address = pathToFileURL(join(modules, 'node-llama-cpp/dist/index.js')).href;
  const { getLlama } = (await import(address)) as NodeLlamaCpp;
  const llama = await getLlama({ gpu: false, build: 'never', maxThreads: threads, logLevel: 'error' });
  const model = await llama.loadModel({ modelPath });
  const context = await model.createContext({ sequences: most, contextSize: 256, threads });
  const sequences = Array.from({ length: most }, () => context.getSequence());
  return {
    async decode(rows, prompt, tokens) {
      const ids = model.tokenize(prompt);
      const begun = performance.now();
      const counts = await Promise.all(
        sequences.slice(0, rows).map(async (sequence, seed) => {
          let written = 0;
          for await (const _token of sequence.evaluate(ids, { temperature: 1, seed, yieldEogToken: true }))
            if (++written === tokens) break;
          return written;
        }),
      );
      const seconds = (performance.now() - begun) / 1000;
      for (const sequence of sequences) await sequence.clearHistory();
      return { seconds, tokens: counts.reduce((sum, count) => sum + count, 0) };
    },
    close: () => llama.dispose(),
  };
}
