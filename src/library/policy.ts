/**
 * `tracewise/policy`: a language model that samples, scores and learns through a LoRA
 * adapter. It knows no rewards, no tasks and no Python.
 */
export { openPolicy, type OpenPolicyOptions } from './open.ts';
export { buildPolicy, type BuildOptions } from '../policy/lora/load.ts';
export { openModel, openGgufModel, type ModelFiles, type OpenedModel } from '../policy/sources/open-model.ts';
export { FAMILIES } from '../policy/families/families.ts';
export * from '../policy/errors.ts';
export type * from '../policy/types.ts';
