/** Errors: what happened, what was kept, what to do. */
import type { errors as en } from '../en/errors.ts';

export const errors: typeof en = {
  error: {
    heading: '发生了什么',
    kept: '保留了什么',
    advice: '怎么办',
    dismiss: '知道了',
    noMessage: '一个没有说明的错误。',
    warning: '注意',
    loadKept: '还没有训练任何东西，所以没有损失。',
    loadAdvice: '请检查网络后再试。如果仍然失败，请试试不用 WebGPU。',
    runKept: '模型仍在内存中；到最后完成的一步为止的曲线都还在页面上。',
    runAdvice: '按“重置”开始一次新的运行。',
    changeKept: '运行继续使用原来的设置。',
    changeAdvice: '请选择范围内的值。',
    room: '这个房间的脚本没有加载成功。',
    roomFile: (path, status, type) =>
      `这个房间的脚本没有加载成功。${path}：服务器回答 ${status}，类型 ${type === '' ? '（没有）' : type}。`,
    language: (name: string) => `页面的${name}文字没有取到。`,
    languageKept: '一切照旧，仍用现在的语言。',
    roomKept: '一切都在：模型、运行和其他房间。',
    roomAdvice: '请检查网络后再试。如果网站刚更新过，请重新加载页面。',
    replayKept: '之前打开的一切仍然打开着。',
    replayAdvice: '请选择另一个录制，或检查文件是否完整。',
    noRecording: '没有这个录制。',
    recordingListed: '请选择列表中的一个。',
    recordingNoAnswer: '没有收到。',
    recordingStatus: (status) => `服务器回答 ${status}。`,
    recordingAdvice: '请检查网络后再试。',
    linkKept: '页面以默认设置打开。',
    linkAdvice: '请向分享者要一个新链接，或在“动手”里自行设置。',
    workerName: 'LearnerWorkerError',
    worker: '负责训练的工作线程意外结束了。',
    workerAdvice: '请重新加载页面。如果再次发生，请关闭其他标签页：内存可能不足。',
  },
  problem: {
    noAnswer: (path) => `${path}：没有回应`,
    status: (path, status) => `${path}：服务器回答 ${status}`,
    noScript: (path, status, type) =>
      `${path}：服务器回答 ${status}，发来的类型是 ${type === '' ? '（没有）' : type}，浏览器不会运行`,
    noScriptAdvice:
      '提供网站的人需要把脚本（.js）作为 text/javascript 发送；docs/hosting.md 里有每种服务器的例子。',
    noSuchFile: (path) => `${path}：没有这个文件`,
    notAskedFor: (path) => `${path}：没有请求过这个文件`,
    brokeOff: (path, bytes) => `${path}：收到 ${bytes} 字节后连接中断`,
    siteKept: '还没有训练任何东西，所以没有损失。已经收到的文件在浏览器的缓存里。',
    siteIncomplete: '网站不完整：这个文件是它的一部分。提供网站的人需要完整地构建并上传。',
    siteAdvice: '请检查网络后再试。',
    noModelCache: (reason) => `无法打开浏览器的文件系统（${reason}）`,
    noModelCacheAdvice: '请离开隐私窗口，或允许此页面存储数据；使用文件中的模型不需要存储。',
    incompleteFolder: (name, file) => `${name} 里没有 ${file}`,
    incompleteFolderAdvice:
      '请选择整个文件夹：config.json、tokenizer.json、tokenizer_config.json 和 safetensors 文件。',
  },
};
