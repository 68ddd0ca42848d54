/**
 * How the site is built and served in development. Tests have vitest.config.ts, which
 * takes the shared part from here.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { createLogger, defaultClientConditions, defineConfig, type UserConfig } from 'vite';
import { siteAssets } from './scripts/site-assets.ts';

export const shared = {
  resolve: {
    // onnxruntime-web without its wasm loader inlined: the loader and the wasm come
    // from `<base>ort/` (env.wasm.wasmPaths), so that thread workers start from their
    // own small file instead of the whole learner.
    conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions],
  },
  // Both find their files by address and break when pre-bundled.
  optimizeDeps: { exclude: ['pyodide', 'onnxruntime-web'] },
} satisfies UserConfig;

/**
 * Vite's messages (under test only its warnings), without the ones about Node modules
 * that pyodide imports only when it runs in Node.
 */
function logger(): ReturnType<typeof createLogger> {
  const own = createLogger(process.env['VITEST'] === undefined ? 'info' : 'warn');
  const aboutPyodide = (text: string): boolean =>
    text.includes('externalized for browser compatibility') && text.includes('pyodide');
  return {
    ...own,
    warn: (text, options) => (aboutPyodide(text) ? undefined : own.warn(text, options)),
    warnOnce: (text, options) => (aboutPyodide(text) ? undefined : own.warnOnce(text, options)),
  };
}

/** Bundling workers takes most of the build, and that is no news to report. */
const checks = { pluginTimings: false };

/** `assets/words-zh-learn-HASH.js` for a part of a catalogue. */
function nameOfChunk(file: string | null): string {
  const [, language, part] = /\/strings\/([a-z]+)\/([\w-]+)\.ts$/.exec(file ?? '') ?? [];
  return part === undefined ? 'assets/[name]-[hash].js' : `assets/words-${language}-${part}-[hash].js`;
}

export default defineConfig({
  ...shared,
  // Relative, so that the built folder works under any address.
  base: './',
  customLogger: logger(),
  plugins: [svelte(), siteAssets()],
  worker: {
    format: 'es',
    // The Python worker's file keeps its name: the server knows by it whom to send the stricter policy.
    rolldownOptions: { output: { entryFileNames: 'assets/[name]-[hash].js' }, checks },
  },
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 1500,
    // The words of each language are known by their files' names: tests look which ones are fetched.
    rolldownOptions: {
      checks,
      output: { chunkFileNames: ({ facadeModuleId }) => nameOfChunk(facadeModuleId) },
    },
  },
});
