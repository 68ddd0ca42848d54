/** What is seen first in Play, and while one waits for the first batch. */
import type { first as en } from '../en/first.ts';

export const first: typeof en = {
  title: '模型知道自己写的程序做了什么吗？',
  lead: '一个小模型写程序，被告知程序真正做了什么，并从中学习：这里有录制，也可以就在这个标签页里训练。',
  previewLabel: '训练中的几步，策略说它写错的一个程序做了什么',
  happens: '实际发生的',
  says: '它说的',
  before: '训练前',
  step: (step) => `${step} 步`,
  right: (right, of) => `${of} 个回答中 ${right} 个全部正确`,
  curves: '运行的曲线会出现在这里：',
  measuring: '先做测量',
  measuringHelp: '基础模型为没见过的任务写程序，这样才有东西可比。',
  measuringOwn: '先在没见过的任务上测量运行开始时的模型，这样才有东西可比。',
  soFar: (tokens, seconds) => `到现在 ${tokens} 个 token，${seconds} 秒。`,
  writing: '正在写第一批程序',
  writingHelp: (prompts, size) => `${prompts} 个提示，每个 ${size} 个程序。跑完测试后会出现在这里。`,
  written: '正在写的内容',
  stopping: '将在第一批程序之前暂停',
  stoppingHelp: '手上的工作会先做完；“立即暂停”会放弃它，以后再重做。',
  resting: '在第一批程序之前暂停了',
  restingHelp: '按开始继续。',
};
