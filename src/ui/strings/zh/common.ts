/** The frame of the page: header, rooms, presets, what is said to screen readers. */
import type { common as en } from '../en/common.ts';

export const common: typeof en = {
  app: {
    name: 'Tracewise',
    tagline: '看一个代码模型在你面前学习',
    skip: '跳到内容',
    rooms: '房间',
    opening: '正在打开。',
    noScript: 'Tracewise 在本页训练模型，需要 JavaScript。',
  },
  rooms: {
    learn: '学习',
    play: '动手',
    lab: '实验',
    about: {
      learn: '六章，配一段录制的训练',
      play: '亲手训练模型',
      lab: '跨随机种子比较设置',
    },
    notYet: '这个房间还在建造中。“动手”已经可用。',
  },
  theme: { label: '主题', auto: '跟随系统', light: '浅色', dark: '深色' },
  language: { label: '语言' },
  share: {
    button: '分享',
    help: '复制一个链接，打开即可恢复当前房间和设置。',
    copied: '链接已复制。',
    failed: '浏览器不允许复制。链接在地址栏中。',
  },
  device: {
    none: '尚未加载模型',
    and: '，',
    words: {
      native: '本机 CPU',
      runtime: 'Node 中的本机 ONNX Runtime',
      cores: (n) => `服务器 CPU 的 ${n} 个核心`,
      threads: (n) => `${n} 个线程`,
    },
    parameters: (n) => `${n} 个参数`,
    adapter: (n, rank) => `LoRA 秩 ${rank}，可训练参数 ${n} 个`,
    held: {
      asked: (how) => `权重按要求保存：${how}。`,
      only: (how) => `权重：${how}，这是此模型在此设备上唯一的方式。`,
      room: (how) => `权重：${how}，CPU 用它最快；内存够放一份。`,
      short: (how) => `权重：${how}。浮点数会更快，但内存不够。`,
    },
    formats: {
      stored: '与文件中相同',
      fp32: '32 位浮点数',
      int4: '4 位分块',
      int8: '8 位分块',
    },
    precision: {
      asked: (name) => `${name}：按地址中的要求。`,
      cpu: (name) => `${name}：CPU 用 32 位计算。`,
      'no-halves': (name) => `${name}：显卡没有 16 位运算。`,
      faster: (name) => `${name}：实测在此设备上更快，且采样与学习保持接近。`,
      slower: (name) => `${name}：实测 16 位在此设备上没有明显更快。`,
      gap: (name) => `${name}：实测 16 位下采样与学习相差过大。`,
      failed: (name) => `${name}：16 位在此设备上无法运行。`,
    },
    trial: (single, half, gap) =>
      `同一批次用 fp32 需 ${single} 秒，用 fp16 需 ${half} 秒；fp16 的最大差距为 ${gap} 奈特。`,
    notIsolated: '单线程：本页没有跨源隔离，因此 WASM 线程不可用。',
    boundary: '隔离 Python 的边界',
    boundaries: {
      headers: {
        short: '响应头策略',
        about: 'Python 在 worker 中运行，其响应头禁止执行 JavaScript 文本，也禁止访问任何地址。',
      },
      frame: {
        short: '框架策略',
        about:
          '本站不发送策略，因此 Python 在一个没有来源的隐藏框架中运行，框架文档禁止执行 JavaScript 文本，也禁止访问任何地址。',
      },
      process: {
        short: '独立进程',
        about: '每个 Python 解释器在自己的进程中运行，Node 禁止它访问文件和启动程序。',
      },
    },
  },
  presets: {
    rlvr: { title: 'RLVR', about: '奖励只来自测试。' },
    'coderl-plus': {
      title: 'CodeRL+',
      about: '同样的代码采样，再加上同样多的、关于模型自己失败程序的回答。',
    },
    'rlvr-equal-total': {
      title: 'RLVR，总量相同',
      about: '奖励只来自测试，采样总数与 CodeRL+ 相同。',
    },
    'coderl-plus-equal-total': {
      title: 'CodeRL+，总量相同',
      about: 'CodeRL+，对齐名额不足时用代码提示补齐：每步的提示一样多。',
    },
    grpo: { title: 'GRPO', about: '奖励只来自测试，在组内归一化；按序列取平均，带 KL 项。' },
    'grpo-coderl-plus': {
      title: 'GRPO 加 CodeRL+',
      about: 'GRPO，在代码采样之外再加上关于自己失败程序的回答。',
    },
    ppo: {
      title: 'PPO',
      about: '只用测试给奖励；价值头估计每个词元值多少，KL 计入奖励。',
    },
    'ppo-coderl-plus': {
      title: 'PPO 加 CodeRL+',
      about: 'PPO，并在其代码采样之外再回答关于自己失败程序的问题。',
    },
    'reinforce++': {
      title: 'REINFORCE++',
      about: '奖励只来自测试，在整批内白化；按词元取平均。',
    },
    'reinforce++-coderl-plus': {
      title: 'REINFORCE++ 加 CodeRL+',
      about: 'REINFORCE++，在代码采样之外再加上关于自己失败程序的回答。',
    },
    dapo: {
      title: 'DAPO',
      about: '放宽上界的截断、按词元取平均、换掉奖励全同的组，并对接近上限的程序软性扣分。',
    },
    'dapo-coderl-plus': {
      title: 'DAPO 加 CodeRL+',
      about: 'DAPO，在代码采样之外再加上关于自己失败程序的回答。',
    },
  },
  leased: {
    hasModel: '“实验”正在用这个模型训练，完成后这里重新开始。',
    kept: '“实验”的运行照常继续，你带来的内容在这里等待。',
    advice: '请等“实验”完成，或停止它的队列，然后再试一次。',
  },
  announce: {
    ready: (name, device) => `${name} 已就绪，运行在 ${device} 上。`,
    started: '训练开始。',
    paused: (step) => `已在第 ${step} 步暂停。`,
    stepDone: (step) => `第 ${step} 步完成。`,
    evaluated: (pass) => `留出任务的 pass@1 为 ${pass}。`,
    finished: '所有步骤已完成。',
    reset: '运行已重置。',
    room: (room) => `房间：${room}。`,
  },
};
