// A reward of one's own, and a loop of one's own from the same parts: sample, reward,
// advantage, update. Half of the reward is for passing the tests, half for being short.
import { builtInTasks, createSandbox, openPolicy } from 'tracewise';
import {
  advantages,
  createConfig,
  createRandom,
  judge,
  sampleGroups,
  updateSettings,
} from 'tracewise/learning';

const policy = await openPolicy();
const sandbox = await createSandbox();
const tasks = (await builtInTasks()).slice(0, 2);
const config = createConfig({ 'optimizer.learningRate': 0.001 });

/** Any function from a completion to a number, or null where no reward applies. */
function reward(rollout, { verdict }) {
  const passed = verdict === 'pass' ? 1 : 0;
  return 0.5 * passed + 0.5 * (1 - rollout.tokens.length / 96);
}

for (let step = 1; step <= 2; step++) {
  const prompts = tasks.map((task) => task.prompt);
  const groups = await sampleGroups(
    policy,
    prompts,
    { groupSize: 4, maxNewTokens: 96, temperature: 1 },
    createRandom(step),
  );
  const rewards = await Promise.all(
    groups.map((group, g) =>
      Promise.all(
        group.map(async (rollout) =>
          reward(rollout, await judge(tasks[g], rollout.text, { sandbox, extraction: 'continuation' })),
        ),
      ),
    ),
  );
  const estimated = advantages(
    rewards.map((values) => ({ kind: 'code', rewards: values })),
    { estimator: 'grpo', eps: 1e-4, clip: 0 },
  );
  const count = groups.flat().reduce((sum, { tokens }) => sum + tokens.length, 0);
  const rows = groups.flatMap((group, g) =>
    group.map(({ promptTokens, tokens }, r) => ({
      prompt: promptTokens,
      completion: tokens,
      advantages: new Float32Array(tokens.length).fill(estimated[g][r]),
      weights: new Float32Array(tokens.length).fill(1 / count),
    })),
  );
  const { gradNorm } = await policy.update(rows, updateSettings(config, step));
  const all = rewards.flat();
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  console.log(`step ${step}: reward ${mean.toFixed(3)}, gradient norm ${gradNorm.toFixed(3)}`);
}
await Promise.all([sandbox.dispose(), policy.dispose()]);
