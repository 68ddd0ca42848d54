/** What the visitor drops or pastes. */
import type { brought as en } from '../en/brought.ts';

export const brought: typeof en = {
  brought: {
    drop: '拖入运行日志、适配器或任务文件',
    dropHelp: '文件只在这个标签页里读取，不会发送到任何地方。',
    reading: (name) => `正在读取 ${name}。`,
    tasks: (n, trained, name) => {
      const found = `${name} 中有 ${n} 个任务`;
      if (trained === n) return `${found}。`;
      return trained === 0
        ? `${found}，都是留出的：只用来测量，不用于训练。可以在命令行里用它们测量（eval --suite ${name}）。`
        : `${found}，其中 ${n - trained} 个是留出的，只用来测量；另外 ${trained} 个可以加入运行。`;
    },
    publicTasks: (names) => `${names}：公开的题目，在网络文本上训练过的模型可能见过答案。`,
    addTasks: '加入运行',
    tasksAdded: (n, inStep, noRoom) =>
      [
        `已加入 ${n} 个任务。`,
        n > inStep ? `从下一步起，每一步轮流用其中 ${inStep} 个。` : n > 0 && '从下一步起，每一步都有它们。',
        noRoom > 0 && `有 ${noRoom} 个任务在模型的上下文里没有留给答案的位置。`,
      ]
        .filter(Boolean)
        .join(''),
    tasksLater: '请先加载模型；任务会在这里等待。',
    adapter: (name, rank) => `${name} 是一个秩为 ${rank} 的 LoRA 适配器。`,
    useAdapter: '从它继续',
    adapterUsed: (name) => `策略现在是 ${name}。运行回到起点。`,
    adapterLater: '请先加载模型；适配器会在这里等待。',
    adapterRank: (rank, present) => `适配器的秩是 ${rank}，而设置要求的秩是 ${present}。`,
    adapterKept: '正在使用的适配器保持不变。',
    adapterAdvice: (setting) => `请在“全部设置”中设为 ${setting}，然后再从它继续。`,
    kept: '页面上的一切都和之前一样。',
    advice: '请检查文件后再拖入一次。',
    unknown: (file) => `${file} 不是页面认识的文件。`,
    empty: (file) => `${file} 是空的。`,
    tooLarge: (file, megabytes) => `${file} 大于 ${megabytes} MB。`,
    damagedZip: (file, reason) => `${file} 是损坏的 .zip：末尾的文件目录读不出来（${reason}）。`,
    runsInZip: (file, n) => `${file} 里有 ${n} 次运行：请在“实验”中导入，那里可以比较它们。`,
    noZip: (file, start) => `${file} 不是 .zip，或已损坏：它以 ${start} 开头，而不是 PK。`,
    noGguf: (file, start) => `${file} 不是 .gguf，或已损坏：它以 ${start} 开头，而不是 GGUF。`,
    noParquet: (file, start) => `${file} 不是 .parquet，或已损坏：它以 ${start} 开头，而两端都应为 PAR1。`,
    noSafetensors: (file, start) =>
      `${file} 是损坏的 .safetensors：它以 ${start} 开头，而这里应有八个字节说明头部有多长。`,
    noJson: (file, line, column) => `${file} 已损坏：第 ${line} 行从第 ${column} 个字符起不是 JSON。`,
    otherLines: (file, line) => `${file}：第 1 行是 ${line}，既不是运行日志的事件，也不是任务。`,
    damagedAdvice:
      '请重新完整地下载或导出这个文件。本页能读：运行日志（.jsonl、.jsonl.gz，或从“实验”导出的 .zip）、适配器（PEFT 保存的文件夹、其中的文件或它的 .zip；.safetensors、.gguf）、模型（safetensors 文件夹，或 .gguf）和任务文件（.json、.jsonl、.jsonl.gz、.parquet）。',
    adaptersInZip: (file, n) =>
      n === 0
        ? `${file} 这个 .zip 里没有 adapter_model.safetensors。`
        : `${file} 这个 .zip 里有 ${n} 个 adapter_model.safetensors。`,
    known:
      '本页能读：运行日志（.jsonl、.jsonl.gz，或从“实验”导出的 .zip）、适配器（PEFT 保存的文件夹、其中的文件或它的 .zip；.safetensors、.gguf）、模型（safetensors 文件夹，或 .gguf）和任务文件（.json、.jsonl、.jsonl.gz、.parquet）。',
    pasted: '粘贴的文本',
  },
};
