/** The dialog that writes the model, or its adapter, as files for other programs. */
import type { takeAway as en } from '../en/take-away.ts';

export const takeAway: typeof en = {
  open: '带走模型…',
  heading: '带走模型',
  lead: (step) => `第 ${step} 步之后的模型，存成其他程序能用的文件。`,
  of: {
    adapter: {
      title: '只要适配器',
      about: 'PEFT 格式的文件夹，附对照卡；另有供 llama.cpp --lora 使用的 GGUF 文件。使用时需要基础模型。',
    },
    folder: {
      title: 'transformers 文件夹',
      about: '适配器已并入权重：32 位浮点 safetensors、配置和分词器。',
    },
    'gguf-F16': { title: 'GGUF，F16', about: '适配器已并入，供 llama.cpp、Ollama 或 LM Studio 使用。' },
    'gguf-Q8_0': { title: 'GGUF，Q8_0', about: '同上，以八位分块存储：大小减半，精度略低。' },
  },
  size: (size, memory) => `${size}；写入时占用 ${memory} 内存。`,
  inMemory: '浏览器目前不为本页保存文件，因此文件在保存之前都放在内存里。',
  inStorage: (free) => `逐段写入浏览器存储${free === null ? '' : `（剩余 ${free}）`}，再从那里保存。`,
  noRoom: (free) => `超过了浏览器存储剩余的 ${free}。`,
  looking: '正在查看可用的格式…',
  save: '保存',
  close: '关闭',
  stop: '停止',
  writing: '正在写入…',
  written: (done, total) => `${done} / ${total}`,
  saved: (name) => `${name} 已写好，并交给浏览器下载。`,
};
