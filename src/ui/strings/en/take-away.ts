/** The dialog that writes the model, or its adapter, as files for other programs. */
export const takeAway = {
  open: 'Take the model with you…',
  heading: 'Take the model with you',
  lead: (step: number) => `The model as it is after step ${step}, as a file for other programs.`,
  of: {
    adapter: {
      title: 'Adapter alone',
      about:
        'A folder of PEFT’s with a parity card, and a GGUF file for llama.cpp’s --lora. It needs the base model beside it.',
    },
    folder: {
      title: 'Folder for transformers',
      about: 'The adapter merged into the weights: safetensors as 32-bit floats, configuration, tokenizer.',
    },
    'gguf-F16': { title: 'GGUF, F16', about: 'The adapter merged in, for llama.cpp, Ollama or LM Studio.' },
    'gguf-Q8_0': {
      title: 'GGUF, Q8_0',
      about: 'As before in blocks of eight bits: half as large, and a little less exact.',
    },
  },
  size: (size: string, memory: string) => `${size}; takes ${memory} of memory while it is written.`,
  inMemory: 'This browser keeps no files for the page now, so the file lies in memory until it is saved.',
  inStorage: (free: string | null) =>
    `It is written piece by piece into the browser’s storage${free === null ? '' : ` (${free} free)`} and saved from there.`,
  noRoom: (free: string) => `Larger than the ${free} that the browser’s storage still takes.`,
  looking: 'Looking at what there is…',
  save: 'Save',
  close: 'Close',
  stop: 'Stop',
  writing: 'Writing…',
  written: (done: string, total: string) => `${done} of ${total}`,
  saved: (name: string) => `${name} is written and handed to the browser’s downloads.`,
};
