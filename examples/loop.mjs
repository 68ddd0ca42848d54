// A training loop in ten lines and its settings: nano learns from tests for three
// steps. Run it with `node loop.mjs`.
import { builtInTasks, createSandbox, openPolicy, presetConfig, train } from 'tracewise';

const policy = await openPolicy();
const sandbox = await createSandbox();
const config = presetConfig('rlvr', {
  steps: 3,
  'code.prompts': 2,
  'eval.every': 0,
  'eval.baseline': false,
  'code.groupSize': 4,
  'eval.tasks': 4,
  'eval.samples': 1,
  'eval.k': 1,
});
for await (const event of train({ policy, sandbox, tasks: await builtInTasks(), config })) {
  if (event.type === 'step-finished') console.log(`step ${event.step}: reward ${event.metrics.reward}`);
}
await Promise.all([sandbox.dispose(), policy.dispose()]);
