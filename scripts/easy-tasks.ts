/**
 * Writes public/tasks/easy.json: 40 easy tasks for general models, three visible tests
 * and up to ten hidden ones each, drawn with a seed; what is expected is what the
 * reference body returns in the sandbox. Deterministic. `npx tsx scripts/easy-tasks.ts`.
 */
import { writeFileSync } from 'node:fs';
import { toLiteral } from '../src/sandbox/literal.ts';
import { createSandbox } from '../src/sandbox/node.ts';
import { createRandom } from '../src/base/random.ts';
import { drawFrom } from './easy/draw.ts';
import { PROBLEMS, type Problem } from './easy/problems.ts';

const SEED = 60;
const VISIBLE = 3;
const HIDDEN = 10;
/** Every fourth task of a level is held out. */
const HELDOUT_EVERY = 4;

const sandbox = await createSandbox({ workers: 1 });
try {
  const tasks = [];
  for (const [index, problem] of PROBLEMS.entries()) tasks.push(await taskOf(problem, index));
  const rows = tasks.map((task) => JSON.stringify(task)).join(',\n');
  writeFileSync(
    new URL('../public/tasks/easy.json', import.meta.url),
    `{"name":"easy","version":1,"tasks":[\n${rows}\n]}\n`,
  );
  console.log(`${tasks.length} tasks, ${tasks.filter(({ split }) => split === 'heldout').length} held out`);
} finally {
  await sandbox.dispose();
}

async function taskOf({ level, name, parameters, says, body, input }: Problem, index: number) {
  const random = createRandom(SEED).fork(name);
  const draw = drawFrom(random);
  const inputs = new Set<string>();
  // Small domains have fewer different inputs than are asked for.
  for (let tries = 0; tries < 200 && inputs.size < VISIBLE + HIDDEN; tries++) inputs.add(input(draw));
  const solution = body.map((line) => `    ${line}\n`).join('');
  const header = `def ${name}(${parameters}):\n`;
  const calls = [...inputs].map((args) => ({ entryPoint: name, args }));
  const result = await sandbox.run({ code: header + solution, calls });
  const examples = result.calls.map(({ outcome, value }, i) => {
    if (outcome !== 'ok' || value === undefined) throw new Error(`${name}(${calls[i]!.args}): ${outcome}`);
    return [calls[i]!.args, toLiteral(value)] as const;
  });
  if (new Set(examples.map(([, expected]) => expected)).size < 2)
    throw new Error(`${name}: one answer fits all`);
  const [shown] = examples;
  return {
    id: `easy/${name}`,
    description: says,
    prompt: `${header}    """${says}\n\n    >>> ${name}(${shown![0]})\n    ${shown![1]}\n    """\n`,
    visible: examples.slice(0, VISIBLE),
    hidden: examples.slice(VISIBLE),
    split: index % HELDOUT_EVERY === HELDOUT_EVERY - 1 ? 'heldout' : 'train',
    tags: [`level ${level}`],
    solution,
  };
}
