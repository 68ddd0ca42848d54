/** Says which public benchmarks tasks come from, because their problems are on the web. */
import type { Task } from './types.ts';

const NAMES: Readonly<Record<string, string>> = {
  humaneval: 'HumanEval',
  mbpp: 'MBPP',
  cruxeval: 'CRUXEval',
  leetcode: 'LeetCode',
  livecodebench: 'LiveCodeBench',
  apps: 'APPS and TACO',
};

/** By the tags that their readers give. */
export const publicBenchmarks = (tasks: readonly Task[]): readonly string[] => [
  ...new Set(tasks.flatMap(({ tags }) => tags.flatMap((tag) => NAMES[tag] ?? []))),
];
