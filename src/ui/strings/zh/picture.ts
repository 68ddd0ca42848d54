/** The study’s picture: a wording for each finding, and the intervals choose. */
import type { picture as en } from '../en/picture.ts';

export const picture: typeof en = {
  label: '研究结果',
  eyebrow: '一眼看结果',
  titles: {
    'eval_alignment/accuracy': '知道自己写错的程序算出了什么',
    'eval_heldout/pass@1': '写出能通过测试的程序',
  },
  measured: {
    'eval_alignment/accuracy': '变量值说对的比例',
    'eval_heldout/pass@1': '在没见过的任务上，程序通过测试的比例',
  },
  findings: {
    'eval_alignment/accuracy': {
      higher: (b, a) => `问它自己写错的程序算出了什么，${b} 训练后比 ${a} 训练后答对得更多：`,
      lower: (b, a) => `问它自己写错的程序算出了什么，${b} 训练后比 ${a} 训练后答对得更少：`,
      'no difference shown': (b, a) => `问它自己写错的程序算出了什么，没有显示出 ${b} 与 ${a} 的差别：`,
    },
    'eval_heldout/pass@1': {
      higher: (b, a) => `${b} 训练后通过测试的程序比 ${a} 更多：`,
      lower: (b, a) => `${b} 训练后通过测试的程序比 ${a} 更少：`,
      'no difference shown': (b, a) => `在通过测试的程序上，没有显示出 ${b} 与 ${a} 的差别：`,
    },
  },
  difference: (points, range) => `${points} 个百分点，95 % 区间 ${range}。`,
  range: (low, high) => `${low} 到 ${high}`,
  oneRun: '各只有一次运行，说明不了偶然性。',
  about: {
    tests: '程序通过测试就得奖励。',
    traces: '在此之上，逐行说对自己写错的程序做了什么，也得奖励。',
  },
  before: '训练前',
  after: (steps) => (steps === null ? '训练后' : `${steps} 步之后`),
  key: (runs) => `每种各 ${runs} 次训练。点是一次训练，线是平均值，色带是它的 95 % 区间。`,
  run: (arm, seed, before, after, ofMean) =>
    `${arm}，种子 ${seed}：${before}${ofMean ? '（各次的平均）' : ''} → ${after}。`,
  opens: '点击观看这次运行。',
  notShipped: '这次运行没有随页面提供；用研究的命令可以重新得到它。',
  hint: '指向一个点，查看它是哪次运行。',
  runs: (title) => `${title}：各次运行。用方向键切换。`,
  source: (source) => `Tracewise，模型 nano。来源：${source}`,
  save: '保存为 PNG',
  failed: '没有取到研究结果图。',
};
