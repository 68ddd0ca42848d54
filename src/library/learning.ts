/**
 * `tracewise/learning`: the loop (an async generator of events) and its parts: judging, rewards, advantages,
 * objectives, records of failed programs, evaluation. It knows neither devices nor where a run is stored.
 */
export { train, TrainerError, type TrainOptions } from '../learning/trainer.ts';
export { TrainerControl } from '../learning/control.ts';
export * from '../learning/config.ts';
export type * from '../learning/events.ts';
export { advantages, ESTIMATORS, type AdvantageSettings, type RewardGroup } from '../learning/advantages.ts';
export { OBJECTIVES } from '../learning/objectives/index.ts';
export { judge, extractProgram, type Judgement, type JudgeOptions } from '../learning/judge.ts';
export { gradeAnswer, isRight } from '../learning/grade.ts';
export { alignmentReward, codeReward } from '../learning/rewards.ts';
export { updateSettings } from '../learning/settings.ts';
export { sampleGroups, uniforms } from '../learning/sample.ts';
export { evaluate, type Evaluation } from '../learning/evaluate.ts';
export { presetConfig, PRESETS } from '../experiment/presets.ts';
export { createRandom, type Random } from '../base/random.ts';
