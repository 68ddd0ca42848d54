/** Start-up: what is fetched, how large, how far. */
import type { start as en } from '../en/start.ts';

export const start: typeof en = {
  load: {
    title: '一切都留在这个标签页里',
    lead: '一个小型代码模型、一个 Python 解释器和训练引擎都在你的机器上运行。看它写函数、运行函数，并从函数真正算出的东西里学习。',
    button: '加载模型',
    again: '再试一次',
    onWasm: '不用 WebGPU 再试',
    heading: '准备中',
    parts: { model: '模型权重', runtime: '训练引擎', python: 'Python 解释器', tasks: '任务' },
    stages: {
      downloading: '下载',
      building: '构建策略',
      'starting-python': '启动 Python',
      'warming-up': '编译计算图',
    },
    ready: '就绪。按“开始”，或只走一步。',
    busy: '模型已加载，正在为这次运行做准备。',
    seconds: (n) => `${n} 秒`,
    kept: (device) => `将在这里用 ${device} 运行。文件会保存在这个浏览器里，下次访问直接从磁盘加载。`,
  },
};
