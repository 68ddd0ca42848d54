/** Recorded runs: what they are, and the bar that moves them. */
import type { replay as en } from '../en/replay.ts';

export const replay: typeof en = {
  arms: {
    label: '录制',
    both: '并排显示',
    loading: '正在获取另一个',
    ghost: (name) => `${name}，相同的种子，直到最后一步`,
    beside: '同一步的同一个任务，逐对使用相同的随机数。',
    neverAsked: (name) => `${name} 没有这样的组：它只写程序，从不被问程序做了什么。`,
    locked: '这次运行已经结束，设置不能再改。切换预设会显示另一个录制；要改别的，请在这里训练。',
    lockedAlone: '这次运行已经结束，设置不能再改。要改，请在这里训练。',
  },
  replay: {
    label: '回放',
    recorded: '录制的运行',
    play: '播放',
    pause: '暂停',
    back: '后退一步',
    forward: '前进一步',
    first: '回到开头',
    scrub: '录制中的步',
    at: (step, steps) => `第 ${step} 步，共 ${steps} 步`,
    speed: '速度',
    times: (speed) => `${speed} 倍`,
    made: (title, device, date) => `${title}。这是一次真实的运行，设备：${device}，时间：${date}。`,
    command: '生成命令',
    thinned: (steps) => `为了让文件小一些，只保留了 ${steps} 个步的词元概率；所有曲线都是完整的。`,
    ownFile: (name) => `来自你的文件 ${name}。`,
    torn: '文件在一行中间结束；那一行被略去了。',
    leave: '在这里训练',
    watch: '看一次录制的运行',
    watchHelp: (size) => `不用安装任何东西：${size}，立即播放。`,
    loading: '正在打开录制。',
    before: '按“播放”：录制的采样会显示在这里，一个提示一列。',
    choose: '录制',
  },
};
