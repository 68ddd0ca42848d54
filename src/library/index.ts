/**
 * The door for programs in Node: `import { openPolicy, train } from 'tracewise'`. It
 * opens what training needs (a model, a sandbox, tasks) and hands on the parts that work
 * with them. It adds no behaviour of its own. The other doors are beside this file:
 * `tracewise/tensor`, `/sandbox`, `/policy`, `/learning`. Nothing here knows the page.
 */
export { openPolicy, type OpenPolicyOptions } from './open.ts';
export { builtInTasks } from '../cli/engine.ts';
export { createSandbox, type NodeSandboxOptions } from '../sandbox/node.ts';
export { readTaskFile } from '../tasks/task-file.ts';
export type { Example, Task } from '../tasks/types.ts';
export type { Sandbox } from '../sandbox/types.ts';
export type { Policy, PolicyInfo, PolicySnapshot } from '../policy/types.ts';
export { train, TrainerError, type TrainOptions } from '../learning/trainer.ts';
export { TrainerControl } from '../learning/control.ts';
export type { Metrics, TrainerEvent } from '../learning/events.ts';
export {
  ConfigError,
  createConfig,
  parseAssignments,
  type Config,
  type ConfigOverrides,
} from '../learning/config.ts';
export { presetConfig, PRESETS, type PresetName } from '../experiment/presets.ts';
export { eventLine, readRunLog, type RunLog } from '../experiment/run-log.ts';
export { adapterBytes } from '../cli/adapter-file.ts';
