/**
 * Vectors for test/policy/gguf/families.test.ts and test/cli/export-model.test.ts: what llama.cpp
 * computes of the GGUF files that are written of each family's tiny checkpoint, and of nano. Run
 * from the repository root with the folder in which node-llama-cpp (llama.cpp's prebuilt library
 * for Node) is installed: `npx tsx scripts/vectors/llama_cpp.ts FOLDER`. Floats throughout: its
 * cache of keys and values is of 16 bits unless asked otherwise. Not part of the tests' run.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ggufFiles } from '../../src/cli/export-model.ts';
import { FAMILIES } from '../../src/policy/families/families.ts';
import { wholeOf } from '../../src/policy/files/streamed-file.ts';
import { familyFile } from '../../test/policy/gguf/family-files.ts';

const TEXTS = [
  [5, 9, 1, 30, 22, 7],
  [3, 3, 3, 40, 2],
  [46, 2, 31, 8, 17, 40, 11, 12, 35, 6, 21, 14],
];

interface NextToken {
  readonly next: { readonly probabilities: ReadonlyMap<number, number> };
}
interface Sequence {
  clearHistory(): Promise<void>;
  controlledEvaluate(
    input: readonly (readonly [number, { readonly generateNext: { readonly probabilities: true } }])[],
  ): Promise<readonly NextToken[]>;
}
interface Context {
  getSequence(): Sequence;
}
interface LlamaModel {
  createContext(options: object): Promise<Context>;
  dispose(): Promise<void>;
}
interface NodeLlamaCpp {
  getLlama(options: object): Promise<{
    readonly llamaCppRelease: { readonly release: string };
    loadModel(options: object): Promise<LlamaModel>;
    dispose(): Promise<void>;
  }>;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('which folder is node-llama-cpp installed in?');
const entry = createRequire(join(resolve(folder), 'package.json')).resolve('node-llama-cpp');
const { getLlama } = (await import(pathToFileURL(entry).href)) as NodeLlamaCpp;
const llama = await getLlama({ gpu: false, build: 'never', maxThreads: 1 });

async function logProbs(path: string, texts: readonly (readonly number[])[]): Promise<number[][]> {
  const model = await llama.loadModel({ modelPath: path, useMmap: false });
  const context = await model.createContext({
    contextSize: 256,
    flashAttention: false,
    experimentalKvCacheKeyType: 'F32',
    experimentalKvCacheValueType: 'F32',
  });
  const sequence = context.getSequence();
  const found: number[][] = [];
  for (const ids of texts) {
    await sequence.clearHistory();
    const next = await sequence.controlledEvaluate(
      ids.map((id) => [id, { generateNext: { probabilities: true } }] as const),
    );
    found.push(ids.slice(1).map((id, i) => Math.log(next[i]!.next.probabilities.get(id)!)));
  }
  await model.dispose();
  return found.map((row) => row.map((value) => Number(value.toFixed(6))));
}

const place = await mkdtemp(join(tmpdir(), 'llama-cpp-'));
async function asked(bytes: Uint8Array, texts: readonly (readonly number[])[]): Promise<object> {
  const path = join(place, 'model.gguf');
  await writeFile(path, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { sha256, logProbs: await logProbs(path, texts) };
}

const families: Record<string, object> = {};
for (const { modelType } of FAMILIES) {
  families[modelType] = await asked((await familyFile(modelType)).bytes, TEXTS);
  process.stderr.write(`${modelType}\n`);
}
const [nanoFile] = await ggufFiles({ model: undefined, progress: () => undefined }, 'F32');
const ofTransformers = JSON.parse(await readFile('test/policy/vectors/nano-hf.json', 'utf8')) as {
  readonly texts: readonly { readonly ids: readonly number[] }[];
};
const nano = await asked(
  await wholeOf(nanoFile!),
  ofTransformers.texts.map(({ ids }) => ids),
);
await rm(place, { recursive: true });
const { release } = llama.llamaCppRelease;
const vectors = { release, texts: TEXTS, families, nano };
await writeFile('test/policy/vectors/llama-cpp.json', `${JSON.stringify(vectors)}\n`);
await llama.dispose();
