// Own tasks: two functions to write, with their tests. The first example of each is shown to the reader,
// the others are held back. Training and evaluation take these tasks as they take the built-in ones.
import { createSandbox, openPolicy, presetConfig, readTaskFile, train } from 'tracewise';

const rows = [
  {
    id: 'double-all',
    prompt: '# double every number of xs\ndef f(xs):',
    visible: [['[1, 2]', '[2, 4]']],
    hidden: [
      ['[]', '[]'],
      ['[-3, 0, 5]', '[-6, 0, 10]'],
    ],
    split: 'train',
  },
  {
    id: 'largest',
    prompt: '# the largest number of xs, or 0\ndef f(xs):',
    visible: [['[1, 7, 2]', '7']],
    hidden: [
      ['[]', '0'],
      ['[3]', '3'],
    ],
    split: 'heldout',
  },
];
const jsonl = rows.map((row) => JSON.stringify(row)).join('\n');
const tasks = await readTaskFile(new TextEncoder().encode(jsonl), 'own-tasks.jsonl');

const policy = await openPolicy({ seed: 1 });
const sandbox = await createSandbox();
const config = presetConfig('coderl-plus', {
  steps: 2,
  'code.prompts': 1,
  'eval.samples': 1,
  'eval.k': 1,
  'alignment.prompts': 1,
  'eval.every': 0,
  'eval.baseline': false,
  'eval.alignmentRecords': 0,
  'eval.reasoningTasks': 0,
  'eval.testOutputTasks': 0,
});
for await (const event of train({ policy, sandbox, tasks, config })) {
  if (event.type === 'rollouts') {
    for (const group of event.groups) {
      if (group.kind === 'code')
        console.log(group.taskId, group.rollouts.map(({ verdict }) => verdict).join(' '));
    }
  }
}
await Promise.all([sandbox.dispose(), policy.dispose()]);
