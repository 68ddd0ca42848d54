/** The room Learn. Marks in sentences as in the English catalogue; every phrase key stands in both. */
import type { learn as en } from '../en/learn.ts';
import { learnRewards } from './learn-rewards.ts';
import { learnExecution } from './learn-execution.ts';
import { learnWorked } from './learn-worked.ts';

export const learn: typeof en = {
  title: '代码模型如何从自己程序的行为中学习',
  lead: '短短六章。边读边点带下划线的词，先猜再看答案。',
  teachers: '给教师：课程、练习、所需条件',
  documents: '文档（英文）：方法、命令行、导出、指标',
  made: {
    heading: '你看到的是一次录制的训练',
    steps: (n) => `${n} 步`,
    on: (date, device) => `${date}录制于：${device}。`,
    nothing: '播放它不需要加载模型，也不需要 Python。',
    command: '重现它的命令',
    loading: '正在获取录制的训练。',
    choose: '录制的训练',
    missing: '这段录制里没有能说明这一点的片段。请换一段，或在这里亲自运行。',
  },
  nav: {
    label: '章节',
    chapter: (n) => `第 ${n} 章`,
    next: (title) => `下一章：${title}`,
    run: '在这里运行',
    runHelp: '用本章的设置打开“动手”。只有你在那里同意后才会获取模型。',
    lab: '到“实验”里用多个种子比较',
    labHelp: '打开“实验”，用多个随机种子比较设置。',
  },
  predict: {
    heading: '你来猜',
    check: '检查',
    show: '直接看',
    right: '对了。',
    notYet: '还不对。',
    notAValue: "这不是 Python 的值。试试 4、[1, 2] 或 'ab'。",
  },
  value: { missing: '缺失' },
  ...learnRewards,
  ...learnExecution,
  ...learnWorked,
};
