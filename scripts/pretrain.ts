/**
 * `npm run pretrain`: trains nano on the corpus of `npm run corpus` with src/tensor's own
 * gradients: from scratch, and then, in a last stage, from that model to the one that
 * ships (recipe.ts). Seeded; stops and resumes at any checkpoint. Usage: pretrain [--stage
 * first|last|computed [--from DIR] [--steps N] [--corpus DIR] [--checkpoint FILE] [--out DIR]]
 */
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pretrainGraph } from '../src/policy/graphs/pretrain.ts';
import { nextName } from '../src/policy/graphs/optimizer.ts';
import { spreadOverRows } from '../src/policy/lora/packing.ts';
import { loadTokenizer } from '../src/policy/tokenizer/tokenizer.ts';
import { createRandom } from '../src/base/random.ts';
import { adamScalarValues } from '../src/tensor/training/optimizer.ts';
import type { Program, Runtime } from '../src/tensor/runtime/runtime.ts';
import {
  initialState,
  loadCheckpoint,
  saveCheckpoint,
  stateOfModel,
  type TrainingState,
} from './pretrain/checkpoint.ts';
import { Dealer, readCorpus } from './pretrain/documents.ts';
import { asStored, exportModel } from './pretrain/export.ts';
import { openNativeRuntime } from '../src/cli/native.ts';
import {
  ARCHITECTURE,
  COMPUTED_STAGE,
  FIRST_STAGE,
  LAST_STAGE,
  learningRateAt,
  type Recipe,
} from './pretrain/recipe.ts';

const { values: options } = parseArgs({
  options: {
    stage: { type: 'string' },
    from: { type: 'string' },
    steps: { type: 'string' },
    corpus: { type: 'string' },
    checkpoint: { type: 'string' },
    out: { type: 'string' },
    'save-every': { type: 'string', default: '250' },
    threads: { type: 'string' },
    'max-minutes': { type: 'string', default: '100000' },
  },
});

const FIRST_MODEL = '.cache/pretrain/nano-first';
const STAGES = {
  first: { recipe: FIRST_STAGE, from: undefined, corpus: '.cache/corpus', out: FIRST_MODEL },
  last: { recipe: LAST_STAGE, from: FIRST_MODEL, corpus: '.cache/corpus-last', out: 'public/models/nano' },
  // Of an experiment (docs/experiments.md, E2); no part of what ships.
  computed: {
    recipe: COMPUTED_STAGE,
    from: 'public/models/nano',
    corpus: '.cache/corpus-computed',
    out: '.cache/pretrain/nano-2',
  },
} as const;
type StageName = keyof typeof STAGES;
const isStage = (name: string): name is StageName => Object.hasOwn(STAGES, name);

const readJson = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));
const TOKENIZER = 'public/models/nano';
const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json'] as const;
const tokenizer = loadTokenizer(
  await readJson(join(TOKENIZER, TOKENIZER_FILES[0])),
  await readJson(join(TOKENIZER, TOKENIZER_FILES[1])),
);
// A multiple of 64 keeps the matrix units full; the spare rows are never sampled because they are never seen.
const architecture = { ...ARCHITECTURE, vocabSize: Math.ceil(tokenizer.vocabSize / 64) * 64 };
const deadline = performance.now() + Number(options['max-minutes']) * 60_000;

