/**
 * Writes what experiment E2 needs (computed.ts, docs/experiments.md): documents for a stage of pretraining,
 * and task files for reinforcement. Functions are apart: documents and train tasks have those of the part
 * `train`, the held-out tasks of the two files those of two other parts. It runs no Python.
 *
 *   npx tsx scripts/corpus/computed-corpus.ts [--documents .cache/corpus-computed] [--tasks .cache/computed]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom, type Random } from '../../src/base/random.ts';
import { readProgram, traceQuestion } from '../../src/tasks/alignment/program.ts';
import {
  asItIs,
  bodyOf,
  candidatesOf,
  drawPosed,
  hiddenInputs,
  keyOf,
  MISREADS,
  promptOf,
  reading,
  SURFACES,
  trajectoryOf,
  valueOf,
  writeAloud,
  writeControl,
  writeSilent,
  type Part,
  type Posed,
  type Reading,
  type Surface,
} from './computed.ts';

/** Seeds of documents, of tasks for development, of tasks for the report. */
const SEEDS = { documents: 31, development: 32, report: 33 } as const;
/** Documents of each kind. */
const COUNTS = { aloud: 8000, silent: 1500, control: 1500, executed: 10_000 } as const;
const TASKS = { train: 600, heldout: 300 } as const;
const HIDDEN = 5;

/**
 * How often an author makes each mistake throughout a document: more often than not, and seldom enough that
 * a comment often ends in a candidate that fits.
 */
const MISREAD_RATE = 0.6;

const authorOf = (random: Random): Reading =>
  reading(new Set(MISREADS.filter(() => random.next() < MISREAD_RATE)));

interface Document {
  readonly kind: string;
  readonly prompt: string;
  readonly completion: string;
}

function codeDocument(surface: Surface, random: Random): Document {
  const posed = drawPosed(random, 'train');
  const prompt = promptOf(posed, surface);
  if (surface === 'control')
    return { kind: surface, prompt, completion: writeControl(posed, random).completion };
  const write = surface === 'aloud' ? writeAloud : writeSilent;
  return { kind: surface, prompt, completion: write(posed, random, authorOf(random)).completion };
}

/** What a body of these tasks computes, right or wrong for its task, on one of the inputs of a test. */
function executedDocument(random: Random): Document {
  for (;;) {
    const { computed, shown } = drawPosed(random, 'train');
    const candidate = random.pick(candidatesOf(computed));
    const body = bodyOf(candidate, random);
    const program = readProgram(`def f(n):${body.text}`, 'f');
    const n = random.pick([...shown, 1 + random.int(12)]);
    const completion = trajectoryOf(candidate, n, body.variable, authorOf(random));
    if (program === null || completion === null) continue;
    return { kind: 'executed', prompt: traceQuestion(program, `n<${n}>`), completion };
  }
}

function writeDocuments(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const random = createRandom(SEEDS.documents).fork('computed');
  for (const [kind, count] of Object.entries(COUNTS)) {
    const own = random.fork(kind);
    const draw = () => (kind === 'executed' ? executedDocument(own) : codeDocument(kind as Surface, own));
    const rows = Array.from({ length: count }, () => JSON.stringify(draw()));
    writeFileSync(join(folder, `${kind}.jsonl`), `${rows.join('\n')}\n`);
  }
}

/** A task as the files have it (src/tasks/schema.ts). */
function taskOf(posed: Posed, surface: Surface, split: 'train' | 'heldout', random: Random) {
  const { computed, shown } = posed;
  const example = (n: number) => [String(n), String(valueOf(computed, n))];
  const solution = surface === 'aloud' ? writeAloudRight(posed, random) : bodyOf(computed, random).text;
  return {
    id: `${keyOf(computed)}|${shown.join(',')}|${surface}`,
    prompt: promptOf(posed, surface),
    visible: shown.map(example),
    hidden: hiddenInputs(posed, random, HIDDEN).map(example),
    split,
    tags: ['computed', surface],
    solution: `${solution}\n`,
  };
}

/** The shortest right way: the right candidate at once, run on both examples. */
function writeAloudRight(posed: Posed, random: Random): string {
  for (;;) {
    const { completion, chosen } = writeAloud(posed, random, asItIs);
    if (completion.split('#').length === 2 && keyOf(chosen) === keyOf(posed.computed)) return completion;
  }
}

function writeTasks(folder: string, part: Exclude<Part, 'train'>): void {
  const random = createRandom(SEEDS[part]).fork('tasks');
  const draw = (own: Part, count: number): Posed[] => {
    const posed = new Map<string, Posed>();
    while (posed.size < count) {
      const next = drawPosed(random, own);
      posed.set(`${keyOf(next.computed)} ${next.shown.join()}`, next);
    }
    return [...posed.values()];
  };
  const train = draw('train', TASKS.train);
  const heldout = draw(part, TASKS.heldout);
  for (const surface of SURFACES) {
    const tasks = [
      ...train.map((posed) => taskOf(posed, surface, 'train', random.fork(keyOf(posed.computed)))),
      ...heldout.map((posed) => taskOf(posed, surface, 'heldout', random.fork(keyOf(posed.computed)))),
    ].map((task) => JSON.stringify(task));
    const text = `{"name":"computed-${surface}","version":1,"tasks":[\n${tasks.join(',\n')}\n]}\n`;
    writeFileSync(join(folder, `${surface}-${part}.json`), text);
  }
}

const { values } = parseArgs({
  options: {
    documents: { type: 'string', default: '.cache/corpus-computed' },
    tasks: { type: 'string', default: '.cache/computed' },
  },
});
writeDocuments(values.documents);
mkdirSync(values.tasks, { recursive: true });
for (const part of ['development', 'report'] as const) writeTasks(values.tasks, part);
console.log(
  `${values.documents}: ${JSON.stringify(COUNTS)} documents; ${values.tasks}: ${SURFACES.join(', ')}`,
);
