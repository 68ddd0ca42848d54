/** The decoding of work.ts in wllama (llama.cpp in WebAssembly), for a page. */
globalThis.openWllama = async (folder, threads, model, most) => {
  const { Wllama } = await import(/* @vite-ignore */ `${folder}esm/index.js`);
  const quiet = { debug() {}, log() {}, warn() {}, error: console.error };
  const wllama = new Wllama(
    { default: `${folder}esm/wasm/wllama.wasm` },
    { logger: quiet, suppressNativeLog: true },
  );
  await wllama.loadModel([model], {
    n_ctx: 256 * most,
    n_threads: threads,
    n_parallel: most,
    n_gpu_layers: 0,
  });
  return {
    label: `wllama, ${wllama.getNumThreads()} threads`,
    async decode(rows, prompt, tokens) {
      const begun = performance.now();
      const answers = await Promise.all(
        Array.from({ length: rows }, (_, seed) =>
          wllama.createCompletion({ prompt, max_tokens: tokens, temperature: 1, seed, cache_prompt: false }),
        ),
      );
      const written = answers.reduce((sum, { usage }) => sum + usage.completion_tokens, 0);
      return { seconds: (performance.now() - begun) / 1000, tokens: written };
    },
  };
};