/** @returns whether it came to its end, or time ran out before */
async function trainStage(name: StageName, runtime: Runtime): Promise<boolean> {
  const stage = STAGES[name];
  const { from = stage.from, corpus: folder = stage.corpus, out = stage.out } = options;
  const { checkpoint = `.cache/pretrain/${name}.safetensors` } = options;
  const recipe: Recipe = { ...stage.recipe, steps: Number(options.steps ?? stage.recipe.steps) };
  const corpus = await readCorpus(folder, tokenizer, recipe.sequenceLength);
  console.log(`${name} stage`);
  for (const [kind, documents] of corpus) {
    const tokens = documents.reduce((sum, { length }) => sum + length, 0);
    console.log(`${kind}: ${documents.length} documents, ${tokens} tokens`);
  }
  await mkdir(dirname(checkpoint), { recursive: true });
  const root = createRandom(recipe.seed);
  const state =
    (await loadCheckpoint(checkpoint)) ??
    (from === undefined
      ? initialState(architecture, root.fork('weights'))
      : await stateOfModel(from, architecture));
  const dealer = new Dealer(corpus, recipe, root.fork('documents'));
  // The order of documents is a function of the seed and the step: deal again what
  // was dealt before the checkpoint.
  for (let t = 1; t <= state.step; t++) dealer.deal(t);
  const program = await runtime.compile(pretrainGraph(architecture, recipe.rows, recipe.sequenceLength));

  const start = performance.now();
  const recent: number[] = [];
  while (state.step < recipe.steps && performance.now() < deadline) {
    const t = state.step + 1;
    const { loss, norm } = await trainStep(program, recipe, dealer, state, t);
    if (!Number.isFinite(loss))
      throw new Error(`the loss is ${loss} at step ${t}; the last checkpoint is kept`);
    state.step = t;
    recent.push(loss);
    if (recent.length > 50) recent.shift();
    if (t % 25 === 0) {
      const mean = recent.reduce((sum, value) => sum + value, 0) / recent.length;
      const seconds = (performance.now() - start) / 1000;
      console.log(
        `step ${t} loss ${mean.toFixed(4)} norm ${norm.toFixed(2)} ${seconds.toFixed(0)} s ${JSON.stringify(dealer.counts)}`,
      );
    }
    if (t % Number(options['save-every']) === 0) await saveCheckpoint(checkpoint, state);
  }
  await saveCheckpoint(checkpoint, state);
  const bytes = await exportModel(out, architecture, state);
  for (const name of TOKENIZER_FILES)
    if (resolve(out) !== resolve(TOKENIZER)) await copyFile(join(TOKENIZER, name), join(out, name));
  console.log(`step ${state.step}; ${out}/model.safetensors, ${bytes} bytes`);
  return state.step >= recipe.steps;
}

/** Changes the state's tensors; a loss that is no number is left to the caller. */
async function trainStep(
  program: Program,
  recipe: Recipe,
  dealer: Dealer,
  state: TrainingState,
  t: number,
): Promise<{ readonly loss: number; readonly norm: number }> {
  const { batch, documents } = dealer.deal(t);
  const supervised = batch.placements.reduce(
    (sum, { sequence }) => sum + documents[sequence]!.completion.length,
    0,
  );
  const weights = spreadOverRows(batch, (i) =>
    new Float32Array(documents[i]!.completion.length).fill(1 / supervised),
  );
  // Straight-through estimator: the gradient at the stored weights moves the exact ones.
  const seen = t > recipe.steps * (1 - recipe.quantisedShare) ? asStored(architecture, state) : undefined;
  const outputs = await program.run({
    ids: batch.ids,
    positions: batch.positions,
    segments: batch.segments,
    prompts: batch.prompts,
    targets: batch.targets,
    weights,
    ...Object.fromEntries(state.tensors),
    ...(seen && Object.fromEntries(seen)),
    ...adamScalarValues(t, { ...recipe, learningRate: learningRateAt(recipe, t) }),
  });
  for (const name of state.tensors.keys()) {
    const next = (await outputs[nextName(name)]!.download()) as Float32Array;
    const [exact, stored] = [state.tensors.get(name)!, seen?.get(name)];
    state.tensors.set(name, stored ? exact.map((value, i) => value + next[i]! - stored[i]!) : next);
  }
  const loss = Number((await outputs['loss']!.download())[0]);
  const norm = Number((await outputs['gradNorm']!.download())[0]);
  for (const tensor of Object.values(outputs)) tensor.dispose();
  return { loss, norm };
}

const { stage } = options;
if (stage !== undefined && !isStage(stage))
  throw new Error(`--stage ${stage}: there are first, last and computed`);
const { from, steps, corpus, checkpoint, out } = options;
if (stage === undefined && [from, steps, corpus, checkpoint, out].some((given) => given !== undefined))
  throw new Error('--from, --steps, --corpus, --checkpoint and --out are of one stage: give --stage, too');
const runtime = openNativeRuntime(options.threads === undefined ? undefined : Number(options.threads));
for (const name of stage === undefined ? (['first', 'last'] as const) : [stage]) {
  if (!(await trainStage(name, runtime))) break;
}
process.exit(0);
