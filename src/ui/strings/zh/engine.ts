/** 引擎的常见错误，按类名。引擎自己的英文说明（含数字和位置）跟在后面。 */
import type { engine as en } from '../en/engine.ts';

export const engine: typeof en = {
  StorageFullError: {
    message: '本浏览器的存储空间已满。',
    kept: '训练继续在内存中进行；最近一次成功的保存没有改动。',
    advice: '请下载训练，或腾出空间；下次保存时会再试。',
  },
  StorageDeniedError: {
    message: '本浏览器不允许页面存储数据。',
    kept: '训练继续在内存中进行；最近一次成功的保存没有改动。',
    advice: '离开前请下载训练，或允许本页面存储数据。',
  },
  StorageError: {
    message: '保存失败。',
    kept: '训练继续在内存中进行；最近一次成功的保存没有改动。',
    advice: '离开前请下载训练；下次保存时会再试。',
  },
  TornSnapshotError: {
    message: '保存的内容已损坏。',
    kept: '没有载入其中任何内容，也没有覆盖任何内容。',
    advice: '请开始新的训练，或载入下载过的训练文件。',
  },
  RunFileError: {
    message: '这不是可以在这里继续的训练。',
    kept: '没有载入其中任何内容；当前的训练未受影响。',
    advice: '请选择从本程序下载的训练文件。',
  },
  RunLogError: {
    message: '这不是本程序的训练日志，或者不完整。',
    advice: '没有载入任何内容。请检查文件。',
  },
  RecordingError: {
    message: '这不是录制的训练。',
    kept: '之前打开的一切仍然打开着。',
    advice: '请使用本程序的训练日志或录制。',
  },
  TransferError: {
    message: '这个文件不是“实验”导出的，或者已损坏。',
    advice: '请选择训练日志，或“实验”导出的 .zip。',
  },
  OutOfMemoryError: {
    message: '内存不足。',
    advice: '请选择更小的批次、更短的上下文或更小的模型，或关闭其他标签页。',
  },
  DeviceLostError: {
    message: '与显卡的连接中断了。',
    advice: '最近一次保存仍在；训练可以在新的设备或 WASM 上继续。',
  },
  NoAdapterError: {
    message: '无法使用 WebGPU。',
    advice: '请使用 WASM，或换一个开启了 WebGPU 的浏览器。',
  },
  UnsupportedOperatorError: {
    message: '这个设备不支持所需的运算。',
    advice: '请使用 WASM，它支持全部运算。',
  },
  MemoryCapError: {
    message: '即使把工作尺寸减到最小，这次训练也放不进内存。',
    kept: '没有载入任何内容。',
    advice: '请缩短生成长度；如果设置了 memory.capMiB，请提高它；或选择更小的模型。',
  },
  TooLittleMemoryError: {
    message: '模型放不进内存。',
    advice: '请选择更小的模型，或位数更少的版本。',
  },
  GatedError: {
    message: '该模型需要授权、是私有的，或不存在。',
    advice: '请在它的页面上同意条款并提供访问令牌，或选择另一个模型。',
  },
  ModelAccessError: {
    message: '用这个访问令牌无法获取该模型。',
    advice: '请检查模型名称和令牌，或选择另一个模型。',
  },
  ModelDownloadError: {
    message: '模型没有完整下载。',
    advice: '请检查网络后再试；已下载的部分会保留。',
  },
  ModelStorageError: {
    message: '本浏览器放不下模型的文件。',
    advice: '请腾出空间，或选择更小的模型。',
  },
  CheckpointError: {
    message: '模型或适配器的文件已损坏、不完整，或不受支持。',
    advice: '请重新获取文件，或选择另一个。',
  },
  TokenizerError: {
    message: '分词器的文件无法使用。',
    advice: '请选择模型的整个文件夹，包括分词器文件。',
  },
  OtherModelError: {
    message: '保存的训练或适配器属于另一个模型，与已加载的不同。',
    kept: '没有任何改动：训练或适配器还在原处，模型仍在内存中。',
    advice: '请先加载那个模型，或用现在的模型重新开始。',
  },
  NotANumberError: {
    message: '模型算出了非数值。',
    advice: '请选择 fp32（地址中写 precision=fp32），或回到更早的适配器。',
  },
  TaskFileError: {
    message: '这个任务文件不能直接使用。',
    advice: '请改正所指出的位置，或选择另一个文件。',
  },
  ConfigError: {
    message: '有一项设置不存在，或者值超出范围。',
    advice: '没有任何改动。请改正这项设置，或使用默认值。',
  },
  SandboxStartError: {
    message: 'Python 无法启动。',
    advice: '没有运行任何程序。请检查浏览器是否允许工作线程和 WebAssembly，然后重新加载页面。',
  },
  HarnessError: {
    message: '运行程序时沙箱出了故障。',
    advice: '工作线程已更换；这个程序没有结论。请再运行一次。',
  },
};
