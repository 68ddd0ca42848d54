/**
 * The loop as Python runs it outside (src/experiment/export/tracewise_rl) against the page's own: the same
 * programs make the same records through the same gates, and a seed draws the same ones. Needs Python 3.12
 * or later (TRACEWISE_PYTHON, or in PATH); without one the comparison is skipped and said aloud.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFile } from 'node:fs/promises';
import { createRandom } from '../../../src/base/random.ts';
import { tracerSources, loopPackage } from '../../../src/experiment/export/loop-package.ts';
import { trlRow } from '../../../src/experiment/export/trl.ts';
import { createConfig, type ConfigOverrides } from '../../../src/learning/config.ts';
import type { AlignmentRecord } from '../../../src/learning/events.ts';
import { makeRecords, type Candidate, type GateCount } from '../../../src/learning/funnel.ts';
import { judgeGroups } from '../../../src/learning/code-rollouts.ts';
import { customRewards } from '../../../src/learning/custom-rewards.ts';
import { judge } from '../../../src/learning/judge.ts';
import { RecordBuffer } from '../../../src/learning/records.ts';
import { codeReward } from '../../../src/learning/rewards.ts';
import { funnelSettings } from '../../../src/learning/settings.ts';
import { takeInOrder } from '../../../src/learning/task-order.ts';
import { createSandbox } from '../../../src/sandbox/node.ts';
import type { Sandbox } from '../../../src/sandbox/types.ts';
import { alignmentFormats } from '../../../src/tasks/alignment/index.ts';
import { parseTaskSet } from '../../../src/tasks/files.ts';
import type { Task } from '../../../src/tasks/types.ts';
import { programs, sumTask } from '../../learning/tasks.ts';
import { LoopFolder, newPython } from './loop-python.ts';

if (newPython === undefined)
  console.warn(
    'SKIPPED: the exported loop was not compared with the engine, there is no Python 3.12 or later.',
  );

const nano = parseTaskSet(
  await readFile(new URL('../../../public/tasks/nano.json', import.meta.url), 'utf8'),
  'nano.json',
).tasks.filter(({ split }) => split === 'train');

/** What a model may write: each task's solution, another task's, one that is cut, and the known programs. */
const COUNT = 16;
const STRIDE = 41;
const written: readonly (readonly [Task, string])[] = [
  ...Array.from({ length: COUNT }, (_, i): [Task, string] => [
    nano[i * STRIDE]!,
    nano[i * STRIDE]!.solution!,
  ]),
  ...Array.from({ length: COUNT }, (_, i): [Task, string] => [
    nano[i * STRIDE]!,
    nano[i * STRIDE + 1]!.solution!,
  ]),
  ...Array.from({ length: COUNT }, (_, i): [Task, string] => [
    nano[i * STRIDE]!,
    nano[i * STRIDE]!.solution!.replace(/\n[^\n]+\n$/, '\n    return 3\n'),
  ]),
  ...Object.values(programs).map((text): [Task, string] => [sumTask, text]),
];

const LOOP = `
import json, sys
from tracewise_rl import funnel, loop
data = json.load(sys.stdin)
room = data["room"]
first = loop.Loop(data["cases"][0], data["rows"])
rewards = first.judge(data["rows"], data["texts"])
done = []
for settings in data["cases"]:
    run = loop.Loop(settings, data["rows"], lambda question, answer: len(answer) < room)
    run.judged = list(first.judged)
    born, gates = funnel.gather(run.take(), 3, lambda key: False, settings["records.deduplicate"])
    run.close()
    done.append({"records": [item["record"] for item in born], "gates": gates})
print(json.dumps({"rewards": rewards, "cases": done}))
`;

const OWN = `
import json, sys
from tracewise_rl import loop
data = json.load(sys.stdin)
run = loop.Loop(data["settings"], data["rows"])
run.judge(data["rows"], data["texts"])
print(json.dumps([run.own.total(*one, run.tracing) for one in zip(data["rows"], data["texts"], run.judged)]))
run.close()
`;

const CASES: readonly ConfigOverrides[] = [
  { 'alignment.format': 'trace' },
  {
    'alignment.format': 'json',
    'records.input': 'first-failing',
    'records.maxVariables': 2,
    'records.exceptions': true,
  },
  {
    'alignment.format': 'json-direct',
    'records.source': 'passed',
    'records.input': 'first',
    'records.deduplicate': false,
  },
  { 'alignment.format': 'trace', 'records.source': 'all', 'records.minSteps': 9 },
];
const ROOM = 600;

