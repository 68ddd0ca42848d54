/** Errors: what happened, what was kept, what to do. */
import type { errors as en } from '../en/errors.ts';

export const errors: typeof en = {
  error: {
    heading: '发生了什么',
    kept: '保留了什么',
    advice: '怎么办',
    dismiss: '知道了',
    warning: '注意',
    loadKept: '还没有训练任何东西，所以没有损失。',
    loadAdvice: '请检查网络后再试。如果仍然失败，请试试不用 WebGPU。',
    runKept: '模型仍在内存中；到最后完成的一步为止的曲线都还在页面上。',
    runAdvice: '按“重置”开始一次新的运行。',
    changeKept: '运行继续使用原来的设置。',
    changeAdvice: '请选择范围内的值。',
    room: '这个房间的脚本没有加载成功。',
    roomKept: '一切都在：模型、运行和其他房间。',
    roomAdvice: '请检查网络后再试。如果网站刚更新过，请重新加载页面。',
    replayKept: '之前打开的一切仍然打开着。',
    replayAdvice: '请选择另一个录制，或检查文件是否完整。',
    linkKept: '页面以默认设置打开。',
    linkAdvice: '请向分享者要一个新链接，或在“动手”里自行设置。',
    workerName: 'LearnerWorkerError',
    worker: '负责训练的工作线程意外结束了。',
    workerAdvice: '请重新加载页面。如果再次发生，请关闭其他标签页：内存可能不足。',
  },
};
