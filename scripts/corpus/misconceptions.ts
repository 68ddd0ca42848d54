/**
 * Writes public/tasks/nano-misconceptions.json: for every shipped task, what the bodies that show one
 * or two misconceptions about it answer on its tests, as keys of behaviours. Bodies are executed, as
 * everywhere in the corpus; those that answer like a right one are left out. Deterministic.
 * `npx tsx scripts/corpus/misconceptions.ts`; `--split heldout` makes those of one split alone.
 */
import { renameSync, writeFileSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createRandom } from '../../src/base/random.ts';
import { behaviourKey, canonicalText, expectedAnswers } from '../../src/instruments/census/behaviour.ts';
import { parseTaskSet } from '../../src/tasks/files.ts';
import { singleFaults, spellingsOf, type Faults, type Problem } from './domain/index.ts';
import { openExecutor, type Program } from './execute.ts';
import { codeOf } from './label.ts';
import { COUNTS, shippedProblems } from './tasks.ts';

const OUT = 'public/tasks/nano-misconceptions.json';
/** Spellings of a single misconception; two that differ may answer differently. */
const SPELLINGS = 3;

/** One misconception each, and pairs of misconceptions about different concepts. */
function faultsOf(problem: Problem): readonly Faults[] {
  const single = singleFaults(problem);
  const pairs = single.flatMap((a, i) =>
    single
      .slice(i + 1)
      .filter((b) => [...a.keys()][0] !== [...b.keys()][0])
      .map((b) => new Map([...a, ...b])),
  );
  return [...single, ...pairs];
}

const nameOf = (faults: Faults): string =>
  [...faults].map(([concept, flaw]) => `${concept}: ${flaw}`).join(' and ');

const { values: options } = parseArgs({ options: { split: { type: 'string', multiple: true } } });
const splits = (['heldout', 'train'] as const).filter(
  (split) => options.split === undefined || options.split.includes(split),
);
const file = 'public/tasks/nano.json';
const byId = new Map(parseTaskSet(readFileSync(file, 'utf8'), file).tasks.map((task) => [task.id, task]));
const executor = await openExecutor();
const lines: string[] = [];
try {
  const shipped = splits.flatMap((split) => shippedProblems(split, COUNTS[split]));
  for (let i = 0; i < shipped.length; i += 100) {
    const part = shipped.slice(i, i + 100).map(({ problem, prompt }) => {
      const task = byId.get(problem.key);
      if (task === undefined) throw new Error(`${problem.key} is not in ${file}: make the tasks again`);
      const calls = [...task.visible, ...task.hidden].map(({ args }) => args);
      const random = createRandom(`misconceptions/${problem.key}`);
      const bodies = faultsOf(problem).flatMap((faults) =>
        spellingsOf(problem, random, faults, faults.size === 1 ? SPELLINGS : 1).map((completion) => ({
          name: nameOf(faults),
          program: { code: codeOf({ prompt, completion }), calls } satisfies Program,
        })),
      );
      return { task, bodies };
    });
    const answers = await executor.execute(
      part.flatMap(({ bodies }) => bodies.map(({ program }) => program)),
    );
    let next = 0;
    for (const { task, bodies } of part) {
      const right = behaviourKey(expectedAnswers(task));
      const labels = new Map<string, string[]>();
      for (const { name } of bodies) {
        const key = behaviourKey(answers[next++]!.map(canonicalText));
        if (key === right) continue;
        const known = labels.get(key) ?? [];
        // Singles come first: a pair that does the same adds nothing.
        if (!known.includes(name) && (known.length === 0 || !name.includes(' and '))) known.push(name);
        labels.set(key, known);
      }
      lines.push(`${JSON.stringify(task.id)}:${JSON.stringify(Object.fromEntries(labels))}`);
    }
    process.stderr.write(`${Math.min(i + 100, shipped.length)} of ${shipped.length} tasks\n`);
  }
} finally {
  await executor.close();
}
writeFileSync(`${OUT}.part`, `{"name":"nano","tasks":{\n${lines.join(',\n')}\n}}\n`);
renameSync(`${OUT}.part`, OUT);