describe.skipIf(newPython === undefined)('the exported loop', () => {
  let folder: LoopFolder;
  let sandbox: Sandbox;
  beforeAll(async () => {
    folder = new LoopFolder();
    sandbox = await createSandbox({ workers: 2, spare: false });
  });
  afterAll(async () => {
    folder.remove();
    await sandbox.dispose();
  });

  test('gives the same programs the same rewards, and makes the same records of them', async () => {
    const cases = CASES.map((overrides) => createConfig(overrides));
    const there = folder.run(LOOP, {
      cases,
      room: ROOM,
      rows: written.map(([task]) => trlRow(task, cases[0]!)),
      texts: written.map(([, text]) => text),
    }) as {
      rewards: (number | null)[];
      cases: { records: AlignmentRecord[]; gates: GateCount[] }[];
    };
    const candidates: Candidate[] = await Promise.all(
      written.map(async ([task, text]) => {
        const judgement = await judge(task, text, { sandbox, extraction: 'continuation' });
        return { ...judgement, task, reward: codeReward(judgement.verdict) };
      }),
    );
    expect(there.rewards).toEqual(candidates.map(({ reward }) => reward));
    for (const [i, settings] of cases.entries()) {
      const here = await makeRecords(candidates, 3, funnelSettings(settings), {
        sandbox,
        format: alignmentFormats[settings['alignment.format']],
        fits: (_, answer) => answer.length < ROOM,
        isKnown: () => false,
      });
      const name = JSON.stringify(CASES[i]);
      expect(there.cases[i]!.gates, name).toEqual(here.funnel);
      expect(there.cases[i]!.records, name).toEqual(here.records.map(({ record }) => record));
      expect(here.records.length, name).toBeGreaterThan(5);
    }
  });

  test('asks reward functions of one’s own with the same arguments, and adds them up alike', async () => {
    const settings = createConfig({
      'reward.functions': [
        'def steps_reward(completion, prompt, tests, trace, variables):',
        '    if trace is None:',
        '        return None',
        '    told = [(s["line"], s["event"], s["depth"], sorted(map(str, s["changed"].items()))) for s in trace]',
        '    text = repr((told, sorted(map(str, variables.items()))))',
        '    return sum(map(ord, text)) % 1000 / 1000',
        'def passed_reward(completion, prompt, tests, trace, variables):',
        '    return sum(t["passed"] for t in tests) / len(tests) + len(completion) / 100 + len(prompt) / 1000',
      ].join('\n'),
      'reward.weights': 'tests_reward=2 steps_reward=-0.5',
    });
    const there = folder.run(OWN, {
      settings,
      rows: written.map(([task]) => trlRow(task, settings)),
      texts: written.map(([, text]) => text),
    }) as (number | null)[];
    const groups = await judgeGroups(
      written.map(([task]) => task),
      written.map(([, text]) => [
        { text, tokens: [], logProbs: [], finish: 'eos' as const, promptTokens: [] },
      ]),
      { sandbox, extraction: 'continuation' },
    );
    const here = await customRewards(groups, { sandbox, config: settings });
    expect(here.problems).toEqual([]);
    const rewards = here.groups.map(({ rollouts }) => rollouts[0]!.reward!);
    expect(there.length).toBe(rewards.length);
    there.forEach((reward, i) => expect(reward, written[i]![1]).toBeCloseTo(rewards[i]!, 9));
  });

  test('draws the same tasks and records of a seed as the trainer does', () => {
    const record = (id: string, bornAt: number) => ({
      record: { id, taskId: `t${Number(id.split('.')[1]) % 3}`, bornAt } as never,
      key: id,
    });
    const stored = [1, 2, 3].flatMap((step) => [1, 2, 3, 4, 5, 6].map((n) => record(`${step}.${n}`, step)));
    const draw = { strategy: 'newest', maxAge: 8, capPerTask: 2 } as const;
    const random = createRandom(7);
    const here = new RecordBuffer(15, stored).draw(4, 9, draw, random.fork('records').fork('step 4'));
    const there = folder.run(
      `
import json, sys
from tracewise_rl.records import RecordBuffer
from tracewise_rl.streams import Stream, take_in_order
stored = json.load(sys.stdin)
random = Stream(7)
buffer = RecordBuffer(15, stored)
print(json.dumps({"records": buffer.draw(4, 9, "newest", 8, 2, random.fork("records").fork("step 4")),
  "tasks": take_in_order(list(range(20)), 15, 20, random.fork("tasks").fork("code"))}))`,
      stored,
    ) as { records: unknown[]; tasks: number[] };
    expect(there.records).toEqual(here);
    const tasks = Array.from({ length: 20 }, (_, i) => i);
    expect(there.tasks).toEqual(takeInOrder(tasks, 15, 20, random.fork('tasks').fork('code')));
  });
});

test('the tracer outside is made of the page’s sources, every one that its list names', () => {
  const tracing = loopPackage.get('tracewise_rl/tracing.py')!;
  for (const name of tracerSources) {
    expect(tracing).toContain(`"${name}"`);
    expect(loopPackage.has(`tracewise_rl/harness/${name}.py`)).toBe(true);
  }
});
