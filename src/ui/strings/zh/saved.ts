/** What is kept in this browser: saved runs, tasks, adapters. */
import type { saved as en } from '../en/saved.ts';

export const saved: typeof en = {
  label: '已保存的训练',
  offer: (step, steps) => `有一次训练已保存到第 ${step} 步（共 ${steps} 步）。`,
  resume: (step) => `继续训练（第 ${step} 步）`,
  discard: '丢弃',
  replaces: '新的训练第一次保存时会替换它。',
  reader: '另一个标签页正在进行这次训练。这里只能查看；关闭那个标签页后，可以在这里继续。',
  readerError: '本页面的另一个标签页正在训练。',
  readerKept: '另一个标签页中的训练未受影响。',
  readerAdvice: '请在那个标签页继续，或关闭它后在这里重试。',
  free: '另一个标签页已关闭：训练可以在这里继续。',
  unread: '暂时无法读取本浏览器中保存的内容。',
  unreadAdvice:
    '其中的内容没有改动。如果有保存的训练，加载模型或刷新页面后会提供继续。开始新的训练会替换它。',
  notSaved: (step) => (step === null ? '这次训练没有保存。' : `第 ${step} 步之后的内容没有保存。`),
  download: '下载训练',
  load: '载入训练文件',
  nothingYet: '第一次保存之前没有可下载的内容。',
  memory: (predicted, heap, page) =>
    `内存：预计 ${predicted}${heap === null ? '' : `，训练引擎 ${heap}`}${page === null ? '' : `，页面 ${page}`}。`,
  noModel: '没有已加载的模型可供继续。',
  resumed: (step) => `已恢复到第 ${step} 步。按“开始”继续。`,
  recovering: (time, step) =>
    `正在重建会话，训练会自动从第 ${step} 步继续（连续第 ${time} 次失败，最多 3 次）。`,
  gaveUp: '已连续失败三次，训练停止。可以从最近一次保存处继续。',
  keptUntil: (step) => `截至第 ${step} 步的训练及其日志。`,
  keptNothing: '模型文件在浏览器缓存中；训练尚未保存。',
};
